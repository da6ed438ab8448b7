"""Shapes in plain text: what each program sets above a quotation, its marks or the lack of them, and where one answers.

Attributions and header blocks stand as the programs write them, in their languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bench.shapes.pieces import Said, at_once, between, lines_of, marked, reply, told, wrapped

ON = "On Sun, 22 Nov 2026 at 08:00, {who} wrote:"


def k9_mail(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """K-9 Mail: the program's signature between the answer and the quotation."""
    foot = "\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n\n"
    head = told(letter, "On November 22, 2026 8:00:00 AM GMT, {name} <{address}> wrote:")
    body = [at_once(answers), foot, head, *marked(lines_of(letter), ">")]
    return reply(letter, sender, now, "\n".join(body), agent="K-9 Mail for Android")


def lotus_notes(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Notes: a header block with tabs, no marks."""
    block = told(
        letter,
        "From:\t{name} <{address}>\nTo:\t{to}\nDate:\t22.11.2026 08:00\nSubject:\t{subject}\n"
        "Sent by:\t{address}\n" + "_" * 40,
    )
    body = [at_once(answers), "", "Mit freundlichen Grüßen / Kind regards", "Ana Lund", "", "", block, ""]
    return reply(letter, sender, now, "\n".join([*body, *lines_of(letter)]), agent="Lotus Notes 9.0.1")


def zimbra_text(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Zimbra: a rule and a header block, marks as the user set them: none."""
    block = told(
        letter,
        "----- Original Message -----\nFrom: {who}\nTo: {to}\nSent: Sunday, November 22, 2026 8:00:00 AM\n"
        "Subject: {subject}",
    )
    return reply(
        letter, sender, now, "\n".join([at_once(answers), "", block, "", *lines_of(letter)]), agent="Zimbra 8.8.15"
    )


def groupwise(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """GroupWise: `>>> name date >>>` on one line, nothing before the lines below."""
    head = told(letter, '>>> "{name}" <{address}> 22.11.2026 08:00 >>>')
    body = [at_once(answers), "", head, *lines_of(letter)]
    return reply(letter, sender, now, "\n".join(body), agent="Novell GroupWise 18.2", prefix="Antw: ")


def mail_ru(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Mail.ru: "Sunday, …, from …:" in Russian, `>` without a blank."""
    head = told(letter, "Воскресенье, 22 ноября 2026, 8:00 +03:00 от {name} <{address}>:")
    body = [at_once(answers), "", "--", "Ana", "", head, "", *marked(lines_of(letter), ">")]
    return reply(letter, sender, now, "\n".join(body), agent="Mail.Ru Mailer 1.0")


def qq_mail(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """QQ Mail: a rule and labels in Chinese, no marks."""
    block = told(
        letter,
        '------------------ 原始邮件 ------------------\n发件人: "{name}" <{address}>;\n'
        '发送时间: 2026年11月22日(星期天) 下午4:00\n收件人: "{to}";\n主题: {subject}',
    )
    body = [at_once(answers), "", "", block, "", *lines_of(letter)]
    return reply(letter, sender, now, "\n".join(body), agent="QQMail 2.x", prefix="回复: ")


def t_online(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """T-Online: a German header block, no marks."""
    block = told(
        letter,
        "-----Original-Nachricht-----\nBetreff: {subject}\nDatum: 2026-11-22T09:00:00+0100\n"
        'Von: "{name}" <{address}>\nAn: "{to}"',
    )
    body = [at_once(answers), "", "Viele Grüße", "Ana", "", block, "", *lines_of(letter)]
    return reply(letter, sender, now, "\n".join(body), agent="T-Online eMail 6.1", prefix="AW: ")


def orange_fr(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Orange: the header block itself is marked."""
    block = told(letter, "Message du 22/11/26 08:00\nDe : {who}\nA : {to}\nCopie à : \nObjet : {subject}\n")
    quoted = marked([*block.split("\n"), *lines_of(letter)])
    return reply(letter, sender, now, "\n".join([at_once(answers), "", *quoted]), agent="Orange Webmail")


def marked_by_bars(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """`| ` before every line, answers at the end of each block."""
    body = told(letter, ON) + "\n" + between(marked(lines_of(letter), "| "), answers, at_end=True)
    return reply(letter, sender, now, body, agent="Nmh 1.8")


def marked_by_colons(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """`: ` before every line, answers under the heads."""
    body = told(letter, "{name} writes:") + "\n" + between(marked(lines_of(letter), ": "), answers)
    return reply(letter, sender, now, body, agent="Mail User's Shell 7.2")


def mutt_below_signature(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Mutt with `sig_on_top`: answer, signature, then attribution and quotation."""
    head = told(letter, "On Sun, Nov 22, 2026 at 08:00:00AM +0000, {name} wrote:")
    body = [at_once(answers), "", "-- ", "Ana", "", head, *marked(lines_of(letter))]
    return reply(letter, sender, now, "\n".join(body), agent="Mutt/2.2.12")


def outlook_between(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Outlook in plain text, answers typed between the lines, no marks at all."""
    block = told(letter, "From: {who}\nSent: Sunday, 22 November 2026 08:00\nTo: {to}\nSubject: {subject}")
    body = "\n".join(["See my answers below.", "", block, "", between(lines_of(letter), answers, at_end=True)])
    return reply(letter, sender, now, body, agent="Microsoft Outlook 16.0", prefix="RE: ")


def heads_only(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A careful quoter: of the letter only the head of each item that is answered is left."""
    refs = {answer.ref for answer in answers if answer.ref}
    heads = [
        line for line in marked(lines_of(letter)) if line[2:3].isdigit() and any(f" {ref} " in line for ref in refs)
    ]
    body = told(letter, ON) + "\n" + between(heads, answers)
    return reply(letter, sender, now, body, agent="Gnus 5.13")


def snipped(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """The strangers' texts cut away with "[...]", answers where they stood."""
    kept: list[str] = []
    for line in lines_of(letter):
        if not line.startswith("| "):
            kept.append(f"> {line}".rstrip())
        elif kept[-1] != "[...]":
            kept.append("[...]")
    body = told(letter, ON) + "\n" + between(kept, answers, at_end=True)
    return reply(letter, sender, now, body, agent="Pine 4.64")


def wrapped_at(width: int, *, again: str, mark: str) -> object:
    """A shape that a gateway wrapped whole at `width`; where a quoted line goes on it gets the mark `again`."""
    how = "unmarked" if not mark else "marked" if again else "mark lost"

    def shape(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
        lines = wrapped(marked(lines_of(letter), mark) if mark else lines_of(letter), width, again)
        own = wrapped(at_once(answers).split("\n"), width)
        head = wrapped([told(letter, ON)], width)
        return reply(letter, sender, now, "\n".join([*own, "", *head, "", *lines]), agent=f"Relay {width} {how}")

    shape.__doc__ = f"Everything wrapped again at {width}, {how} where a line goes on."
    return shape


def nested(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """An answer to one's own earlier answer: two levels, both marked."""
    earlier = ["A-13 hold", "I shall look at the others tonight.", "", told(letter, ON), *marked(lines_of(letter))]
    body = [at_once(answers), "", f"On Sun, 22 Nov 2026 at 09:10, {sender} wrote:", *marked(earlier)]
    return reply(letter, sender, now, "\n".join(body), agent="Evolution 3.50")


def nested_three(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Answers between the lines of a letter that was quoted three times over."""
    lines = between(marked(lines_of(letter), ">>> "), answers)
    body = ["> Ben wrote:", told(letter, ">> {name} wrote:"), lines]
    return reply(letter, sender, now, "\n".join(body), agent="Alpine 2.26")
