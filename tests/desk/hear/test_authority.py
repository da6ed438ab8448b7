"""Who may decide, attacked: the rows S01 to S28 of the security catalogue as mails that come to a whole desk.

What a single field or signature is worth is told in tests/message (test_identity, test_address, test_border);
here it is what the desk then does: no vote, nothing written to a stranger, and at most one line to the member.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from build import (
    ANA,
    AUTHSERV,
    BEN,
    CLEO,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    state,
    text_of,
    worded,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import thread
from mailproc.message.model import Address, Envelope, Message
from mailproc.message.parse import parse
from mailproc.store.database import reading, writing
from mailproc.store.people import digests
from mailproc.workflow.courtesy import Counts, Quotas, Sender, refusal
from mailproc.workflow.outgoing import Outgoing

EVIL = "mallory@evil.example"
HOP = "Received: from out.evil.example by mx.harbour.example with ESMTPS id 1; Sun, 22 Nov 2026 09:00:00 +0000\r\n"
SAYS = "dkim=pass header.d=harbour.example; dmarc=pass header.from=harbour.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; Jo's articles A-3 and A-4 wait."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        give(opened, a_mail(authentic=True))
        give(opened, a_mail("The fog is back.\n", subject="Fog", authentic=True))
        yield opened


def answer(desk: Desk, letter: bytes, text: str, sender: str = ANA, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


def reply(desk: Desk, text: str = "A-3 approve", sender: str = f"Ana <{ANA}>") -> bytes:
    """An answer to Ana's digest that nothing proves."""
    return a_reply(digest_now(desk, ANA), text, sender, at=desk.now(), authentic=False)


def votes(desk: Desk, ref: str = "A-3") -> list[tuple[str, str]]:
    return [(vote.member, vote.verdict) for vote in item(desk, ref).votes if not vote.undone]


def notices(desk: Desk, email: str = ANA) -> list[str]:
    with reading(desk.engine) as conn:
        return [worded(desk, notice.said) for notice in digests.unseen_notices(conn, email)]


def digest_of(desk: Desk, email: str = ANA) -> Outgoing:
    digest_now(desk, email)
    return letters(desk, "member/digest", email)[-1]


# S01 to S05: what proves that a mail is a member's


@pytest.mark.parametrize("result", [None, "fail", "none", "temperror", "neutral"])
def test_S01_a_members_From_alone_is_no_vote(desk, result):
    mail = a_mail("A-3 approve\n", sender=f"Ana <{ANA}>", to="desk@harbour.example")
    number = give(desk, authenticated(mail, result) if result else mail)
    assert received(desk, number).state == "unauthorised"
    assert votes(desk) == []
    assert not letters(desk, "member/transcript")
    assert not letters(desk, "member/step-up")


@pytest.mark.parametrize("result", ["fail", "none", "temperror"])
def test_S01_with_the_secret_too_it_is_asked_back_and_no_vote(desk, result):
    give(desk, authenticated(reply(desk), result))
    assert votes(desk) == []
    assert [letter.to for letter in letters(desk, "member/step-up")] == [ANA]


FORGED = {
    "another server whose name begins so": f"Authentication-Results: {AUTHSERV}.evil.example; {SAYS}\r\n{HOP}",
    "in capitals below the border": f"{HOP}Authentication-Results: {AUTHSERV.upper()}; {SAYS}\r\n",
    "a name in quotes": f'Authentication-Results: "{AUTHSERV}"; {SAYS}\r\n{HOP}',
    "a name with a version of nobody's": f"Authentication-Results: {AUTHSERV} 2; {SAYS}\r\n{HOP}",
    "below the true one": f"Authentication-Results: {AUTHSERV}; none\r\n{HOP}"
    f"Authentication-Results: {AUTHSERV}; {SAYS}\r\n",
    "below a true run": f"Authentication-Results: {AUTHSERV}; none\r\nAuthentication-Results: {AUTHSERV}; none\r\n{HOP}"
    f"Authentication-Results: {AUTHSERV}; {SAYS}\r\n",
    "below the border": f"{HOP}Authentication-Results: {AUTHSERV}; {SAYS}\r\n",
    "below a border that names us": HOP.replace("by mx.harbour.example", "by out.evil.example (by mx.harbour.example)")
    + f"Authentication-Results: {AUTHSERV}; {SAYS}\r\n",
    "in a comment": f"Authentication-Results: {AUTHSERV} (dmarc=pass); dmarc=fail (dmarc=pass) header.from=x\r\n{HOP}",
    "in the comment of another": f"Authentication-Results: evil.example ({AUTHSERV}; {SAYS}); {SAYS}\r\n{HOP}",
}


