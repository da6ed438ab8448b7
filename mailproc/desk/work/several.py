"""Several articles in one mail, and one in several: what is taken is said, and nothing is put together by guess.

One mail opens one article, the first: of texts between begin and end marks, or of documents. Which of the others are
articles of their own only their author knows, so the receipt says what became of them and what to do. Parts of one
article are items of their own until their author sends the whole of it as a `version`; members and author read which
belong together.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproc.desk.tell.checks import parts_beside
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.every import KINDS
from mailproc.message.mime.attachment import is_text_document
from mailproc.message.words.marks import mark
from mailproc.phrase import Phrase, say
from mailproc.workflow.item import Item


def beside(turn: Turn, seen: Examined, item: Item) -> tuple[Phrase, ...]:
    """What the receipt of an article says of other texts in its mail, and of other parts of it."""
    up = KINDS[item.kind].up
    return tuple(_beside(turn, seen, item)) if up is not None and up.document else ()


def _beside(turn: Turn, seen: Examined, item: Item) -> Iterator[Phrase]:
    marked = sum(mark(line) == "begin" for line in seen.message.text.split("\n"))
    documents = [each for each in seen.kept if each.state == "kept" and is_text_document(each.attachment)]
    own = sum(each.attachment.within is None for each in documents)
    if own > 1 and item.text is None:
        yield say("remark/more-documents", more=own - 1)
    elif marked > 1:
        yield say("remark/more-texts", more=marked - 1)
    if refs := parts_beside(turn.conn, item):
        yield say("remark/more-parts", refs=refs)
