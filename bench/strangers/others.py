"""Another person's words: forwarded, quoted, introduced, in the blocks and containers of the programs of the world."""

from __future__ import annotations

import html
from collections.abc import Callable

from bench.shapes.pieces import marked, told
from bench.strangers.forms import MARKUPS, WHOLE, doubled, plain
from bench.strangers.scene import Kind, Scene, Words
from bench.strangers.threads import passed_on
from bench.strangers.tongues import ATTRIBUTIONS

BEN = "Ben Marsh <ben@gangway.example>"
ANA = "Ana Lund <ana@harbour.example>"
MARKS = ("", "", "> ", ">", "» ", "# ", "% ", "| ", "\t", "    ", "}} ", ": ", "* ", "- ", "B> ", "| | ", "¦ ", "│ ")

Block = Callable[[Scene, str], list[str]]  # the lines of a header block around a subject


def _labels(scene: Scene) -> dict[str, str]:
    return dict(zip(("from", "sent", "to", "subject", "date", "cc"), scene.tongue.rows["labels"], strict=True))


def _gmail(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        "---------- Forwarded message ---------",
        *(f"{labels['from']}: Ben Marsh <ben@gangway.example>", f"{labels['date']}: {scene.tongue.moment}"),
        *(f"{labels['subject']}: {subject}", f"{labels['to']}: {ANA}", "", ""),
    ]


def _apple(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        *(scene.dice.choice(scene.tongue.rows["forwarded"]), ""),
        *(f"{labels['from']}: {BEN}", f"{labels['subject']}: {subject}", f"{labels['date']}: {scene.tongue.moment}"),
        *(f"{labels['to']}: {ANA}", ""),
    ]


def _outlook(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        f"{labels['from']}: {BEN}",
        f"{labels['sent']}: {scene.tongue.moment}",
        *(f"{labels['to']}: {ANA}", f"{labels['subject']}: {subject}", ""),
    ]


def _ruled(scene: Scene, subject: str) -> list[str]:
    return ["_" * 32, *_outlook(scene, subject)]


def _original(scene: Scene, subject: str) -> list[str]:
    return [scene.one("forwarded"), *_outlook(scene, subject)]


def _thunderbird(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        *(scene.one("forwarded"), f"{labels['subject']}: \t{subject}", f"{labels['date']}: \t{scene.tongue.moment}"),
        *(f"{labels['from']}: \t{BEN}", f"{labels['to']}: \t{ANA}", "", ""),
    ]


def _starred(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        f"*{labels['from']}:* {BEN}",
        f"*{labels['sent']}:* {scene.tongue.moment}",
        *(f"*{labels['to']}:* {ANA}", f"*{labels['subject']}:* {subject}", ""),
    ]


def _gmx(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        f"{labels['sent']}: {scene.tongue.moment}",
        f'{labels["from"]}: "Ben Marsh" <ben@gangway.example>',
        *(f"{labels['to']}: ana@harbour.example", f"{labels['subject']}: {subject}"),
    ]


def _notes(scene: Scene, subject: str) -> list[str]:
    labels = _labels(scene)
    return [
        "----- Forwarded by Ana Lund/HARBOUR on 22.11.2026 09:10 -----",
        *("", f"{labels['from']}:\tBen Marsh/GANGWAY", f"{labels['to']}:\tAna Lund/HARBOUR@HARBOUR"),
        *(f"{labels['date']}:\t22.11.2026 09:00", f"{labels['subject']}:\t{subject}", "_" * 40, ""),
    ]


def _pairs(scene: Scene, subject: str) -> list[str]:
    """Labels and values on lines of their own."""
    labels = _labels(scene)
    return [
        *(labels["from"], "Ben Marsh", labels["date"], scene.tongue.moment),
        *(labels["subject"], subject, ""),
    ]


def _short(scene: Scene, _: str) -> list[str]:
    labels = _labels(scene)
    return [f"{labels['from']}: Ben", f"{labels['to']}: Ana", ""]


BLOCKS: tuple[Block, ...] = (
    *(_gmail, _apple, _outlook, _ruled, _original, _thunderbird, _starred, _gmx, _notes, _pairs, _short),
)


def _wrote(scene: Scene) -> list[str]:
    if scene.chance(0.4):
        who = scene.dice.choice(["Ben", "Ben Marsh", BEN])
        return [scene.dice.choice(ATTRIBUTIONS).replace("{who}", who), ""]
    return [scene.fill(scene.one("wrote")), ""]


def _mail_of_ben(scene: Scene) -> str:
    """A greeting, what he decides, his name."""
    wished = scene.one("wished")
    below = scene.dice.choice(["", "\n\nBen", "\n\n-- \nBen Marsh", "\n\nBen\n\nSent from my iPhone"])
    return (f"{wished}\n\n" if wished else "") + scene.colleague() + below


def _subject(scene: Scene) -> str:
    return scene.dice.choice(["Re: ", "Fwd: ", "AW: "]) + told(scene.letter.posted.octets, "{subject}")


def forwarded(scene: Scene) -> Words:
    """A mail of Ben's below a header block, unmarked as forwards are."""
    block = scene.dice.choice(BLOCKS)
    lines = [*block(scene, _subject(scene)), *_mail_of_ben(scene).split("\n")]
    quoted = marked(lines, scene.dice.choice(["", "", "", "> "]))
    above = scene.fill(scene.one("fyi"))
    text = "\n".join([*([above, ""] if above else []), *quoted])
    return Words(block.__name__.strip("_"), text, forms=(plain, plain, doubled), signed=False, alone=quoted != lines)


