"""The member's signature, where no `-- ` stands above it: in a mail program's container, or below their own name."""
# ruff: noqa: RUF001 - Russian is written so

from __future__ import annotations

import pytest

from mailproc.message.html.text import shown
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

LETTER = "1. A-12  article  The tram\nFrom Jo Poole\n\n| It was due at eight.\n\n2. A-13  article  Fog\nFrom Ben Lund\n"
TWO = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")), single=False)
ONE = Listing(TWO.items[:1], single=True)

CONTAINERS = {
    "Thunderbird": '<div class="moz-signature">{}</div>',
    "Thunderbird, a text": '<pre class="moz-signature" cols="72">{}</pre>',
    "Gmail": '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{}</div>',
    "Outlook": '<div id="Signature"><p>{}</p></div>',
    "Outlook on the web, shown again": '<div id="x_Signature">{}</div>',
    "Outlook, telephone": '<div id="ms-outlook-mobile-signature">{}</div>',
    "Proton Mail": '<div class="protonmail_signature_block">{}</div>',
    "Roundcube": '<div id="_rc_sig">{}</div>',
    "signature": '<div class="signature">{}</div>',
    "Apple Mail": '<div id="AppleMailSignature" dir="ltr">{}</div>',
    "Evolution": '<div class="-x-evo-signature-wrapper"><span class="-x-evo-signature">{}</span></div>',
    "Spark": '<div name="messageSignatureSection">{}</div>',
    "Airmail": '<div id="bloop_sign_1700000000" class="bloop_sign">{}</div>',
    "HCL": '<div data-signatureblock="true">{}</div>',
    "Proton Mail, the writer's": '<div class="protonmail_signature_block-user">{}</div>',
    "Zimbra": '<div data-marker="__SIG_PRE__">{}</div>',
    "Zoho": '<div id="Zm-_Id_-Sgn">{}</div>',
    "K-9 Mail": '<div class="k9mail-signature">{}</div>',
}
SIGNATURES = [
    "Ana Poole\nEditor\nTel. 12 345",
    "Ana Poole\nNo. 12, Harbour Street",
    "Ana Poole\nOK\nHarbour Printers",
    "Ana Poole, editor\nThe Harbour Review\nhttps://harbour.example",
    "Dr. Ana Poole\nVice-chair, please hold the line: +44 20 7946 0012",
    "Ana\n12 Quay\nyes, we print",
    "A. Poole\nAsk me about trams",
    "Herzliche Grüße sendet\nAna Poole\nNein zu Plastik",
    "Ana Poole\nNo a la guerra\nTel. 12",
    "Ана Пул\nРедактор\nтел. 12-34-56",
    "Ana Poole\nDon't approve what you have not read",
]


def read(text: str | None, rich: str | None, listing: Listing = ONE, signed_by: tuple[str, ...] = ()) -> Reading:
    html_text, sight = shown(rich) if rich else (None, None)
    rest = () if sight is None else (sight,)
    return read_reply(text, html_text, None, Sent(LETTER), (), listing, "member", *rest, signed_by=signed_by)


def did(reading: Reading) -> list[str]:
    return [command.verb for command in reading.commands]


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
@pytest.mark.parametrize("signature", SIGNATURES)
def test_what_a_signature_s_container_holds_is_no_word_in_either_part(container: str, signature: str):
    quoted = "".join(f"<div>{line}</div>" for line in LETTER.split("\n"))
    marked = "\n".join(f"> {line}" for line in LETTER.split("\n"))
    seam = "\n" if container.startswith("<pre") else "<br>"
    held = container.format(signature.replace("\n", seam))
    for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
        rich = f"<p>{words}</p>{held}<blockquote>{quoted}</blockquote>"
        for text in (f"{words}\n\n{signature}\n\n{marked}\n", None):
            reading = read(text, rich, listing)
            assert (did(reading), reading.unclear) == (["hold"], ())


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_words_typed_into_the_container_are_the_member_s(container: str):
    both = "A-12 approve", "A-13 hold"
    rich = f"<p>Hello</p>{container.format('<br>'.join(both))}Ana Poole"
    reading = read("\n".join(["Hello", *both, "Ana Poole"]), rich, TWO)
    assert did(reading) == ["approve", "hold"]
    assert did(read("approve\nAna Poole", container.format("approve<br>Ana Poole"))) == ["approve"]
    assert did(read("Hi,\napprove\nAna", container.format("Hi,<br>approve<br>Ana"))) == ["approve"]


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_words_below_a_signature_are_the_member_s(container: str):
    rich = f"<p>A-12 approve</p>{container.format('Ana Poole<br>Editor')}<p>A-13 reject: too long</p>"
    assert did(read("A-12 approve\n\nAna Poole\nEditor\n\nA-13 reject: too long", rich, TWO)) == ["approve", "reject"]


