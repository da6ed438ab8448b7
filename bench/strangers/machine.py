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


def silent(scene: Scene) -> Words:
    """Nothing typed: the letter sent back, a signature, a foot, or a greeting alone."""
    how = scene.dice.choice(
        ["nothing", "hello", "bye", "thanks", "feet", "disclaimers", "above", "below", "mine", "reasons"]
    )
    return Words(how, "" if how == "nothing" else scene.honest(how), forms=(plain,), signed=False)


PROSE = 30  # characters of a line that is plainly a sentence of the author's


def author_pasted(scene: Scene) -> Words:
    """An item's own lines pasted above the quotation: its head, its author's text, without bars and wrapped anew."""
    letter = scene.letter.posted
    text = letter.sent.text.split("\n")
    bars = [line.removeprefix("| ").removeprefix("|") for line in text if line.startswith("|")]
    heads = [line for line in text if any(f" {ref} " in line for ref in scene.letter.refs)]
    start = scene.dice.choice([n for n, line in enumerate(bars) if len(line) > PROSE])  # else it looks like an answer
    some = bars[start : start + scene.dice.randint(3, 9)]
    width = scene.dice.choice([30, 48, 200])
    lines = [part for line in some for part in textwrap.wrap(line, width) or [""]]
    how = scene.dice.choice(["text", "head and text", "in quotes", "Jo writes", "bars"])
    shown = {
        "text": lines,
        "head and text": [scene.dice.choice(heads), "", *lines],
        "in quotes": ['"' + "\n".join(lines).strip() + '"'],
        "Jo writes": ["Jo writes:", "", *lines],
        "bars": [f"| {line}" for line in lines],
    }[how]
    above = scene.fill(scene.one("fyi"))
    text_of = "\n".join([*([above, ""] if above else []), *shown])
    return Words(f"{how}, {width}", text_of, forms=(plain,), signed=False, alone=True)


OTHERS = ("member/transcript", "member/outcome", "member/digest", "member/single", "member/item", "member/step-up")
ANOTHER = {name: Letters(TEMPLATES).render(name, "en", sample(name)).text for name in OTHERS}


def other_letters(scene: Scene) -> Words:
    """Another letter of ours than the one that is answered, quoted or forwarded: what it tells of has been decided."""
    name, ref = scene.dice.choice(OTHERS), scene.refs(1)[0]
    lines = ANOTHER[name].replace("A-12", ref).split("\n")
    mark = scene.dice.choice(["", "", "> "])
    heads = {
        "wrote": ["On Sat, 21 Nov 2026 at 08:00, The Harbour Review <desk@harbour.example> wrote:", ""],
        "block": [
            "From: The Harbour Review <desk@harbour.example>",
            "Sent: 21 November 2026",
            "To: Ana",
            "Subject: x",
            "",
        ],
        "forward": ["---------- Forwarded message ---------", "From: The Harbour Review <desk@harbour.example>", ""],
        "none": [],
    }
    how = scene.dice.choice(list(heads))
    above = scene.fill(scene.one("fyi"))
    text = "\n".join([*([above, ""] if above else []), *heads[how], *(mark + line for line in lines)])
    return Words(f"{name}, {how}, {mark!r}", text, forms=(plain,), signed=False, alone=True)


SUBJECTS = (  # {0}: "A-12 approve", {1}: "A-12"; what no tap writes
    *(
        "{0}?",
        "Fwd: {0}",
        "Why {0}",
        "About {1}",
        "{0} - not",
        "not {0}",
        "Your letter on {1}",
        "[list] {0}",
        "{0} or not",
    ),
    *(
        "Ben: {0}",
        "{0} if Ben agrees",
        "AW: Fwd: {0}",
        "draft: {0}",
        "What does {0} do?",
        "Ben voted {0}",
        "{0}, just kidding",
    ),
)
BELOW = ("", "I have not read it yet.", "What do you think?", "Ana", "See the subject.", "FYI")
TAKING_BACK = (
    *("No wait, I have to read it first.", "do not {0}", "Please do not do this yet.", "Just kidding.", "Not yet!"),
    *("Sorry, tapped by mistake, please ignore.", "I did not want to send this.", "Unless Ben objects.", "{0}?"),
)


def subjects(scene: Scene) -> Words:
    """A mail of one's own to the letter's address: a subject that is no command, or one that the body takes back."""
    ref = scene.refs(1)[0]
    command = f"{ref} {scene.dice.choice(['approve', 'hold'])}"
    if scene.chance(0.5):
        subject = scene.dice.choice(SUBJECTS)
        return Words(subject, scene.dice.choice(BELOW), subject=subject.format(command, ref))
    body = scene.dice.choice(TAKING_BACK)
    text = scene.dice.choice(["{body}", "{body}\n\n{command}", "{command}\n{body}"])
    told = text.format(body=body.format(command), command=command)
    return Words(f"{text}: {body}", told, subject=command)
