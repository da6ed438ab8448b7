"""What gateways and converters set around somebody's words, however it was wrapped; and a member's words beside it."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproc.message.html.text import to_text
from mailproc.message.words.attribution import from_programs
from mailproc.message.words.gateway import spoken
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

HERE = Path(__file__).resolve().parent / "programs"
LINES = (HERE / "gateways.txt").read_text("utf-8").splitlines()
SENTENCES = (HERE / "sentences.txt").read_text("utf-8").splitlines()
LETTER = "1. A-12  article  The tram\nFrom Jo Poole\n\n| It was due at eight.\n\n2. A-13  article  Fog\nFrom Ben Lund\n"
TWO = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")), single=False)
ONE = Listing(TWO.items[:1], single=True)


def read(text: str, listing: Listing = ONE, html_text: str | None = None) -> Reading:
    return read_reply(text, html_text, None, Sent(LETTER), (), listing, "member")


def did(reading: Reading) -> list[tuple[str, str]]:
    return [(command.verb, command.words) for command in reading.commands]


def wrapped(sentence: str) -> Iterator[str]:
    """In one line, in short lines, and in lines with a blank one between, as some programs write each line."""
    yield sentence
    for width, seam in ((60, "\n"), (40, "\n"), (24, "\n"), (40, "\n\n"), (24, "\n\n")):
        yield seam.join(textwrap.wrap(sentence, width, break_long_words=False, break_on_hyphens=False))


@pytest.mark.parametrize("line", LINES)
def test_what_stands_in_for_a_part_is_nobody_s_word(line: str):
    assert from_programs(["hold", "", line], [False] * 3) == {2}
    for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
        reading = read(f"{words}\n\n{line}\n", listing)
        assert (did(reading), reading.unclear) == ([("hold", "")], ())


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_a_gateway_counts_to_its_end_however_it_was_wrapped(sentence: str):
    for text in wrapped(sentence):
        for words, listing in (("hold", ONE), ("A-12 hold", TWO)):
            rich = to_text(f"<p>{words}</p>" + "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n\n")))
            for html_text in (None, rich):
                reading = read(f"{words}\n\n{text}\n", listing, html_text)
                assert did(reading) == [("hold", "")]
                if len(text.split("\n")) < 5:
                    assert reading.unclear == (), text


@pytest.mark.parametrize("sentence", SENTENCES)
def test_words_below_a_banner_and_above_a_disclaimer_act(sentence: str):
    assert did(read(f"{sentence}\n\nhold\n")) == [("hold", "")]
    assert did(read(f"{sentence}\n\nhold\n\n{sentence}\n")) == [("hold", "")]
    assert did(read(f"hold\n\n{sentence}\n\nA-12 hold")) == [("hold", "")]


@pytest.mark.parametrize(
    "reason",
    [
        "it is confidential and may hurt somebody",
        "contains confidential information",
        "the text is from an external sender",
        "the author says do not click on it",
        "this was scanned for viruses by nobody",
        "it came from outside the organisation",
        "we should consider the environment",
        "please notify the sender",
        "the information is confidential",
    ],
)
def test_a_reason_that_speaks_as_gateways_do_is_the_member_s(reason: str):
    """A decision that was made, with words for the author, must not vanish."""
    for line in (f"reject: {reason}", f"reject, {reason}", f"A-12 reject: {reason}", f"rechazar: {reason}"):
        assert [command.verb for command in read(line).commands] == ["reject"], line
        assert did(read(line))[0][1] == reason


@pytest.mark.parametrize(
    "line",
    [
        "reject: write to ana@home.example<mailto:ana@home.example>",
        "reject: see https://harbour.example/the%20tram",
        "reject: it stands in [image: logo.png] of our last number",
        "A-12 reject: 100%25 is wrong",
    ],
)
def test_links_in_a_member_s_words_stay_theirs(line: str):
    reading = read(line)
    assert [command.verb for command in reading.commands] == ["reject"]
    assert reading.unclear == ()


@pytest.mark.parametrize(
    "tap",
    [
        "approve A-12 by\nmail",
        "approve A-12\nby mail",
        "approve A-12\nby\nmail",
        "approve\nA-12 by mail",
        "approve A-12\n\nby mail",
        "approve A-12\n\nby mail\n\n<mailto:desk+k3v9m2p5@harbour.example?subject=A-12%20approve&body=A-12%20approve>",
        "approve A-12\nby mail\n<mailto:desk+k3v9m2p5@harbour.example?\nsubject=A-12%20approve&body=A-12%20\napprove>",
        "approve A-12 by mail <mailto:desk+k3v9m2p5@harbour.example\n?subject=A-12%20approve&body=A-12%20approve>",
        "[approve A-12\nby mail](mailto:desk+k3v9m2p5@harbour.example?subject=A-12%20approve&body=A-12%20approve)",
        "approve A-12 by mail[1], hold A-12 by\nmail[2], ask A-12\nby mail[3]\n\n[1] mailto:desk@harbour.example",
        "approve A-12\n<mailto:desk@harbour.example?subject=A-12%20approve>\nby mail",
        "approve A-12\nby\n<mailto:desk@harbour.example?subject=A-12%20approve>\nmail",
        "reject A-13 by mail <mailto:desk@harbour.example?subject=A-13%20reject>, approve A-12\nby mail",
    ],
)
def test_a_tap_link_is_ours_however_it_was_broken(tap: str):
    for listing in (ONE, TWO):
        reading = read(f"A-12 hold\n\n{tap}\n", listing)
        assert (did(reading), reading.unclear) == ([("hold", "")], ())
        assert did(read(f"{tap}\n", listing)) == []


def test_a_command_above_a_broken_tap_link_is_the_member_s():
    assert did(read("A-12 hold\nhold A-12 by\nmail")) == [("hold", "")]
    assert did(read("A-13 approve\nA-12 hold\n\nask A-12\nby mail", TWO)) == [("approve", ""), ("hold", "")]


def test_an_openpgp_signature_is_a_program_s():
    above, below = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512",
        "\n\niQEz\nno\n=ab1C\n-----END PGP SIGNATURE-----",
    )
    reading = read(f"{above}\n\nhold\n-----BEGIN PGP SIGNATURE-----{below}")
    assert did(reading) == [("hold", "")]
    assert did(read("-----BEGIN PGP SIGNATURE-----\n\nhold")) == [("hold", "")], "it has no end"


@pytest.mark.parametrize(
    "text",
    [
        "Please consider the environment before you\nA-12 approve\nor print this mail",
        "Bitte denken Sie an die Umwelt, bevor Sie\nA-12 annehmen\noder diese Mail drucken",
        "Please consider the environment before you\napprove A-12\nor print this mail",
        "If you are not the intended recipient you may not\nA-12 approve\nor discard it",
    ],
)
def test_a_sentence_of_a_gateway_that_names_an_item_is_asked_about(text: str):
    assert did(read(text)) == []
    assert did(read(text, TWO)) == []


@pytest.mark.parametrize("seam", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "banner",
    [
        "[EXTERNAL] This email originated from outside of the organisation",
        "You don't often get email from jo@x.example. Learn why this is important",
        "Caution: external sender, be careful with links",
        "Achtung: externe E-Mail",
        "Attention : expéditeur externe",
        "Cuidado: remitente externo",
    ],
)
def test_a_banner_without_a_full_stop_takes_nothing_from_what_stands_below_it(banner: str, seam: str):
    reading = read(f"{banner}{seam}A-12 hold", TWO)
    assert (did(reading), reading.unclear) == ([("hold", "")], ())


# narrow, with a word and a comma at the head of a line that only goes on
SET_BY_A_PROGRAM = re.split(
    r"\n\n",
    """\
