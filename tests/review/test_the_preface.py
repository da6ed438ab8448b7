"""The example that `review.reply.command` explains is read as it says."""

from __future__ import annotations

from mailproc.message.words.quotation import Sent
from mailproc.review.reply import command
from mailproc.review.reply.command import Listed, Listing, read_reply

COLUMN = 36  # from which on the preface shows the reply


def columns() -> tuple[str, str]:
    """The letter and the reply of the preface."""
    preface = command.__doc__ or ""
    shown = [line[4:] for line in preface.partition("\n\n1. Whose")[0].split("\n") if line.startswith("    ")]
    return "\n".join(line[:COLUMN].rstrip() for line in shown), "\n".join(line[COLUMN:] for line in shown)


def test_the_example_of_the_preface_is_read_as_it_says():
    letter, reply = columns()
    items = (Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog"))
    said = read_reply(reply, None, None, Sent(letter), (), Listing(items, single=False), "member")
    assert [(each.verb, each.refs, each.words) for each in said.commands] == [
        ("reject", ("A-13",), "we ran this in spring,\nand the picture is not ours")
    ]
    assert [(each.line, each.reason) for each in said.unclear] == [
        ("A-12 approve, but cut the end", "conditional"),
        ("hold", "doubted"),
    ]