@pytest.mark.parametrize("shape", FORGED)
def test_S02_forged_results_prove_nothing(desk, shape):
    number = give(desk, FORGED[shape].encode() + reply(desk))
    assert received(desk, number).identity == ""
    assert votes(desk) == []


def test_S02_results_in_an_attached_mail_prove_nothing(desk):
    inner = authenticated(reply(desk))
    outer = EmailMessage(policy=SMTP)
    letter = digest_of(desk)
    outer["From"], outer["To"], outer["Subject"] = ANA, desk.reply_address(letter.id), "Fwd"
    outer["Message-ID"] = "<outer@client.example>"
    outer.set_content("A-3 approve\n")
    outer.add_attachment(message_from_bytes(inner, policy=SMTP))
    assert received(desk, give(desk, outer.as_bytes())).identity == ""
    assert votes(desk) == []


@pytest.mark.parametrize(
    "results",
    [
        'dkim=fail header.d="harbour.example; dmarc=pass header.from=harbour.example"',
        'spf=fail reason="x; dkim=pass header.d=harbour.example" smtp.mailfrom=evil.example',
    ],
)
def test_S03_a_result_inside_a_value_proves_nothing(desk, results):
    give(desk, f"Authentication-Results: {AUTHSERV}; {results}\r\n{HOP}".encode() + reply(desk))
    assert votes(desk) == []


@pytest.mark.parametrize(
    "name",
    [
        "Sender",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "To",
        "Cc",
        "In-Reply-To",
        "References",
        "MIME-Version",
        "Content-Type",
    ],
)
def test_S05_a_field_that_stands_twice_authorises_nothing(desk, name):
    mail = reply(desk)
    found = re.search(rb"(?m)^" + name.encode() + rb": [^\r]*", mail)
    twice = found[0] + b"\r\n" if found else f"{name}: one@harbour.example\r\n{name}: two@harbour.example\r\n".encode()
    number = give(desk, authenticated(twice + mail))
    assert received(desk, number).identity == ""
    assert votes(desk) == []


# S06 to S11: From


@pytest.mark.parametrize("place", ["above", "below"])
def test_S06_two_From_fields_are_nobodys_and_not_answered(desk, place):
    mail, extra = reply(desk), f"From: {EVIL}\r\n".encode()
    head, _, body = mail.partition(b"\r\n\r\n")
    before = len(letters(desk))
    twice = extra + mail if place == "above" else head + b"\r\n" + extra.rstrip() + b"\r\n\r\n" + body
    number = give(desk, authenticated(twice), Envelope(ANA, ("desk@harbour.example",)))
    assert received(desk, number).identity == ""
    assert votes(desk) == []
    assert len(letters(desk)) == before


AMBIGUOUS = [  # the table of catalogue S07: alice is Ana here
    f"{ANA} <{EVIL}>",
    f"<{ANA}> <{EVIL}>",
    f"{ANA}, {EVIL}",
    f"{EVIL}, {ANA}",
    f"group: {ANA};",
    f"group: {ANA}, {EVIL};",
    f"<@evil.example:{ANA}>",
    f"<@evil.example,@b.example:{ANA}>",
    "ana\x00@harbour.example",
    f"=?utf-8?q?{ANA.replace('@', '=40')}?= <{EVIL}>",
    f'"{ANA}" <{EVIL}> x',
    f"{ANA} {EVIL}",
    f"<{ANA}",
    f"{ANA}>",
    f'"ana"@harbour.example <{EVIL}>',
    f"<{EVIL}>{ANA}",
]


