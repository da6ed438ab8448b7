"""What programs write, not people: footers and disclaimers that hold our words, tap links taken apart, our own help."""

from __future__ import annotations

import random
import textwrap

from bench.letter import TEMPLATES
from bench.strangers.forms import WHOLE, plain
from bench.strangers.scene import Scene, Words
from mailproc.letters.render import Letters
from mailproc.letters.sample import sample

HELP = Letters(TEMPLATES).render("member/help", "en", sample("member/help")).text.split("\n")


def footers(scene: Scene) -> Words:
    """A footer, a disclaimer or a signature that holds words of ours."""
    template = scene.one("footers")
    above = scene.dice.choice(["", "", scene.fill(scene.one("fyi")), scene.honest("bye")])
    text = f"{above}\n\n{scene.fill(template)}" if above else scene.fill(template)
    return Words(template, text, forms=WHOLE, signed=False)


LINKS = (  # {0}: "hold", {1}: "A-12", {2}: the address behind
    "{0} {1} by mail <{2}>",
    "{0} {1}\nby mail\n<{2}>",
    "{0} {1} by mail<{2}>",
    "{0} {1}\nby mail <{2}>",
    "{0}\n{1}\nby mail",
    "{0} {1} by\nmail <{2}>",
    "[{0} {1} by mail]({2})",
    "[{0} {1}\nby mail]({2})",
    "{0} {1} by mail [1]\n\n[1] {2}",
    "{0} {1}\n<{2}>\nby mail",
    "*{0} {1} by mail*",
    "{0} {1}\n\nby mail\n\n<{2}>",
    "<{2}>\n{0} {1} by mail",
    "{0} {1} by mail\n{2}",
)


def tap_links(scene: Scene) -> Words:
    """The links of our letter as programs make text of them, all of an item."""
    template, ref = scene.dice.choice(LINKS), scene.refs(1)[0]
    mark = scene.dice.choice(["", "", "> "])
    address = "mailto:desk%2B3n5kqz7x2m4v6b8t@harbour.example?subject={1}%20{0}&body={1}%20{0}"
    verbs = scene.dice.sample(["approve", "reject", "hold", "discard"], scene.dice.randint(1, 4))
    links = "\n".join(template.format(verb, ref, address.format(verb, ref)) for verb in verbs)
    above = scene.fill(scene.one("fyi"))
    lines = [mark + line for line in links.split("\n")]
    text = "\n".join([*([above, ""] if above else []), *lines])
    return Words(template, text, forms=(plain,), signed=False, alone=bool(mark))


def _passage(dice: random.Random) -> list[str]:
    start = dice.randrange(max(1, len(HELP) - 8))
    return HELP[start : start + dice.randint(2, 8)]


ABOVE = (
    "I do not understand this:",
    "What does this mean?",
    "The help says:",
    "See the help:",
    "Copied from your letter:",
)


def help_quoted(scene: Scene) -> Words:
    """Lines of our own help letter, as they are, marked, or wrapped anew."""
    lines = _passage(scene.dice)
    how = scene.dice.choice(["as it is", "marked", "wrapped", "in quotes", "one line"])
    shown = {
        "as it is": lines,
        "marked": [f"> {line}" for line in lines],
        "wrapped": textwrap.wrap(" ".join(lines), 40),
        "in quotes": ['"' + "\n".join(lines).strip() + '"'],
        "one line": [" ".join(lines)],
    }[how]
    above = scene.dice.choice(ABOVE)
    return Words(f"{how}: {above}", "\n".join([above, "", *shown]), forms=(plain,), alone=how == "marked")
