"""Answers that decide, as people give them: what any reader of the mail would take for a decision, and for which."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from bench.answers import Answer
from bench.strangers import frames, hidden, others, prose, threads
from bench.strangers.forms import MARKUPS, doubled, plain
from bench.strangers.scene import Decision, Kind, Scene, Words

AS_TYPED = (plain, plain, plain, doubled)
PLAIN = ("approve", "approve", "hold", "reject")
LINE = ("{0} {1}", "{0} {1}", "{0}: {1}", "{1} {0}", "{0} - {1}", "{0} {1}.")
SPELT = (str, str, str, str.lower, lambda ref: ref.replace("-", ""), lambda ref: ref.replace("-", " "))


def _said(scene: Scene, ref: str, verb: str, shapes: Sequence[str] = LINE) -> str:
    return scene.dice.choice(shapes).format(scene.dice.choice(SPELT)(ref), scene.verb(verb))


def _decisions(scene: Scene, count: int, of: Sequence[str] = PLAIN) -> list[Decision]:
    return [(scene.dice.choice(of), ref) for ref in scene.refs(scene.dice.randint(1, count))]


def _lines(scene: Scene, decided: Sequence[Decision], shapes: Sequence[str] = LINE) -> str:
    """A line for each; a blank line below one whose words would go on."""
    ends = ["\n\n" if verb == "reject" else "\n" for verb, _ in decided]
    return "".join(
        _said(scene, ref, verb, shapes) + end for (verb, ref), end in zip(decided, ends, strict=True)
    ).strip()


def at_the_top(scene: Scene) -> Words:
    """One line or more, with a greeting, with a signature, or with nothing."""
    decided = _decisions(scene, 4)
    return Words(f"{len(decided)} lines", _lines(scene, decided), forms=AS_TYPED, does=frozenset(decided))


def under_items(scene: Scene) -> Words:
    """Bare words under their items."""
    decided = _decisions(scene, 3)
    above = [Answer(None, scene.honest("hello") + "\n")] if scene.chance(0.3) else []
    under = (*above, *(Answer(ref, scene.verb(verb)) for verb, ref in decided))
    return Words(f"{len(decided)} items", None, under=under, does=frozenset(decided))


def single(scene: Scene) -> Words:
    """One word to a letter on one item, with courtesies."""
    ref = scene.letter.refs[0]
    word, verb = scene.dice.choice([("yes", "approve"), ("no", "reject"), ("approve", "approve"), ("hold", "hold")])
    said = scene.dice.choice(scene.tongue.rows[word]) if word in {"yes", "no"} else scene.verb(word)
    below = f"\n\n{scene.honest('thanks')}" if verb != "reject" and scene.chance(0.3) else ""
    foot = f"\n\n{scene.honest('feet')}" if scene.chance(0.3) else ""
    words = Words(word, said + below + foot, forms=AS_TYPED, does=frozenset({(verb, ref)}))
    return words if not foot else _unsigned(words)


def _unsigned(words: Words) -> Words:
    return Words(words.sibling, words.text, words.rich, words.forms, signed=False, does=words.does, says=words.says)


def with_reasons(scene: Scene) -> Words:
    """Reject with a reason, ask with a question; over more than one line too."""
    ref = scene.refs(1)[0]
    asks = scene.chance(0.3)
    verb = "ask" if asks else "reject"
    reason = scene.honest("asks" if asks else "reasons")
    if not asks and scene.chance(0.4):
        reason += "\n" + scene.honest("reasons")
    said = "ask" if asks else scene.verb("reject")
    text = scene.dice.choice([f"{ref} {said}: {reason}", f"{ref} {said}: {reason}", f"{said} {ref}: {reason}"])
    return Words(verb, text, forms=(plain,), does=frozenset({(verb, ref)}), says={ref: " ".join(reason.split())})


def polite(scene: Scene) -> Words:
    """A finished sentence above, or below, in a paragraph of its own."""
    decided = _decisions(scene, 3, of=("approve", "hold"))
    above = scene.honest("above") + "\n\n" if scene.chance(0.6) else ""
    below = "" if above and scene.chance(0.5) else "\n\n" + scene.honest("below")
    sibling = " and ".join(name for name, there in (("above", above), ("below", below)) if there)
    return Words(sibling, above + _lines(scene, decided) + below, forms=AS_TYPED, does=frozenset(decided))


def mine(scene: Scene) -> Words:
    """Words such as "My decisions:" and a list."""
    decided = _decisions(scene, 4)
    intro, gap = scene.honest("mine"), scene.dice.choice(["\n", "\n\n"])
    bullet = scene.dice.choice(["", "", "- ", "* "])
    lines = [bullet + line if line else "" for line in _lines(scene, decided, LINE[:4]).split("\n")]
    return Words(intro, intro + gap + "\n".join(lines), forms=AS_TYPED, does=frozenset(decided))


BULLETS = ("- ", "* ", "• ", "– ", "— ", "· ", "+ ", "{n}. ", "{n}) ", "({n}) ", "a) ", "‣ ", "◦ ", "→ ")  # noqa: RUF001 - bullets as people set them


def lists(scene: Scene) -> Words:
    """A list of decisions, with bullets of every sort."""
    decided = _decisions(scene, 4, of=("approve", "hold"))
    bullet = scene.dice.choice(BULLETS)
    lines = [bullet.format(n=n) + _said(scene, ref, verb, LINE[:4]) for n, (verb, ref) in enumerate(decided, start=1)]
    return Words(bullet, "\n".join(lines), forms=AS_TYPED, does=frozenset(decided))


COLUMNS = (
    "{0}\t{1}",
    "{0}    {1}",
    "{0} -> {1}",
    "{0} => {1}",
    "{0} = {1}",
    "{0} → {1}",
    "{0} ... {1}",
    "{0};{1}",
    "{0}, {1}",
)


def tabled(scene: Scene) -> Words:
    """Two columns, in text or as a table of HTML."""
    decided = _decisions(scene, 4, of=("approve", "hold"))
    if scene.chance(0.4):
        cell = scene.dice.choice(["<td>{}</td>", "<td><p>{}</p></td>", '<td style="border:1px solid">{}</td>'])
        rows = "".join(
            f"<tr>{cell.format(html.escape(ref))}{cell.format(html.escape(scene.verb(verb)))}</tr>"
            for verb, ref in decided
        )
        return Words("HTML", None, f"<table>{rows}</table>", signed=False, does=frozenset(decided))
    column = scene.dice.choice(COLUMNS)
    lines = "\n".join(column.format(ref, scene.verb(verb)) for verb, ref in decided)
    return Words(column, lines, forms=(plain,), alone=True, does=frozenset(decided))


ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = {4: "forty", 5: "fifty", 6: "sixty", 7: "seventy"}


def _spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    return TENS[tens] + (f"-{ONES[ones]}" if ones else "")


def dictated(scene: Scene) -> Words:
    """What a telephone makes of spoken references."""
    verb, ref = scene.dice.choice(PLAIN[:3]), scene.refs(1)[0]
    letter, number = ref.split("-")
    place = scene.letter.refs.index(ref) + 1
    heard = (
        *(
            f"{letter} {_spoken(int(number))} {verb}",
            f"{letter.lower()} dash {number} {verb}",
            f"{letter} {number} {verb}",
        ),
        *(f"{verb} {letter.lower()} {number}", f"{letter.lower()}-{number} {verb}.", f"{verb} number {place}"),
        *(f"{letter} dash {_spoken(int(number))} {verb}", f"{letter} hyphen {number} {verb}", f"{ref} {verb} please"),
        *(f"{verb.capitalize()} {letter} {_spoken(int(number)).replace('-', ' ')}", f"Number {place} {verb}"),
    )
    n = scene.dice.randrange(len(heard))
    return Words(f"heard {n}: {heard[n]}", heard[n], forms=AS_TYPED, does=frozenset({(verb, ref)}))


DECORATED = (
    *("_{0}_ {1}", "*{0}* {1}", "**{0}** {1}", "{0} <https://links.example/{0}> {1}", "`{0}` {1}", "[{0}] {1}"),
    *("({0}) {1}", '"{0}" {1}', "{0} *{1}*", "*{0} {1}*", "**{0}: {1}**", "{0} {1} 🙂", "{0} {1} ❤️", "“{0} {1}”"),
)
THUMBS = ("{0} 👍", "👍 {0}", "{0} ✓", "{0} ✔️", "{0} ✅", "✅ {0}", "{0} 👍🏽", "{0}: 👍", "{0}👍", "✔ {0}")


def decorated(scene: Scene) -> Words:
    """References in stars and brackets, thumbs and ticks."""
    ref = scene.refs(1)[0]
    shape = scene.dice.choice([*DECORATED, *THUMBS])
    verb = "approve" if shape in THUMBS else scene.dice.choice(["approve", "hold"])
    return Words(shape, shape.format(ref, scene.verb(verb)), forms=AS_TYPED, does=frozenset({(verb, ref)}))


def tapped(scene: Scene) -> Words:
    """A link of the letter, tapped and sent as it is, with a signature, or with words."""
    verb, ref = scene.dice.choice(["approve", "hold", "reject", "discard"]), scene.refs(1)[0]
    line = f"{ref} {verb}: " if verb == "reject" else f"{ref} {verb}"
    foot, bye, reason = scene.honest("feet"), scene.honest("bye"), scene.honest("reasons")
    bodies = {
        "as it is": line,
        "empty": "",
        "a foot only": foot,
        "a foot": f"{line}\n\n{foot}",
        "a signature": f"{line}\n\n-- \n{bye}",
        "a name": f"{line}\n\n{bye}",
        "a name only": bye,
        "a blank line above": f"\n\n{line}\n",
    }
    reasoned = {
        "a reason": f"{ref} reject: {reason}",
        "a reason at the top": f"{reason}\n{ref} reject: ",
        "a reason alone": reason,
        "a reason and a foot": f"{ref} reject: {reason}\n\n{foot}",
    }
    how = scene.dice.choice(list(bodies | reasoned if verb == "reject" else bodies))
    says = {ref: reason} if how in reasoned else {}
    text = reasoned.get(how, bodies.get(how, ""))
    does = frozenset({(verb, ref)})
    return Words(how, text, subject=f"{ref} {verb}", does=does, says=says)


def footed(scene: Scene) -> Words:
    """What telephones and services write below."""
    decided = _decisions(scene, 2)
    foot = scene.honest("feet")
    bye = f"\n\n{scene.honest('bye')}" if scene.chance(0.4) else ""
    text = f"{_lines(scene, decided)}{bye}\n\n{foot}"
    return Words(foot, text, forms=(plain, plain, doubled), signed=False, does=frozenset(decided))


def disclaimed(scene: Scene) -> Words:
    """A company's disclaimer below, ruled off or not."""
    decided = _decisions(scene, 2)
    rule = scene.dice.choice(["", "_" * 40 + "\n", "-- \n", "*" * 30 + "\n"])
    text = f"{_lines(scene, decided)}\n\n{scene.honest('bye')}\n\n{rule}{scene.honest('disclaimers')}"
    return Words(rule[:4] or "no rule", text, forms=AS_TYPED, signed=False, does=frozenset(decided))