@pytest.mark.parametrize("value", AMBIGUOUS)
def test_S07_a_From_that_can_be_read_two_ways_decides_nothing(desk, value):
    mail = re.sub(rb"(?m)^From: [^\r]*", b"From: " + value.encode().replace(b"\\", b"\\\\"), reply(desk))
    for domain in ("harbour.example", "evil.example"):
        passes = f"dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
        result = f"Authentication-Results: {AUTHSERV}; {passes}\r\n".encode()
        number = give(desk, result + mail.replace(b"Message-ID: <", f"Message-ID: <{domain}".encode()))
        assert (received(desk, number).author, received(desk, number).identity) in {("", ""), (EVIL, "dmarc")}
    assert votes(desk) == []


def test_S07_a_comment_is_no_second_author(desk):
    """`alice@ex.org(<evil@bad>)` is alice by RFC 5322 §3.4, and nobody here: an address hides in it."""
    mail = re.sub(rb"(?m)^From: [^\r]*", f"From: {ANA}(<{EVIL}>)".encode(), reply(desk))
    give(desk, authenticated(mail))
    assert votes(desk) == []


def test_S08_a_name_that_is_an_address_is_shown_beside_the_true_one(desk):
    forger = f'"Ana <{ANA}>" <{EVIL}>'
    mail = authenticated(re.sub(rb"(?m)^From: [^\r]*", f"From: {forger}".encode(), reply(desk)))
    number = give(desk, mail)
    assert (received(desk, number).author, received(desk, number).reason) == (EVIL, "no-secret") or votes(desk) == []
    give(desk, a_mail("Words.\n", sender='"Editor in chief <chief@harbour.example>" <mallory@evil.example>'))
    shown = text_of(digest_now(desk, BEN))
    assert EVIL in shown
    assert all(EVIL in shown[at.start() : at.start() + 160] for at in re.finditer("chief@harbour", shown))


def test_S09_Reply_To_is_neither_the_author_nor_written_to(desk):
    give(desk, a_mail("Words.\n", sender=EVIL, authentic=True, Reply_To=JO))
    give(desk, authenticated(b"Reply-To: ana@harbour.example\r\n" + reply(desk, sender=EVIL)))
    assert not [letter for letter in letters(desk, to=JO) if letter.cause > 4]
    assert votes(desk) == []


@pytest.mark.parametrize("domain", ["h\u0430rbour.example", "harb\u03bfur.example", "xn--hrbour-7nf.example"])
def test_S10_a_domain_that_looks_like_the_members_decides_nothing(desk, domain):
    mail = re.sub(rb"(?m)^From: [^\r]*", f"From: ana@{domain}".encode(), reply(desk))
    result = (
        f"Authentication-Results: {AUTHSERV}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\n".encode()
    )
    assert received(desk, give(desk, result + mail)).state == "unauthorised"
    assert votes(desk) == []


@pytest.mark.parametrize(
    ("sender", "counts"),
    [
        ("ana@HARBOUR.example", True),
        ("Ana@harbour.example", True),
        ("ana+desk@harbour.example", False),
        ("a.na@harbour.example", False),
        ("ana.@harbour.example", False),
    ],
)
def test_S11_only_what_is_one_mailbox_is_one_member(desk, sender, counts):
    give(desk, authenticated(re.sub(rb"(?m)^From: [^\r]*", f"From: {sender}".encode(), reply(desk))))
    assert bool(votes(desk)) is counts


def test_S11_the_member_with_a_tag_in_the_address_reads_what_to_do(desk):
    answer(desk, digest_now(desk, ANA), "A-3 approve", "ana+desk@harbour.example")
    [words] = notices(desk)
    assert words.startswith("A mail from ana+desk@harbour.example tried to decide for you and did nothing.")
    assert "Write from ana@harbour.example" in words
    assert "“new address”" in words


# S12 to S16: secrets


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1] + ("a" if s[-1] != "a" else "b"), lambda s: s[:-1], lambda s: s[:13]]
)
def test_S12_a_forged_or_truncated_id_is_no_secret(desk, change):
    letter = digest_of(desk)
    bad = change(letter.id)
    for fields in (
        {"to": desk.reply_address(bad)},
        {"to": "desk@harbour.example", "In_Reply_To": f"<{bad}@harbour.example>"},
    ):
        number = give(desk, a_mail("A-3 approve\n", sender=ANA, authentic=True, **fields))
        assert received(desk, number).state == "unauthorised"
    assert votes(desk) == []


