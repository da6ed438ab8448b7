"""Another person's words: forwarded, quoted, introduced, in the blocks and containers of the programs of the world."""

from __future__ import annotations

import html
import tomllib
from functools import partial
from pathlib import Path

from bench.shapes.pieces import marked, told
from bench.strangers.forms import MARKUPS, WHOLE, doubled, plain
from bench.strangers.frames import with_file, with_mail
from bench.strangers.scene import Kind, Scene, Words
from bench.strangers.threads import passed_on
from bench.strangers.tongues import ATTRIBUTIONS

BEN = "Ben Marsh <ben@gangway.example>"
ANA = "Ana Lund <ana@harbour.example>"
MARKS = ("", "", "> ", ">", "» ", "# ", "% ", "| ", "\t", "    ", "}} ", ": ", "* ", "- ", "B> ", "| | ", "¦ ", "│ ")

BLOCKS: dict[str, str] = tomllib.loads((Path(__file__).parent / "blocks.toml").read_text(encoding="utf-8"))["block"]
PLAIN_BLOCK = "{From}: {ben}\n{Sent}: {moment}\n{To}: {ana}\n{Subject}: {subject}"


def _block(scene: Scene, template: str, body: str = "") -> str:
    """A header block with its labels in the language, and what stands below it."""
    labels = dict(zip(("From", "Sent", "To", "Subject", "Date", "Cc"), scene.tongue.rows["labels"], strict=True))
    subject = scene.dice.choice(["Re: ", "Fwd: ", "AW: "]) + told(scene.letter.posted.octets, "{subject}")
    values = {"ben": BEN, "ana": ANA, "moment": scene.tongue.moment, "subject": subject, "rule": scene.one("forwarded")}
    return template.format(**labels, **values, body=body).removeprefix("\n")


def _wrote(scene: Scene) -> list[str]:
    if scene.chance(0.4):
        who = scene.dice.choice(["Ben", "Ben Marsh", BEN])
        return [scene.dice.choice(ATTRIBUTIONS).replace("{who}", who).replace("08:00", "09:15"), ""]
    return [scene.fill(scene.one("wrote")), ""]


def _mail_of_ben(scene: Scene) -> str:
    """A greeting, what he decides, his name."""
    wished = scene.one("wished")
    below = scene.dice.choice(["", "\n\nBen", "\n\n-- \nBen Marsh", "\n\nBen\n\nSent from my iPhone"])
    return (f"{wished}\n\n" if wished else "") + scene.colleague() + below


def forwarded(scene: Scene) -> Words:
    """A mail of Ben's below a header block, unmarked as forwards are."""
    name = scene.dice.choice(list(BLOCKS))
    lines = _block(scene, BLOCKS[name], _mail_of_ben(scene)).split("\n")
    quoted = marked(lines, scene.dice.choice(["", "", "", "> "]))
    above = scene.fill(scene.one("fyi"))
    text = "\n".join([*([above, ""] if above else []), *quoted])
    return Words(name, text, forms=(plain, plain, doubled), signed=False, alone=quoted != lines)


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
    "outlook left border": "<div style='border:none;border-left:solid blue 1.5pt'>{labels}<br>{ben}</div>",
    "spark": '<div name="messageReplySection">{head}<br><blockquote>{ben}</blockquote></div>',
    "newton": '<div id="cm_replymail_content_wrap"><div>{head}</div><div>{ben}</div></div>',
    "front": '<blockquote type="cite" class="front-blockquote">{head}<br>{ben}</blockquote>',
    "netease": '<div id="isReplyContent"><p>{head}</p>{ben}</div>',
    "fastmail": '<div>{head}</div><blockquote type="cite" id="qt">{ben}</blockquote>',
    "notes": "<table><tr><td><b>From:</b></td><td>Ben Marsh/GANGWAY</td></tr></table><hr>{ben}",
    "collapsed": "<details open><summary>{head}</summary>{ben}</details>",
    "border-left": '<p>{head}</p><div style="border-left:2px solid #1010ff;padding-left:8px">{ben}</div>',
}


def contained(scene: Scene) -> Words:
    """Ben's mail in a quoting container of some program; with a text part that says so too, or HTML only."""
    name = scene.dice.choice(list(CONTAINERS))
    head = _wrote(scene)[0]
    block = _block(scene, PLAIN_BLOCK).split("\n")
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


def attached(scene: Scene) -> Words:
    """Ben's mail, or a file with his votes, attached to a word that decides nothing."""
    packing = scene.dice.choice([with_mail, with_file])
    above = scene.fill(scene.one("fyi"))
    packed = partial(packing, words=scene.colleague())
    return Words(f"{packing.__name__}: {above}", above, forms=(plain,), packed=packed)


KINDS: dict[str, Kind] = {
    "forwarded": forwarded,
    "attributed": attributed,
    "introduced": introduced,
    "containers": contained,
    "threads": passed_on,
    "attached": attached,
}