def everything(scene: Scene) -> Words:
    """All at once, all but some, the rest, two and three on one line."""
    refs = list(scene.letter.refs)
    verb, chosen = scene.dice.choice(["approve", "hold"]), scene.refs(2)
    ways: dict[str, tuple[str, list[Decision]]] = {
        "all": (scene.honest("all"), [("approve", ref) for ref in refs]),
        "all except": (f"{verb} all except {chosen[0]}", [(verb, ref) for ref in refs if ref != chosen[0]]),
        "the rest": (
            f"{chosen[0]} approve\n{scene.honest('rest')}",
            [("approve", chosen[0]), *(("hold", ref) for ref in refs if ref != chosen[0])],
        ),
        "comma": (f"{chosen[0]}, {chosen[1]} {scene.verb(verb)}", [(verb, ref) for ref in chosen]),
        "and": (f"{chosen[0]} and {chosen[1]}: {verb}", [(verb, ref) for ref in chosen]),
        "verb first": (f"{scene.verb(verb)} {chosen[0]}, {chosen[1]}", [(verb, ref) for ref in chosen]),
        "range": (f"{refs[0]} to {refs[1]} {verb}", [(verb, ref) for ref in refs[:2]]),
        "plus": (f"{chosen[0]} + {chosen[1]} {verb}", [(verb, ref) for ref in chosen]),
    }
    way = scene.dice.choice(list(ways))
    text, decided = ways[way]
    return Words(way, text, forms=AS_TYPED, does=frozenset(decided))