def test_S12_the_id_of_another_letter_decides_only_what_that_letter_lists(desk):
    answer(desk, digest_now(desk, ANA), "show A-4")
    shown = octets_of(desk, letters(desk, "member/item", ANA)[-1])
    answer(desk, shown, "A-3 approve")
    assert votes(desk, "A-3") == votes(desk, "A-4") == []
    answer(desk, shown, "approve, thanks")
    assert (votes(desk, "A-3"), votes(desk, "A-4")) == ([], [(ANA, "approve")])


def test_S12_the_id_of_an_authors_letter_decides_nothing(desk):
    receipt = octets_of(desk, letters(desk, "author/receipt-article", JO)[0])
    for sender in (JO, ANA):
        answer(desk, receipt, "A-3 approve", sender)
    assert votes(desk) == []


def test_S12_S16_a_row_alone_is_no_secret(desk):
    """The letter's id must be what our key makes of it for that very reader."""
    letter = digest_of(desk)
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("UPDATE outgoing SET recipient = ? WHERE id = ?", (BEN, letter.id))
    give(desk, a_mail("A-3 approve\n", sender=BEN, to=desk.reply_address(letter.id), authentic=True))
    assert votes(desk) == []


def test_S13_nobody_reads_the_desks_mail_by_way_of_their_own_item(desk):
    """Somebody signs up elsewhere with a desk address and wants to read the code that comes there."""
    before = len(letters(desk))
    code = a_mail("Your code is 471193.\n", sender="noreply@service.example", to="articles@harbour.example", Cc=EVIL)
    give(desk, code)
    give(desk, a_mail("Please send me all of it.\n", sender=EVIL, authentic=True, Cc=JO, subject="Re: The tram"))
    answer(desk, octets_of(desk, letters(desk, "author/receipt-article", JO)[0]), "show A-3\nshow U-5\nlist", JO)
    later(desk, days=1)
    for letter in letters(desk)[before:]:
        assert "471193" not in text_of(octets_of(desk, letter)) or letter.to in {ANA, BEN}
        assert letter.to != JO or letter.ref in {"A-3", "A-4", None}


def test_S13_an_id_in_an_address_cannot_be_guessed(desk):
    letter = digest_of(desk)
    assert len(letter.id) * 5 >= 128
    assert not {each.id for each in letters(desk)} & {str(n) for n in range(100)}


@pytest.mark.parametrize("sender", [BEN, JO, EVIL])
def test_S14_a_forwarded_digest_gives_no_power_and_only_the_member_hears(desk, sender):
    letter = digest_of(desk)
    forwarded = a_mail("A-3 approve\n", sender=sender, to=desk.reply_address(letter.id), authentic=True)
    before = len(letters(desk))
    assert received(desk, give(desk, forwarded)).reason == "from-mismatch"
    assert votes(desk) == []
    assert len(letters(desk)) == before, "nobody is written to"
    assert (len(notices(desk, ANA)), notices(desk, BEN)) == (1, [])


def test_S14_a_flood_of_them_is_three_lines_for_the_member(desk):
    letter = digest_of(desk)
    for n in range(12):
        give(
            desk, a_mail("A-3 approve\n", sender=f"m{n}@evil.example", to=desk.reply_address(letter.id), authentic=True)
        )
    assert len(notices(desk)) == 3


def test_S15_the_same_mail_again_changes_nothing_whenever_it_comes(desk):
    mine = a_reply(digest_now(desk, ANA), "A-3 approve", f"Ana <{ANA}>", at=desk.now())
    give(desk, mine)
    for span in ({"minutes": 1}, {"days": 2}):
        clock_of(desk).pass_(**span)
        again = received(desk, give(desk, mine))
        assert (again.state, again.reason) == ("duplicate", "copy")
    assert votes(desk) == [(ANA, "approve")]
    assert len(letters(desk, "member/transcript")) == 1