Diese E-Mail enthält vertrauliche
Informationen; wenn Sie nicht der
richtige Adressat sind, löschen Sie sie
bitte.

Wenn Sie diese E-Mail irrtümlich
erhalten haben, informieren Sie bitte
den Absender und löschen Sie sie.

Dit bericht is vertrouwelijk; indien u niet de geadresseerde
bent, verwijder het dan.
Se recebeu esta mensagem por engano, avise o remetente e
elimine-a.

If you no longer wish to receive these
messages, reply with the word stop. If
you received this message in error,
please delete it.

Si vous avez reçu ce message par
erreur, merci d'en avertir l'expéditeur
et de le détruire.

Se ha ricevuto questo messaggio per
errore, la preghiamo di avvisare il
mittente e di eliminarlo.

Este mensaje es confidencial; si
usted no es el destinatario previsto,
no lo apruebe ni lo rechace, bórrelo.

Courriel externe : ne pas approuver de
virement, et si vous avez reçu ce
message par erreur, le détruire.

[EXTERNAL]
This e-mail and any attachments are
confidential and intended solely for the
addressee, so please
delete it.

--
This message was scanned for viruses;
no threats were found, and none
was rejected.""",
)


@pytest.mark.parametrize("banner", SET_BY_A_PROGRAM)
def test_a_narrow_paragraph_that_a_program_set_is_its_own_to_the_end(banner: str):
    lines = [*banner.split("\n"), "", "A-12 approve"]
    assert spoken(lines, [False] * len(lines)) >= {n for n, line in enumerate(lines[:-2]) if len(line) > 10}
    assert len(lines) - 1 not in spoken(lines, [False] * len(lines))


@pytest.mark.parametrize("banner", SET_BY_A_PROGRAM)
@pytest.mark.parametrize("typed", ["Ben wants to", "What follows is from Ben.", "Alle würden gern"])
def test_what_is_typed_right_below_it_is_not(banner: str, typed: str):
    for ended in (banner, banner if typed.endswith(".") else banner.rstrip(".")):
        lines = [*ended.split("\n"), typed, "", "approve A-12"]
        found = spoken(lines, [False] * len(lines))
        assert not {len(lines) - 3, len(lines) - 1} & found, ended


def test_a_rule_above_a_banner_takes_nothing_that_stands_above_a_command():
    lines = ["-----", "Please consider the environment before you print this.", "Ben wants to", "", "A-12 approve"]
    assert 2 not in spoken(lines, [False] * len(lines))
    assert 2 in spoken(lines[:3], [False] * 3), "a list server's foot"
