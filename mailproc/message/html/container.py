"""Where mail programs put what they quote, and what somebody typed in there all the same.

A container holds the words that introduce a quotation, then the quotation. A caret at the start of the body stands
inside it, so the first lines may be the writer's: those above the introduction, where nothing before it could be one
in a language unknown here. It never fails; whose the other words are is for `words.quotation` to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

QUOTE, CONTAINER, INTRODUCED = "quote", "container", "introduced"  # what is in there is quoted
OURS = "ours"  # an author's text in a letter of the desk, beside its line
HEAD = "head"  # holds the fields of a header; what follows it in the same element is quoted
INTRODUCTION = "introduction"  # holds the attribution and nothing else, and what is typed above it
ATTRIBUTION = "attribution"  # the attribution alone, within a container
TYPED_ABOVE = (INTRODUCED, HEAD)  # somebody may type above the introduction
QUOTING = (QUOTE, CONTAINER, INTRODUCED, HEAD, OURS)
BOUNDS = (
    CONTAINER,
    INTRODUCED,
    HEAD,
    INTRODUCTION,
    ATTRIBUTION,
    OURS,
)  # words in there share no line with those around

# All but blockquote yield to a blockquote that ended inside them, for in Gmail and Yahoo the words between two
# quotations, still inside the container, are the writer's own.
_KIND_OF_CLASS = dict.fromkeys(
    ("gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "zmail_extra", "OutlookMessageHeader"),
    INTRODUCED,
)
_KIND_OF_CLASS |= dict.fromkeys(("mail_android_quote", "ms-outlook-mobile-reference-message"), INTRODUCED)
_KIND_OF_CLASS |= dict.fromkeys(
    ("moz-forward-container", "tutanota_quote", "zmail_extra_hr", "aolReplacedBody", "mailru-blockquote"), CONTAINER
)
_KIND_OF_CLASS |= {"front-blockquote": CONTAINER}
_KIND_OF_CLASS |= dict.fromkeys(
    ("MsoQuote", "MsoIntenseQuote", "MsoBlockText", "quote", "quoted", "quoted-text", "quotedText", "blockquote"),
    CONTAINER,
)
_KIND_OF_CLASS |= {"moz-cite-prefix": INTRODUCTION, "gmail_attr": ATTRIBUTION}
_KIND_OF_ID = {"reply-intro": INTRODUCTION, "divRplyFwdMsg": HEAD}
_KIND_OF_ID |= dict.fromkeys(
    ("mail-editor-reference-message-container", "OLK_SRC_BODY_SECTION", "isReplyContent", "isForwardContent"),
    INTRODUCED,
)
_KIND_OF_ID |= {"cm_replymail_content_wrap": INTRODUCED}
_KIND_OF_NAME = {"quote": INTRODUCED, "messageReplySection": INTRODUCED}
_KIND_OF_MARKER = {"__QUOTED_TEXT__": CONTAINER}
_KIND_OF_TAG = {"blockquote": QUOTE, "details": CONTAINER, "includetail": CONTAINER}
_PREFIX = re.compile(r"^(?:x_|ecx|ydp[0-9a-f]{1,8})+")  # Outlook on the web, Hotmail and Yahoo rename what they show
_BORDER = re.compile(r"border-left\s*+:[^;]*?(?:solid|dotted|dashed|double)", re.IGNORECASE)  # a quotation by its looks
_OUR_LINE = re.compile(r"(?i)border(?:-left)?\s*+:[^;]*?(?:#8a7f6a|rgb\(138,\s*127,\s*106\))")  # letter.css, .theirs
_FEW = 3  # words of a line that ends with a colon and may be a command: "A-12 reject:"
_LONG = 600  # characters of a line that are looked at
_MARKS = re.compile(r"(?:> ?)+")
_ENDS = re.compile(r"[:\uff1a]\W*$")
_DIVIDES = re.compile(r"\W{0,3}[-_]{3,}")  # "---- On Sunday … wrote ----", "-----Original Message-----"
_LABEL = re.compile(r"\W{0,3}[^\W\d_][^\W\d_. -]{0,14}\s?[:\uff1a]\s+\S")  # "From: Ana"
_TELLS = re.compile(r"(?<![-\w])(?:19|20)\d\d(?!\d)|\d{1,2}[:.h]\d\d|@|[:\uff1a]\W*$")  # a date, a time, an address


def kind_of(tag: str, values: Mapping[str, str], *, barred: bool = False) -> str:
    """What an element with these attributes is to a quotation; "" for nothing. `barred`: a rule draws a line there."""
    found = _KIND_OF_TAG.get(tag, "")
    if found or not (values or barred):
        return found
    if _OUR_LINE.search(values.get("style", "")[:_LONG]):
        return OURS
    found = _KIND_OF_ID.get(bare(values.get("id", "")), "") or next(
        (_KIND_OF_CLASS[each] for each in map(bare, values.get("class", "").split()) if each in _KIND_OF_CLASS), ""
    )
    found = (
        found or _KIND_OF_NAME.get(values.get("name", ""), "") or _KIND_OF_MARKER.get(values.get("data-marker", ""), "")
    )
    return found or (CONTAINER if barred or _BORDER.search(values.get("style", "")[:_LONG]) else "")


def bare(name: str) -> str:
    """A class or an id as the program wrote it that made it."""
    return _PREFIX.sub("", name)


def attributes(line: str) -> bool:
    """Whether the last line of what holds an attribution alone is one, and not what somebody put in its place."""
    line = line[-_LONG:]
    return bool(_ENDS.search(line)) and (any(map(str.isdigit, line)) or len(line.split()) > _FEW)


def typed_above(lines: Sequence[str], *, introduced: bool) -> int:
    """How many first lines of a container stand above the words that introduce what it quotes; 0 if nobody can say.

    `introduced`: the introduction, or what is quoted, begins right below these lines.
    """
    for n, line in enumerate(lines):
        words = line[:_LONG]
        if _introduces(words) or (_LABEL.match(words) and n + 1 < len(lines) and _LABEL.match(lines[n + 1][:_LONG])):
            return n
        if _TELLS.search(words):
            return 0
    return len(lines) if introduced else 0


def _introduces(line: str) -> bool:
    if _DIVIDES.match(line):
        return True
    dated = any(map(str.isdigit, line))
    return (dated and bool(_ENDS.search(line))) or ("@" in line and bool(_LABEL.match(line)))


def unmarked(line: str) -> str:
    """A line without the marks of containers."""
    return _MARKS.sub("", line, count=1) if line.startswith(">") else line