def test_S15_the_same_words_in_a_new_mail_are_counted_once(desk):
    letter = digest_now(desk, ANA)
    for _ in range(2):
        answer(desk, letter, "A-3 approve")
    assert votes(desk) == [(ANA, "approve")]
    assert_same(desk)


def test_S15_after_the_close_it_is_said_that_it_is_closed(desk):
    letter = digest_now(desk, BEN)
    answer(desk, digest_now(desk, ANA), "A-3 approve")
    later(desk, hours=1)
    mine = a_reply(letter, "A-3 reject", f"Ben <{BEN}>", at=desk.now())
    for _ in range(2):
        give(desk, mine)
    told = [text_of(octets_of(desk, each)) for each in letters(desk, "member/transcript", BEN)]
    assert len(told) == 1
    assert "already" in told[0]
    assert votes(desk) == [(ANA, "approve")]


def test_S15_a_later_vote_replaces_an_earlier_and_a_replay_of_the_earlier_does_not(tmp_path):
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2, "review.article.rejections": 2}) as desk:
        for email in (ANA, BEN, CLEO):
            add_member(desk, email)
        ref = f"A-{give(desk, a_mail(authentic=True))}"
        letter = digest_now(desk, ANA)
        first = a_reply(letter, f"{ref} approve", f"Ana <{ANA}>", at=desk.now())
        give(desk, first)
        answer(desk, letter, f"{ref} reject: no")
        give(desk, first)
        assert votes(desk, ref) == [(ANA, "reject")]
        with_history = [(line.event, line.reason) for line in item(desk, ref).journal if line.event == "vote"]
        assert with_history == [("vote", "approve"), ("vote", "reject")]


@pytest.mark.parametrize("deed", ["suspend", "remove"])
def test_S15_a_vote_mail_after_its_member_was_removed_does_nothing(desk, deed):
    letter = digest_now(desk, ANA)
    say(desk, f"{deed} {ANA}")
    assert received(desk, answer(desk, letter, "A-3 approve")).reason == "not-a-member"
    assert votes(desk) == []


def guess(desk: Desk, n: int, *, authentic: bool) -> int:
    secret = f"{n:b}".replace("0", "a").replace("1", "b").rjust(26, "c")
    return give(desk, a_mail("A-3 approve\n", sender=ANA, to=desk.reply_address(secret), authentic=authentic))


@pytest.mark.parametrize("authentic", [True, False])
def test_S16_whoever_missed_twenty_times_in_an_hour_is_not_listened_to(desk, authentic):
    for n in range(19):
        assert received(desk, guess(desk, n, authentic=authentic)).reason == "wrong-secret"
    letter = digest_now(desk, ANA)
    answer(desk, letter, "A-3 approve", authentic=authentic)
    asked = len(letters(desk, "member/step-up"))
    assert (votes(desk), asked) == (([(ANA, "approve")], 0) if authentic else ([], 1)), "nineteen are forgiven"
    guess(desk, 20, authentic=authentic)
    row = received(desk, answer(desk, letter, "A-4 approve", authentic=authentic))
    assert (row.state, row.reason) == ("unauthorised", "too-many-misses")
    assert votes(desk, "A-4") == []
    clock_of(desk).pass_(hours=1, seconds=1)
    answer(desk, letter, "A-4 hold, please", authentic=True)
    assert state(desk, "A-4") == "held"


def test_S16_a_forgers_misses_do_not_silence_the_member(desk):
    for n in range(25):
        guess(desk, n, authentic=False)
    answer(desk, digest_now(desk, ANA), "A-3 approve")
    assert votes(desk) == [(ANA, "approve")]
    assert len(notices(desk)) <= 1


def test_S16_secrets_are_compared_in_constant_time(desk, monkeypatch):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or one == other)
    letter = digest_of(desk)
    with reading(desk.engine) as conn:
        found = thread.find(conn, desk, _message(desk, letter), ())
    assert found.letter is not None
    assert compared == [(letter.id, letter.id)]


def _message(desk: Desk, letter: Outgoing) -> Message:
    return parse(a_reply(octets_of(desk, letter), "x", ANA, at=desk.now()))[0]