def from_programs(scene: Scene) -> Words:
    """One plain line; what counts is the program around it."""
    decided = _decisions(scene, 1)
    return Words("one line", _lines(scene, decided, LINE[:1]), forms=(plain,), signed=False, does=frozenset(decided))


def above_others(scene: Scene) -> Words:
    """Lines at the top of a thread in which Ben has answered before."""
    decided = _decisions(scene, 3)
    own = _lines(scene, decided, LINE[:4]) + (f"\n\n{scene.honest('bye')}" if scene.chance(0.5) else "")
    name, text, rich = threads.threaded(scene, own)
    return Words(
        name, text, rich, forms=(plain,), signed=False, alone=rich is None, whole=True, does=frozenset(decided)
    )


def above_any_attribution(scene: Scene) -> Words:
    """Lines above our letter, quoted below an attribution in any language: text, HTML, or both."""
    decided = _decisions(scene, 2)
    line, text, rich = threads.attributed(scene, _lines(scene, decided, LINE[:4]))
    parts = scene.dice.choice([(text, None), (None, rich), (text, rich)])
    alone = parts[1] is None
    return Words(line, *parts, forms=(plain,), signed=False, alone=alone, whole=True, does=frozenset(decided))


def packed(scene: Scene) -> Words:
    """With a picture, a card, a list's footer, or a signature around it."""
    decided = _decisions(scene, 2)
    packing = scene.dice.choice([frames.with_picture, frames.with_card, frames.with_footer, frames.signed])
    text = _lines(scene, decided, LINE[:4])
    return Words(packing.__name__, text, forms=(plain,), does=frozenset(decided), packed=packing)