@pytest.mark.parametrize(
    "signature",
    [
        "Ana Poole\nEditor\nTel. 12 345 678",
        "Ana\nThe Harbour Review\nana@home.example",
        "Ana Poole\nNo. 12, Harbour Street\nwww.harbour.example",
        "Ana Poole\nEditor<mailto:ana@home.example>\n+44 20 7946 0012",
        "ANA POOLE\nRedakteurin\nTelefon 030 123456",
        "Ana Poole\n\nEditor, The Harbour Review\nTel: 030/123456",
        "Ana Poole\nRédactrice\nTél. 01 23 45 67 89",
        "Ana Poole\nEditora\nTel.: 91 123 45 67",
        "Ana Poole\nDirettrice\nhttps://harbour.example",
        "- Ana\nmobile 0171 2345678",
    ],
)
def test_below_their_own_name_a_telephone_tells_the_signature(signature: str):
    names = ("Ana Poole",)
    for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
        reading = read(f"{words}\n\n{signature}\n", None, listing, names)
        assert (did(reading), reading.unclear) == (["hold"], ())


@pytest.mark.parametrize(
    "text",
    [
        "Ana Poole\nA-12 hold",
        "A-12 hold\n\nAna Poole\nA-13 reject, call 030 123456",
        "A-12 hold\nAna\nreject all, www.harbour.example says so",
        "Ana\n030 123456",
    ],
)
def test_a_command_below_a_name_is_no_signature(text: str):
    reading = read(text, None, TWO, ("Ana Poole",))
    wanted = text.count("A-1") + text.count("reject all")
    assert len(reading.commands) + len(reading.unclear) >= wanted


@pytest.mark.parametrize("seam", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "signature",
    [
        ("Best wishes", "Ana Poole", "Hold the Line Press"),
        ("Bien cordialement", "Ana Poole", "\u00c9ditions En attente"),
        ("Viele Gr\u00fc\u00dfe", "Ana", "Redaktion"),
        ("Saludos", "Ana Poole", "Editora"),
        ("Thanks,", "Ana Poole", "Editor", "The Harbour Review"),
    ],
)
def test_below_a_sign_off_their_own_name_begins_the_signature(signature: tuple[str, ...], seam: str):
    for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
        reading = read(f"{words}\n\n{seam.join(signature)}\n", None, listing, ("Ana Poole",))
        assert (did(reading), reading.unclear) == (["hold"], ())
    said = read(f"Hello\n\n{seam.join(signature[:2])}{seam}A-12 hold", None, TWO, ("Ana Poole",))
    assert did(said) == ["hold"]


BELOW_A_NAME = [
    "Ana Poole\nQuay Street 4, top floor",
    "Ana Poole\nEditor\nThe Harbour Review\nNorth Pier",
    "Ana Poole",
    "ANA POOLE\nRedakteurin, Hafenstraße 12",
    "Ana Poole\nRédactrice\n12, quai du Port",
    "Ana Poole\nEditora, Revista do Porto",
    "Ana Poole\nРедактор, Портовая 4",
    "Ana Poole\nNo. 12, Harbour Street",
]


@pytest.mark.parametrize("mark", ["", "---\n", "-- \n"])
@pytest.mark.parametrize("signature", BELOW_A_NAME)
@pytest.mark.parametrize("quoted", [True, False])
def test_a_last_paragraph_that_their_full_name_begins_is_a_signature(signature: str, mark: str, quoted: bool):  # noqa: FBT001 - pytest gives it
    """As Thunderbird and Roundcube put it above the quotation in a mail without HTML."""
    below = "On Friday, the desk wrote:\n" + "".join(f"> {line}\n" for line in LETTER.split("\n")) if quoted else ""
    for words, listing in (("yes", ONE), ("A-12 hold\nA-13 reject: too long", TWO)):
        reading = read(f"{words}\n\n{mark}{signature}\n\n{below}", None, listing, ("Ana Poole",))
        assert did(reading) == (["approve"] if listing is ONE else ["hold", "reject"])
        assert reading.unclear == ()


