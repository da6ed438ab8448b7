"""An article through three versions with votes in between, by two people, while a stranger tries to withdraw it."""

from __future__ import annotations

from pathlib import Path

from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

AUTHOR, ANA_, BEN_ = f"Jo Poole <{JO}>", f"Ana <{ANA}>", f"Ben <{BEN}>"
SAM, MALLORY = "sam@reed.example", "mallory@evil.example"
OTHER = f"Sam Reed <{SAM}>"
DESK = "desk@harbour.example"
FIRST = "The tram to the pier was due at eight.\n\nAt nine we were still there.\nIt was printed in 1994.\n"
SECOND = FIRST.replace("1994", "1974")
THIRD = SECOND + "Nobody minded.\n"


def read(octets: bytes) -> str:
    """A letter as one line, without the bars before an author's lines."""
    return " ".join(" ".join(line.removeprefix("| ") for line in text_of(octets).split("\n")).split())


def replies(desk: Desk, template: str, words: str, sender: str, to: str) -> None:
    letter = octets_of(desk, letters(desk, template, to)[-1])
    give(desk, a_reply(letter, words, sender, at=desk.now()))


def votes(desk: Desk, member: str, sender: str, words: str) -> None:
    give(desk, a_reply(digest_now(desk, member), words, sender, at=desk.now()))


def standing(desk: Desk, ref: str) -> list[str]:
    return [vote.member for vote in item(desk, ref).votes if not vote.undone]


def a_stranger_tries_everything(desk: Desk, ref: str) -> None:
    """Under a name of their own, under Jo's without proof, by the words of a letter that was not theirs."""
    before = (state(desk, ref), item(desk, ref).item.text, standing(desk, ref))
    give(desk, a_mail(f"{ref} withdraw\n", sender=f"Mallory <{MALLORY}>", subject=ref, to=DESK, authentic=True))
    give(desk, a_mail(f"{ref} withdraw\n", subject=f"{ref} withdraw", to=DESK), Envelope(MALLORY, (DESK,)))
    receipt = octets_of(desk, letters(desk, "author/receipt-article", JO)[0])
    give(desk, a_reply(receipt, "withdraw", f"Jo Poole <{MALLORY}>", at=desk.now()))
    give(desk, a_mail(f"{ref} I agree\n", sender=f"Mallory <{MALLORY}>", to=DESK, authentic=True))
    assert (state(desk, ref), item(desk, ref).item.text, standing(desk, ref)) == before
    told = [octets_of(desk, letter) for letter in letters(desk, to=MALLORY)]
    assert not any("1974" in read(each) or "1994" in read(each) for each in told)


def test_three_versions_two_authors_and_a_stranger(tmp_path: Path):
    with a_desk(tmp_path, **{"review.article.approvals": 2}) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        ref = ref_of(desk, give(desk, a_mail(FIRST, authentic=True)))
        votes(desk, ANA, ANA_, f"{ref} approve")
        assert standing(desk, ref) == [ANA]

        later(desk, hours=1)
        replies(desk, "author/receipt-article", f"version\n{SECOND}", AUTHOR, JO)
        assert standing(desk, ref) == []  # nobody voted on this text
        shown = read(digest_now(desk, BEN))
        assert "1 word is new and 1 is gone" in shown
        assert "“1994.” is now “1974.”" in shown
        votes(desk, BEN, BEN_, f"{ref} approve")
        a_stranger_tries_everything(desk, ref)

        later(desk, hours=1)
        replies(desk, "author/receipt-version", "co-author Sam Reed", AUTHOR, JO)
        assert state(desk, ref) == "awaiting_author"
        a_stranger_tries_everything(desk, ref)
        give(desk, a_mail(f"{ref} I agree\n", sender=OTHER, to=DESK, authentic=True, at=desk.now()))
        assert state(desk, ref) == "pending"
        assert standing(desk, ref) == [BEN]  # the text is the one that Ben voted on

        replies(desk, "author/coauthor", "The second tram was mine to see.", OTHER, SAM)
        replies(desk, "author/shared", "And the third one mine.", AUTHOR, JO)
        shown = read(digest_now(desk, ANA))
        assert "The second tram was mine to see." in shown
        assert "And the third one mine." in shown

        later(desk, hours=1)
        replies(desk, "author/shared", f"version\n{THIRD}", AUTHOR, JO)
        assert (state(desk, ref), standing(desk, ref)) == ("awaiting_author", [])
        replies(desk, "author/coauthor", "yes", OTHER, SAM)
        replies(desk, "author/shared", "without my surname", AUTHOR, JO)
        assert "added “Nobody minded.”" in read(digest_now(desk, ANA))

        for member, sender in ((ANA, ANA_), (BEN, BEN_)):
            votes(desk, member, sender, f"{ref} approve")
        a_stranger_tries_everything(desk, ref)
        later(desk, minutes=20)
        assert state(desk, ref) == "published"
        [page] = desk.config.storage.published.glob("articles/*/*/text.txt")
        assert page.read_text(encoding="utf-8") == THIRD.rstrip("\n")
        assert "author: Jo, Sam Reed\n" in (page.parent / "index.md").read_text(encoding="utf-8")
        assert_same(desk)