def below_heads(scene: Scene) -> Words:
    """Words below heads of items that were copied from the letter, without marks."""
    decided = _decisions(scene, 3)
    lines = scene.letter.posted.sent.text.split("\n")
    heads = {ref: next(line for line in lines if f" {ref} " in line) for _, ref in decided}
    gap = scene.dice.choice(["\n", "\n\n"])
    text = "\n\n".join(f"{heads[ref]}{gap}{scene.verb(verb)}" for verb, ref in decided)
    return Words(f"{len(decided)} heads", text, forms=(plain,), signed=False, whole=True, does=frozenset(decided))


SIGNATURES = (
    '<div class="moz-signature">-- <br>{0}</div>',
    '<pre class="moz-signature" cols="72">-- \n{0}</pre>',
    '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">{0}</div>',
    '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{0}</div>',
    '<div id="Signature"><p>{0}</p></div>',
    '<div class="ms-outlook-mobile-signature" dir="ltr">{0}</div>',
    '<div id="ms-outlook-mobile-signature">{0}</div>',
    '<div class="protonmail_signature_block-user">{0}</div>',
    '<div id="composer_signature">{0}</div>',
    '<div id="_rc_sig">{0}</div>',
    '<div data-marker="__SIG_PRE__">{0}</div>',
    '<div id="AppleMailSignature">{0}</div>',
)
CARDS = (
    *("Ana Lund", "Ana Lund\nHarbour Street 4\n+44 20 5550 0104", "Ana Lund\nEditor, Hold the Line Press"),
    *(
        "Ana\nhttps://harbour.example",
        "Dr. Ana Lund | The Harbour Review | room A-12",
        "Ana Lund\nVerlag Warten, Kai 7",
    ),
)