@pytest.mark.parametrize(
    "below",
    [
        "Ana Poole\nrejects it",
        "Ana Poole\nbut not before Friday",
        "Ana Poole\nA-13 is the better one",
        "Ana Poole\nWhy is it so long?",
        "Ana Poole\nHold it till Friday",
        "Ana Poole\nOn second thoughts, wait",
        "Ana Poole\nNein, doch lieber ablehnen",
        "Ana Poole\nAttendez vendredi",
        "Ana Poole\nMoment, noch nicht",
        "Ana Poole\nEditor\n\nStop, I read the wrong one",
        "Ana Poole\nSorry, wrong one",
        "Ana Poole\nMy son wrote that",
        "Ana Poole\nStop",
        "Ana Poole\nWait",
        "Ana Poole\nOops",
        "Ana Poole\nSorry",
        "Ana Poole\nMoment",
        "Ana Poole\nNicht ich",
    ],
)
def test_a_doubt_below_their_name_is_heard(below: str):
    assert not did(read(f"yes\n\n{below}\n", None, ONE, ("Ana Poole",)))


@pytest.mark.parametrize(
    "signature",
    [
        "Ana Poole\nQuay Street 4, top floor",
        "Ana\nThe Harbour Review",
        "Ana Poole, editor",
        "Ana Poole\nRedakteurin",
        "Ana Poole\nRédactrice en chef",
        "Ana Poole\nEditora",
        "Ana Poole\nDirettrice",
        "Ана Пул\nРедактор",
        "A. Poole\nThinking of trams",
        "Dr. Ana Poole\nVice-chair",
    ],
)
@pytest.mark.parametrize("container", ["Roundcube", "Thunderbird"])
def test_a_signature_above_a_quotation_that_holds_the_answers_is_not_asked_back(container: str, signature: str):
    """The caret went into the quotation, and Enter stays there: those words come back, the signature does not."""
    quoted = [f"<div>{line}</div>" for line in LETTER.split("\n")]
    quoted.insert(4, "<div>yes</div>")
    held = CONTAINERS[container].format(signature.replace("\n", "<br>"))
    marked = "\n".join(f"> {line}" for line in (*LETTER.split("\n")[:4], "yes", *LETTER.split("\n")[4:]))
    for text in (f"{signature}\n\n{marked}\n", None):
        reading = read(text, f"{held}<blockquote>{''.join(quoted)}</blockquote>", TWO)
        assert [(each.line, each.reason) for each in reading.unclear] == [("yes", "quoted-or-said")]


ON_ONE_LINE = (
    "Best wishes Ana Lund Hold the Line Press",
    "Kind regards, Ana Lund, The Harbour Review",
    "Best, Ana Lund Editor",
    "Thanks Ana Lund No Bins Press",
    "Viele Grüße Ana Lund Redaktion",
    "Mit freundlichen Grüßen Ana Lund Verlag am Hafen",
    "Cordialement Ana Lund Rédactrice",
    "Saludos Ana Lund Editora",
    "Cordiali saluti Ana Lund Direttrice",
    "С уважением Ana Lund Редактор",
)


@pytest.mark.parametrize("line", ON_ONE_LINE)
def test_a_sign_off_a_name_and_a_few_words_on_one_line_are_a_signature(line: str):
    for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
        reading = read(f"{words}\n\n{line}\n", None, listing, ("Ana Lund",))
        assert (did(reading), reading.unclear) == (["hold"], ())


@pytest.mark.parametrize(
    "line",
    [
        "Best wishes Ana Lund approve",
        "Best wishes Ana Lund reject A-12",
        "Ana Lund and I do not",
        "Best wishes Ana Lund But Not A-13",
    ],
)
def test_such_a_line_that_says_more_is_none(line: str):
    reading = read(f"A-13 hold\n\n{line}\n", None, TWO, ("Ana Lund",))
    assert did(reading) != ["hold"] or reading.unclear
