"""What members are shown of an author's later mail: the author's own words, whatever the mail quotes."""

from __future__ import annotations

from build import ANA, JO, a_mail, a_reply, add_member, digest_now, give, letters, octets_of, ref_of, text_of

from mailproc.desk.ground.wire import Desk

BLOCK = "From: Ben <ben@home.example>\nSent: Saturday, 21 November 2026 09:00\nTo: Jo Poole\nSubject: the tram"


def shown(desk: Desk, words: str) -> str:
    """The digest after the author of an article answered its receipt with these words."""
    add_member(desk, ANA, "Ana")
    ref_of(desk, give(desk, a_mail("The tram was late.\n", authentic=True)))
    receipt = octets_of(desk, letters(desk, "author/receipt-article")[-1])
    give(desk, a_reply(receipt, words, f"Jo Poole <{JO}>", quoting=False, at=desk.now()))
    return text_of(digest_now(desk, ANA))


def test_somebody_s_mail_below_the_words_is_not_shown_where_no_letter_of_ours_is_quoted(desk: Desk):
    text = shown(desk, f"It was the number 4.\n\n{BLOCK}\n\nWhich number was it, and who drove?\nBen")
    assert "| It was the number 4." in text
    assert "who drove" not in text


def test_words_below_a_quotation_of_our_letter_are_shown(desk: Desk):
    add_member(desk, ANA, "Ana")
    ref_of(desk, give(desk, a_mail("The tram was late.\n", authentic=True)))
    receipt = octets_of(desk, letters(desk, "author/receipt-article")[-1])
    words = f"{BLOCK}\n\n{text_of(receipt)}\n\nIt was the number 4."
    give(desk, a_reply(receipt, words, f"Jo Poole <{JO}>", quoting=False, at=desk.now()))
    assert "| It was the number 4." in text_of(digest_now(desk, ANA))


def test_the_text_of_an_article_is_never_trimmed(desk: Desk):
    add_member(desk, ANA, "Ana")
    written = f"The tram was late.\n\n{BLOCK}\n\nSo Ben wrote to me.\n-- \nJo\n"
    give(desk, a_mail(f"--- begin\n{written}--- end\n", authentic=True))  # else its author is asked which words
    text = text_of(digest_now(desk, ANA))
    assert all(f"| {line}".rstrip() in text for line in ("So Ben wrote to me.", "Subject: the tram", "Jo"))


def test_of_an_html_mail_the_signature_and_what_is_quoted_are_not_shown(desk: Desk):
    add_member(desk, ANA, "Ana")
    ref_of(desk, give(desk, a_mail("The tram was late.\n", authentic=True)))
    receipt = octets_of(desk, letters(desk, "author/receipt-article")[-1])
    page = (
        "<div>It was the number 4.</div><div class='gmail_signature'>Jo Poole, seamstress</div>"
        "<div class='gmail_quote'>On Sat, 21 Nov 2026 Ben wrote:<blockquote>Which number was it?</blockquote></div>"
    )
    reply = a_reply(receipt, "", f"Jo Poole <{JO}>", quoting=False, at=desk.now())
    head, _, _ = reply.partition(b"\r\n\r\n")
    head = head.replace(b"text/plain", b"text/html")
    give(desk, head + b"\r\n\r\n" + page.encode())
    text = text_of(digest_now(desk, ANA))
    assert "| It was the number 4." in text
    assert "seamstress" not in text
    assert "Which number" not in text