def attributed(scene: Scene) -> Words:
    """Below "On ..., Ben wrote:", with and without marks."""
    mark = scene.dice.choice(MARKS).replace("}}", "}")
    lines = [*_wrote(scene)[: scene.dice.choice([1, 2])], *marked(_mail_of_ben(scene).split("\n"), mark)]
    above = scene.fill(scene.one("fyi"))
    text = "\n".join([*([above, ""] if above else []), *lines])
    return Words(f"marked {mark!r}", text, forms=WHOLE, signed=False, alone=bool(mark))


def introduced(scene: Scene) -> Words:
    """Below words of the member's that say whose words follow."""
    intro, mark = scene.one(scene.dice.choice(["said", "said", "of_ben"])), scene.dice.choice(MARKS).replace("}}", "}")
    lines = marked(scene.colleague().split("\n"), mark)
    if not mark and scene.chance(0.2):
        lines = ['"' + "\n".join(lines) + '"']
    gap = [""] * scene.dice.choice([0, 0, 1, 1, 2])
    below = ["", scene.fill(scene.one("fyi"))] if scene.chance(0.3) else []
    text = "\n".join([scene.fill(intro), *gap, *lines, *below])
    return Words(intro, text, forms=WHOLE, signed=False, alone=bool(mark))


CONTAINERS = {
    "gmail_quote": '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{head}</div>{ben}</div>',
    "gmail blockquote": '<div class="gmail_quote">{head}<br><blockquote class="gmail_quote">{ben}</blockquote></div>',
    "blockquote cite": '<div>{head}</div><blockquote type="cite">{ben}</blockquote>',
    "blockquote only": "<blockquote>{ben}</blockquote>",
    "blockquote, words of its own": '<blockquote type="cite"><div>{head}</div>{ben}</blockquote>',
    "moz-cite-prefix": '<div class="moz-cite-prefix">{head}<br></div><blockquote type="cite">{ben}</blockquote>',
    "moz-forward": '<div class="moz-forward-container"><br>---- Forwarded Message ----<br>{head}<br>{ben}</div>',
    "divRplyFwdMsg": '<hr><div id="divRplyFwdMsg" dir="ltr">{labels}</div><div>{ben}</div>',
    "divRplyFwdMsg, no labels": '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{head}</div>{ben}',
    "x_divRplyFwdMsg": '<hr><div id="x_divRplyFwdMsg" dir="ltr">{labels}</div><div>{ben}</div>',
    "outlook border": '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>{labels}</p></div>{ben}',
    "outlook mobile": '<div id="mail-editor-reference-message-container"><div>{labels}</div>{ben}</div>',
    "reference message": '<div class="ms-outlook-mobile-reference-message">{labels}<br>{ben}</div>',
    "OLK_SRC": '<span id="OLK_SRC_BODY_SECTION"><div>{labels}</div>{ben}</span>',
    "yahoo_quoted": '<div id="yahoo_quoted_1" class="yahoo_quoted"><div>{head}</div>{ben}</div>',
    "ydp yahoo_quoted": '<div id="ydp1yahoo_quoted" class="ydp1yahoo_quoted"><div>{head}</div><div>{ben}</div></div>',
    "protonmail_quote": '<div class="protonmail_quote">{head}<br><blockquote type="cite">{ben}</blockquote></div>',
    "zwchr": '<hr id="zwchr"><div>{labels}</div><div>{ben}</div>',
    "zimbra data": '<hr data-marker="__DIVIDER__"><div data-marker="__QUOTED_TEXT__">{head}<br>{ben}</div>',
    "gmx": '<div name="quote" style="margin:10px 5px 5px 10px">{labels}<div name="quoted-content">{ben}</div></div>',
    "tutanota": '<div>{head}</div><blockquote class="tutanota_quote">{ben}</blockquote>',
    "reply-intro": '<p id="reply-intro">{head}</p><blockquote type="cite">{ben}</blockquote>',
    "zmail": '<div class="zmail_extra"><div>---- {head} ----</div><blockquote>{ben}</blockquote></div>',
    "isForwardContent": '<div id="isForwardContent"><div>{labels}</div>{ben}</div>',
    "qq": '<div style="background:#efefef">{labels}</div><includetail>{ben}</includetail>',
    "q and cite": "<p>{head}</p><q>{ben}</q>",
    "samsung": "<div>-------- Original message --------</div><div>{labels}</div>{ben}",
    "border-left": '<p>{head}</p><div style="border-left:2px solid #1010ff;padding-left:8px">{ben}</div>',
}


def contained(scene: Scene) -> Words:
    """Ben's mail in a quoting container of some program; with a text part that says so too, or HTML only."""
    name = scene.dice.choice(list(CONTAINERS))
    head = _wrote(scene)[0]
    block = [line for line in _outlook(scene, _subject(scene)) if line]
    ben = _mail_of_ben(scene)
    above = scene.fill(scene.one("fyi")) or "FYI"
    markup = scene.dice.choice(MARKUPS)
    filled = CONTAINERS[name].format(
        head=html.escape(head), labels="<br>".join(html.escape(line) for line in block), ben=markup(ben)
    )
    rich = markup(above) + "<br>" + filled
    if scene.chance(0.5):
        return Words(name, None, rich, signed=False)
    intro = block if "{labels}" in CONTAINERS[name] else [head]
    text = "\n".join([above, "", *intro, "", *marked(ben.split("\n"), scene.dice.choice(["> ", "> ", ""]))])
    return Words(name, text, rich, forms=(plain,), signed=False)


KINDS: dict[str, Kind] = {
    "forwarded": forwarded,
    "attributed": attributed,
    "introduced": introduced,
    "containers": contained,
    "threads": passed_on,
}