def signed_by_program(scene: Scene) -> Words:
    """A signature that the HTML part marks as one, with "-- " in the text or without."""
    decided, card, signature = _decisions(scene, 2), scene.dice.choice(CARDS), scene.dice.choice(SIGNATURES)
    own = _lines(scene, decided, LINE[:4])
    rich = scene.dice.choice(MARKUPS)(own) + "<br>" + signature.format(html.escape(card).replace("\n", "<br>"))
    mark = "-- \n" if "-- " in signature or scene.chance(0.5) else ""
    text = None if scene.chance(0.3) else f"{own}\n\n{mark}{card}"
    return Words(f"{signature} {mark!r}", text, rich, forms=(plain,), signed=False, does=frozenset(decided))


def other_verbs(scene: Scene) -> Words:
    """Discard, undo, a note, a question with its mark."""
    ref, note = scene.refs(1)[0], scene.honest("reasons")
    ways = {
        "discard": (f"{ref} discard", "discard", ""),
        "undo": (f"undo {ref}", "undo", ""),
        "note": (f"{ref} note: {note}", "note", note),
        "note first": (f"note {ref}: {note}", "note", note),
    }
    text, verb, said = ways[way := scene.dice.choice(list(ways))]
    return Words(way, text, forms=(plain,), does=frozenset({(verb, ref)}), says={ref: said} if said else {})


def in_sentences(scene: Scene) -> Words:
    """Short sentences: "I approve A-41.", "A-42: no"."""
    decided = _decisions(scene, 3, of=("approve", "approve", "hold", "reject"))
    text = "\n\n".join(scene.honest(f"i_{verb}").format(ref=ref) for verb, ref in decided)
    return Words(text, text, forms=AS_TYPED, does=frozenset(decided))


ASIDE: tuple[Kind, ...] = (
    *(others.attributed, others.introduced, others.forwarded, prose.chats, prose.tables, prose.taken_back),
    *(prose.of_row(row) for row in ("broken", "reported", "votes", "options", "questions", "hedged", "minutes")),
)


def and_others(scene: Scene) -> Words:
    """A decision of the member's, and below it words on other items that decide nothing: those must not ride along."""
    refs = scene.refs(4)
    decided = [(scene.dice.choice(["approve", "hold"]), ref) for ref in refs[:2]]
    aside = scene.dice.choice(ASIDE)(replace(scene, among=tuple(refs[2:])))
    text = f"{_lines(scene, decided, LINE[:4])}\n\n{aside.text}"
    does = frozenset(decided)
    return Words(aside.sibling, text, forms=aside.forms, signed=False, alone=aside.alone, does=does, asked=True)


def and_hidden(scene: Scene) -> Words:
    """The same with a line that nobody sees: HTML only."""
    refs = scene.refs(2)
    verb = scene.dice.choice(["approve", "hold"])
    aside = hidden.hidden(replace(scene, among=(refs[1],)))
    rich = f"<p>{_said(scene, refs[0], verb, LINE[:3])}</p>{aside.rich}"
    return Words(aside.sibling, None, rich, signed=False, does=frozenset({(verb, refs[0])}), asked=True)


def inside_quotation(scene: Scene) -> Words:
    """A word typed within the quotation: done, or asked back with the line, and never lost."""
    ref, verb = scene.refs(1)[0], scene.dice.choice(["hold", "reject"])
    text, rich = threads.inside(scene, ref, verb)
    parts = scene.dice.choice([(text, None), (None, rich), (text, rich)])
    does = frozenset({(verb, ref)})
    alone = parts[1] is None
    return Words("inside", *parts, forms=(plain,), signed=False, alone=alone, whole=True, does=does, asked=True)


KINDS: dict[str, Kind] = {
    "at the top": at_the_top,
    "under items": under_items,
    "single": single,
    "reasons": with_reasons,
    "polite": polite,
    "mine": mine,
    "lists": lists,
    "tabled": tabled,
    "dictated": dictated,
    "decorated": decorated,
    "tapped": tapped,
    "footed": footed,
    "disclaimed": disclaimed,
    "everything": everything,
    "programs": from_programs,
    "above others": above_others,
    "any attribution": above_any_attribution,
    "signed": signed_by_program,
    "other verbs": other_verbs,
    "sentences": in_sentences,
    "packed": packed,
    "below heads": below_heads,
    "and others": and_others,
    "and hidden": and_hidden,
    "inside": inside_quotation,
}
