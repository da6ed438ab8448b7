"""Machines and people, told apart: bounces, automatic answers, bulk mail (RFC 3834 §2, catalogue S19, S90)."""

import json
from pathlib import Path

import pytest

from mailproc.message.auto import Nature, nature
from mailproc.message.model import Envelope, Message
from mailproc.message.parse import parse
from mailproc.message.report import is_bounce, value_of

OWN = Path(__file__).resolve().parents[1] / "corpus"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/corpus is not here")


def read(path: Path) -> Message:
    return parse(path.read_bytes())[0]


def nature_of(path: Path) -> Nature:
    message = read(path)
    path_field = value_of(message, "return-path")
    return nature(message, Envelope(path_field.strip("<>") if path_field else None))


def mails(folder: Path) -> list:
    return [pytest.param(path, id=path.stem) for path in sorted(folder.glob("*.eml"))]


def a_mail(**fields: str) -> Message:
    lines = {"From": "Ben <ben@b.example>", "To": "desk@harbour.example", "Subject": "Re: 3 items wait"} | fields
    header = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in lines.items())
    return parse(f"{header}\nA-12 approve\n".encode())[0]


@pytest.mark.parametrize("path", mails(OWN / "auto"))
def test_an_automatic_answer_is_automatic_and_is_not_answered(path):
    found = nature_of(path)
    assert (found.automatic, found.answerable, found.bounce) == (True, False, False)
    assert found.reason


@pytest.mark.parametrize("path", mails(OWN / "dsn"))
def test_a_bounce_is_a_bounce_and_automatic(path):
    found = nature_of(path)
    assert (found.bounce, found.automatic, found.answerable) == (True, True, False)


@pytest.mark.parametrize("path", mails(OWN / "not_auto") + mails(OWN / "not_dsn") + mails(OWN / "plain")[:-1])
def test_a_person_is_a_person(path):
    found = nature_of(path)
    if path.stem == "a-postmaster-asks":  # a person, whom no letter reaches
        assert (found.automatic, found.bounce, found.reason) == (False, False, "role-address")
    elif path.stem != "no-header":
        assert found == Nature(bounce=False, automatic=False, bulk=False, answerable=True, reason="")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"Auto_Submitted": "auto-generated"}, "auto-submitted"),
        ({"Auto_Submitted": "auto-notified; owner-email=x"}, "auto-submitted"),
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "auto-response-suppress"),
        ({"X_Autoreply": "yes"}, "autoresponder-field"),
        ({"Precedence": "auto_reply"}, "precedence-auto-reply"),
        ({"X_Mailproc_Loop": "desk@harbour.example"}, "loop-mark"),
        ({"Subject": "Automatic reply: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Automatische Antwort: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Respuesta automática: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Risposta automatica: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Resposta automática: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Automatisch antwoord: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Autosvar: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Odpowiedź automatyczna: 3 items wait"}, "automatic-subject"),
        ({"Subject": "Автоматический ответ: 3 items wait"}, "automatic-subject"),
        ({"Subject": "不在通知"}, "automatic-subject"),
        ({"Subject": "Out of office"}, "automatic-subject"),
        ({"Subject": "Out of Office: 3 items", "In_Reply_To": "<a@harbour.example>"}, "automatic-subject"),
        ({"Subject": "Sender verification"}, "challenge"),
    ],
)
def test_a_machines_answer_is_known_by_its_fields_or_its_subject(fields, reason):
    found = nature(a_mail(**fields), Envelope("ben@b.example"))
    assert (found.automatic, found.answerable, found.reason) == (True, False, reason)


@pytest.mark.parametrize(
    "fields", [{"List_Id": "<news.b.example>"}, {"Precedence": "bulk"}, {"Feedback_ID": "1:2:3:mass"}]
)
def test_bulk_mail_is_bulk_without_being_an_answer(fields):
    found = nature(a_mail(**fields), Envelope("ben@b.example"))
    assert (found.bulk, found.automatic, found.answerable) == (True, False, False)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"From": "no-reply@b.example"}, "no-reply-address"),
        ({"From": "owner-news@b.example"}, "role-address"),
        ({"From": "ben@b.example, ana@a.example"}, "no-single-author"),
        ({"X_Auto_Response_Suppress": "OOF"}, "suppresses-answers"),
    ],
)
def test_a_sender_that_nobody_reads_is_not_answered_but_is_no_machines_answer(fields, reason):
    assert nature(a_mail(**fields), Envelope("ben@b.example")) == Nature(
        bounce=False, automatic=False, bulk=False, answerable=False, reason=reason
    )