# S18, S19


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A-3 reject", "<p>A-3 approve</p>"),
        ("A-3 approve", "<p>A-3 reject</p>"),
        ("A-3 approve", "<p>A-4 approve</p>"),
        ("A-3 approve", "<p>Thank you.</p>"),
        ("Thank you.", "<p>A-3 approve</p>"),
        ("A-3 approve", '<div style="display:none">A-3 reject</div><p>A-3 hold</p>'),
    ],
)
def test_S18_parts_that_say_different_things_decide_nothing(desk, text, html):
    letter = digest_of(desk)
    mail = a_mail(text + "\n", html=html, sender=f"Ana <{ANA}>", to=desk.reply_address(letter.id), authentic=True)
    give(desk, mail)
    assert votes(desk, "A-3") == votes(desk, "A-4") == []
    assert state(desk, "A-3") == state(desk, "A-4") == "pending"
    assert len(letters(desk, "member/transcript", ANA)) == 1, "and the member hears of it"


def test_S18_parts_that_say_the_same_decide(desk):
    letter = digest_of(desk)
    html = "<p>A-3 <b>approve</b></p>"
    give(desk, a_mail("A-3 approve\n", html=html, sender=ANA, to=desk.reply_address(letter.id), authentic=True))
    assert votes(desk) == [(ANA, "approve")]


@pytest.mark.parametrize(
    "lines", [("A-3 approve", "A-3 reject"), ("A-3 reject", "A-3 approve"), ("A-3 hold", "A-3 approve")]
)
def test_S18_lines_that_contradict_each_other_decide_nothing(desk, lines):
    answer(desk, digest_now(desk, ANA), "\n".join(lines))
    assert votes(desk) == []
    assert state(desk, "A-3") == "pending"


AWAY = {
    "English": ("Automatic reply: 2 items wait", "I am away. A-3 approve"),
    "English, old style": ("Out of Office: 2 items wait", "A-3 approve"),
    "German": ("Automatische Antwort: 2 items wait", "Ich bin nicht im Hause.\nA-3 approve"),
    "German note": ("Abwesenheitsnotiz: 2 items wait", "A-3 approve"),
    "French": ("Réponse automatique : 2 items wait", "Je suis absente.\nA-3 approve"),
    "Spanish": ("Respuesta automática: 2 items wait", "A-3 approve"),
    "Italian": ("Risposta automatica: 2 items wait", "A-3 approve"),
    "Portuguese": ("Resposta automática: 2 items wait", "A-3 approve"),
    "Dutch": ("Automatisch antwoord: 2 items wait", "A-3 approve"),
    "Russian": ("Автоматический ответ: 2 items wait", "A-3 approve"),
    "Polish": ("Odpowiedź automatyczna: 2 items wait", "A-3 approve"),
    "Swedish": ("Autosvar: 2 items wait", "A-3 approve"),
    "Danish": ("Fraværsbesked: 2 items wait", "A-3 approve"),
    "Finnish": ("Automaattinen vastaus: 2 items wait", "A-3 approve"),
    "Czech": ("Automatická odpověď: 2 items wait", "A-3 approve"),
    "Hungarian": ("Automatikus válasz: 2 items wait", "A-3 approve"),
    "Japanese": ("自動応答: 2 items wait", "A-3 approve"),
    "Chinese": ("自动回复: 2 items wait", "A-3 approve"),
}


@pytest.mark.parametrize("language", AWAY)
def test_S19_a_note_of_absence_without_Auto_Submitted_never_votes_and_is_not_answered(desk, language):
    subject, words = AWAY[language]
    letter = digest_now(desk, ANA)
    before = len(letters(desk))
    mail = re.sub(rb"(?m)^Subject: [^\r]*\r\n", b"", a_reply(letter, words, ANA, at=desk.now()))
    number = give(desk, f"Subject: {subject}\r\n".encode() + mail)
    assert received(desk, number).kind == "automatic"
    assert votes(desk) == []
    assert len(letters(desk)) == before


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "Precedence: auto_reply",
        "Precedence: auto-reply",
        "X-Autoreply: yes",
        "X-Autorespond: 1",
        "X-Vacation: yes",
    ],
)
def test_S19_a_note_of_absence_known_by_its_fields_never_votes_and_is_not_answered(desk, field):
    letter = digest_now(desk, ANA)
    before = len(letters(desk))
    number = give(desk, field.encode() + b"\r\n" + a_reply(letter, "A-3 approve", ANA, at=desk.now()))
    assert received(desk, number).kind == "automatic"
    assert votes(desk) == []
    assert len(letters(desk)) == before


@pytest.mark.parametrize("path", ["", None])
def test_S19_what_came_from_the_null_reverse_path_never_votes(desk, path):
    mail = a_reply(digest_now(desk, ANA), "A-3 approve", ANA, at=desk.now())
    give(desk, mail, Envelope(path, (desk.reply_address(letters(desk, "member/digest", ANA)[-1].id),)))
    assert bool(votes(desk)) is (path is None)


# S23 to S28


def test_S23_ten_thousand_forged_requests_are_at_most_two_hundred_letters_and_one_to_each_address():
    """The rule itself, asked ten thousand times as the desk asks it."""
    sent: dict[str, int] = {}
    for n in range(10_000):
        victim = f"v{n % 4000}@{n % 7}.example"
        sender = Sender(
            Address("", victim), victim, proven=False, ours=False, reachable=True, answerable=True, reason=""
        )
        counts = Counts(sent.get(victim, 0), sum(sent.values()), stranger=True, last_hour=sum(sent.values()))
        if not refusal(sender, counts, Quotas()):
            sent[victim] = sent.get(victim, 0) + 1
    assert sum(sent.values()) == 200
    assert set(sent.values()) == {1}


def test_S23_a_bomb_of_requests_reaches_each_victim_once_and_repeats_no_word_of_it(tmp_path):
    with a_desk(tmp_path / "desk", **{"limits.letters_to_strangers_per_day": 5}) as desk:
        for n in range(24):
            victim = f"victim{n % 8}@town.example"
            text = f"I want to join. BUY CHEAP ANCHORS {n}\n"
            give(
                desk,
                a_mail(text, sender=f"Cheap Anchors <{victim}>", to="join@harbour.example", subject=f"ANCHORS {n}"),
            )
        written = letters(desk)
        assert len(written) == len({letter.to for letter in written}) == 5
        assert not any("anchors" in octets_of(desk, letter).decode().lower() for letter in written)
        assert not letters(desk, "applicant/welcome")


@pytest.mark.parametrize(
    "sender", ["desk@harbour.example", "articles@harbour.example", "Desk+x@harbour.example", "reply"]
)
def test_S24_mail_from_our_own_addresses_does_nothing_and_is_not_answered(desk, sender):
    letter = digest_of(desk)
    sender = desk.reply_address(letter.id) if sender == "reply" else sender
    before = len(letters(desk))
    give(desk, a_reply(octets_of(desk, letter), "A-3 approve", f"The Harbour Review <{sender}>", at=desk.now()))
    give(desk, a_mail("An article.\n", sender=sender, authentic=True))
    assert votes(desk) == []
    assert len(letters(desk)) == before
    assert state(desk, "A-3") == "pending"


def test_S25_a_vote_that_came_over_a_list_is_none_and_its_direct_copy_counts_once(desk):
    letter = digest_now(desk, ANA)
    direct = a_reply(letter, "A-3 approve", f"Ana <{ANA}>", at=desk.now())
    by_list = direct.replace(b"Subject: ", b"Subject: [talk] ").replace(
        b"\r\n\r\n", b"\r\nList-Id: <talk.harbour.example>\r\n\r\n", 1
    )
    by_list += b"-- \r\nTalk mailing list\r\n"
    number = give(desk, by_list)
    assert (received(desk, number).kind, votes(desk)) == ("bulk", [])
    give(desk, direct)
    give(desk, by_list)
    assert votes(desk) == [(ANA, "approve")]
    assert len(letters(desk, "member/transcript")) == 1