def test_a_null_reverse_path_is_automatic_and_an_unknown_one_says_nothing():
    assert nature(a_mail(), Envelope("")).reason == "null-reverse-path"
    assert nature(a_mail(), Envelope(None)).answerable


def test_S90_more_than_fifty_hops_are_a_loop():
    raw = b"Received: from a by b; Sat, 21 Nov 2026 10:00:00 +0000\n" * 51 + b"From: ben@b.example\n\nx"
    assert nature(parse(raw)[0], Envelope("ben@b.example")).reason == "too-many-hops"


@needs_shared
def test_at_least_97_in_100_bounces_and_automatic_mails_are_recognised():
    seen = [nature_of(path).bounce for path in sorted((SHARED / "bounce" / "dsn").glob("*.eml"))]
    seen += [nature_of(path).automatic for kind in ("auto", "arf") for path in (SHARED / "bounce" / kind).glob("*.eml")]
    assert len(seen) > 400
    assert sum(seen) / len(seen) >= 0.97


@needs_shared
def test_of_bounces_and_automatic_mails_only_a_known_persons_reply_is_answerable():
    answerable = [path.name for path in (SHARED / "bounce").rglob("*.eml") if nature_of(path).answerable]
    assert answerable == [
        "flufl-groupwise_03.txt.eml"
    ]  # a hotel's reply by hand, kept by flufl because it is no bounce


# Machines' own mails among the torture mails: bounces without their type, and one with 60 Received fields.
MACHINES = {
    *("mime4j-badbound", "mime4j-long-headers", "enmime-multipart-wo-boundary"),
    "mikel-mime_emails-raw_email_with_mimepart_without_content_type",
    *("10-vacation", "11-dsn", "12-newsletter", "06-vacation", "bounced"),
    *("auto-gelesen", "auto-notes", "bounce-hungarian", "reaction-gmail-author"),
}


def ordinary() -> list[Path]:
    """Mails of people: all that are here, but those of machines and letters of our own."""
    folders = [SHARED / name for name in ("smoke", "mime", "strangers")]
    found = [path for folder in folders for path in sorted(folder.rglob("*.eml"))]
    found += [path for path in sorted(OWN.rglob("*.eml")) if path.parent.name not in ("auto", "dsn")]
    named = [path for path in found if path.stem not in MACHINES | {"letter"}]
    return [path for path in named if not value_of(read(path), "content-type").startswith("multipart/report")]


@needs_shared
def test_at_most_one_in_two_hundred_ordinary_mails_is_taken_for_a_machine():
    paths = ordinary()
    alarms = [str(path) for path in paths if (found := nature_of(path)).bounce or found.automatic]
    print(f"false alarms: {len(alarms)} of {len(paths)}", *alarms, sep="\n")  # noqa: T201 - the figures of a release
    assert len(alarms) <= len(paths) / 200, alarms


def test_mails_without_a_field_are_known_in_at_least_twenty_languages():
    """Of each sort: notes of absence, answers that name or declare themselves, bounces from two sorts of accounts."""
    sorts = [("auto", sort) for sort in ("absent", "named", "declared")]
    sorts += [("dsn", sort) for sort in ("postmaster", "gateway")]
    for folder, sort in sorts:
        paths = sorted((OWN / folder).glob(f"{sort}-??.eml"))
        known = [path for path in paths if nature_of(path).automatic and nature_of(path).bounce == (folder == "dsn")]
        print(f"{sort}: {len(known)} of {len(paths)} languages")  # noqa: T201 - the figures of a release
        assert len(paths) >= 20
        assert len(known) >= 0.98 * len(paths), sorted(set(paths) - set(known))


@needs_shared
def test_no_reply_of_the_corpus_is_taken_for_a_machine():
    for line in (SHARED / "reply" / "trimmed.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = "html" if row["kind"] == "html" else "plain"
        header = f"From: Ben <ben@b.example>\nSubject: Re: 3 items wait\nContent-Type: text/{kind}; charset=utf-8\n"
        message = parse(f"{header}\n{row['input']}".encode())[0]
        assert is_bounce(message) is None
        assert nature(message, Envelope("ben@b.example")).reason == ""