def test_S25_the_same_mail_direct_and_again_is_linked_and_done_once(desk):
    direct = a_reply(digest_now(desk, ANA), "A-3 approve", f"Ana <{ANA}>", at=desk.now())
    first = give(desk, direct)
    second = received(desk, give(desk, b"X-Forwarded-By: relay.example\r\n" + direct))
    assert (second.state, second.duplicate_of) == ("duplicate", first)


def test_S26_a_forwarders_seal_proves_nothing(desk):
    seal = (
        f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=forwarder.example; s=a; b=x\r\n"
        f"ARC-Authentication-Results: i=1; {AUTHSERV}; {SAYS}\r\n"
        f"Authentication-Results: {AUTHSERV}; dmarc=none; arc=pass (i=1 dmarc=pass) header.oldest-pass=1\r\n"
    )
    number = give(desk, seal.encode() + reply(desk))
    assert received(desk, number).identity == ""
    assert votes(desk) == []


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        ("spf=pass smtp.mailfrom=evil.example", False),
        ("spf=pass smtp.mailfrom=bounces@evil.example; dkim=none", False),
        ("dkim=pass header.d=evil.example", False),
        ("spf=pass smtp.mailfrom=ana@harbour.example", False),
        ("dkim=pass header.i=@harbour.example; spf=fail smtp.mailfrom=evil.example", False),  # it bears no signature
        ("dmarc=pass header.from=harbour.example", True),
        (SAYS, True),
    ],
)
def test_S28_a_pass_for_another_domain_proves_nothing(desk, result, counts):
    give(desk, f"Authentication-Results: {AUTHSERV}; {result}\r\n".encode() + reply(desk))
    assert bool(votes(desk)) is counts


# The step-up's words


def step_up(desk: Desk) -> bytes:
    answer(desk, digest_now(desk, ANA), "A-3 approve\nA-4 reject: no sources", authentic=False)
    return octets_of(desk, letters(desk, "member/step-up")[-1])


def last_transcript(desk: Desk) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, "member/transcript", ANA)[-1])).split())


def test_a_step_up_lists_the_decisions_in_our_words_with_titles(desk):
    said = " ".join(text_of(step_up(desk)).split())
    assert "approve A-3 (The tram)" in said
    assert "reject A-4 (Fog), with 2 words of yours" in said


def test_a_second_yes_gets_a_clear_word_and_does_nothing(desk):
    asked = step_up(desk)
    answer(desk, asked, "yes", authentic=False)
    answer(desk, digest_now(desk, ANA), "undo A-3")
    number = answer(desk, asked, "Yes, yes.", authentic=False)
    assert received(desk, number).reason in {"step-up-used", "no-yes"}
    number = answer(desk, asked, "Yes please", authentic=False)
    assert received(desk, number).reason == "step-up-used"
    assert "said yes to this already" in last_transcript(desk)
    assert votes(desk) == []


def test_a_yes_that_is_too_late_gets_a_clear_word(desk):
    asked = step_up(desk)
    clock_of(desk).pass_(days=4)
    answer(desk, asked, "yes", authentic=False)
    assert "too late for this yes" in last_transcript(desk)
    assert votes(desk) == []


def test_a_yes_about_what_was_withdrawn_meanwhile_gets_a_clear_word(desk):
    asked = step_up(desk)
    answer(desk, octets_of(desk, letters(desk, "author/receipt-article", JO)[0]), "withdraw A-3", JO)
    answer(desk, asked, "yes", authentic=False)
    assert "withdrawn" in last_transcript(desk)
    assert state(desk, "A-3") == "withdrawn"
    assert votes(desk, "A-4") == [(ANA, "reject")]


def test_late_yeses_are_answered_five_times_a_day_and_no_more(desk):
    asked = step_up(desk)
    clock_of(desk).pass_(days=4)
    for n in range(8):
        give(desk, a_reply(asked, "yes", f"Ana {n} <{ANA}>", at=desk.now(), authentic=False))
    assert len(letters(desk, "member/transcript", ANA)) == 5


def test_a_step_up_needs_the_secret_of_a_letter(desk):
    number = give(desk, a_mail("A-3 approve\n", sender=ANA, to="desk@harbour.example"))
    assert not letters(desk, "member/step-up")
    assert entry_of(desk, number).reason == "no-secret"
