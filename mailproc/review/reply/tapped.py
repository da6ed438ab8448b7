"""A mail that a tapped link began: its subject is the command, and its body holds the words.

A link of ours writes `A-12 reject` into the subject and `A-12 reject: ` into the body. Some programs set the caret
before that line (Thunderbird, Evolution), some behind it; people type there, above it, below it, or delete it. So the
words are all that is the writer's own in the body, less the line that the link wrote, the signature, and what is said
to the desk only: a greeting, a sign-off, a name. What speaks against the command keeps it from acting, and comes back.
Values in, values out; it never fails, and is linear in the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from mailproc.message.words.attribution import introduces
from mailproc.message.words.postmark import UNKNOWN
from mailproc.message.words.quotation import Line
from mailproc.message.words.trimming import passes_on
from mailproc.phrase import say
from mailproc.review.language import manners, talk, verbs
from mailproc.review.language.grammar import sentence
from mailproc.review.language.verbs import VERBS
from mailproc.review.language.words import Phrases, Token, clean, phrase_at
from mailproc.review.reply import hints
from mailproc.review.reply.agreement import sense, with_subject
from mailproc.review.reply.reading import Command, Reading, Unclear
from mailproc.review.reply.written import SIGNATURE, seen

_TAKES_BODY = frozenset({"reject", "retract", "ask", "note", "answer"})  # verbs whose words may stand in the body
_ENDS = (".", "!", "?", ":", ";", ")", "\u2026", "\u3002", '"', "\u201d", "\u00bb")  # of a sentence that is whole
_NOT_SURE = frozenset({"near-miss", "two-meanings"})  # a line that may be a verb
_FEW = 2  # words of such a line; in more of them it is a reason
_TAKEN_BACK = frozenset({"conditional", "question", "negated", "contradiction", "doubted"})
_ITS_OWN = frozenset(
    {"no-words", "unfinished", "somebody-else", "withheld", "doubted"}
)  # of the link's line: words elsewhere are judged themselves
_LAST = 4  # lines at the end that may be a sign-off, and who signs


@dataclass(frozen=True, slots=True)
class _Body:
    """The writer's own lines around the one that the link wrote; without it all stands above."""

    above: tuple[str, ...]
    below: tuple[str, ...]  # begins with what stands behind the command on its line
    links: bool  # whether that line is there


def tapped(subject: Reading, body: Reading, lines: Sequence[Line], who: str) -> Reading:
    """One reading of the subject of a new mail and of one part of its body, whose lines these are."""
    command = subject.commands[0] if len(subject.commands) == 1 else None
    if command is None or command.verb not in _TAKES_BODY or set(sense(body)) - set(sense(subject)):
        return with_subject(subject, body)
    forms = verbs.forms(who)
    typed = _around(lines, command, forms)
    against = tuple(each for each in body.unclear if _speaks_against(each, command, forms))
    if against or _breaks_off(typed, command, forms):
        hint = say("hint/taken-back", how=hints.write(command.refs, command.verb))
        return Reading((), (Unclear(command.line, "subject-differs", hint), *against), body.own)
    if _holds_others_words([_plain(line.text) for line in lines]):
        hint = say("hint/others-words", written=_written(command))
        return Reading((), (Unclear(command.line, "others-words", hint),), body.own)
    words = "\n".join(part for part in (command.words, _trimmed(typed.above), _trimmed(typed.below)) if part)
    if VERBS[command.verb].needs_words and not words:
        hint = say("hint/once-more", written=_written(command))
        return Reading((), (Unclear(command.line, "no-words", hint),), body.own)
    return Reading((replace(command, words=words),), (), body.own)


def parted(lines: Sequence[Line], subject: Reading) -> Sequence[Line]:
    """The lines of a body, the link's own set apart from words typed right before or right behind it, without a blank.

    "Thank you.A-12 approve" is what Thunderbird makes of a courtesy at its caret, "A-12 approveThank you." Roundcube;
    each is then read as if it stood on lines of its own. Verbs that take words find them themselves.
    """
    command = subject.commands[0] if len(subject.commands) == 1 else None
    if command is None or command.verb in _TAKES_BODY:
        return lines
    link = _plain(command.line)
    found: list[Line] = []
    for line in lines:
        before, written, behind = _plain(line.text).partition(link)
        if line.own and not line.marked and written and (_touches(before[::-1]) or _goes_on(behind)):
            found += [line._replace(text=part.strip()) for part in (before, written, behind) if part.strip()]
        else:
            found.append(line)
    return found


def _touches(before: str) -> bool:
    """Whether words end there, read backwards, with no blank between; not those that introduce what comes."""
    return bool(before) and not before[0].isspace() and before[0] != ":" and any(map(str.isalpha, before))


def _goes_on(behind: str) -> bool:
    """Whether something else begins there with no blank between, and not "d" of "approved"."""
    return behind[:1].isalpha() and (not behind[0].islower() or manners.courteous(_tokens(behind)))


def _written(command: Command) -> str:
    """The command as the link wrote it: "A-12 reject"."""
    said = command.line if not command.words else command.line.partition(command.words.split("\n", 1)[0])[0]
    return said.strip(" :,-.\xa0")


# The lines


def _around(lines: Sequence[Line], command: Command, forms: Phrases) -> _Body:
    own = [_plain(line.text) if line.own and not line.marked else "" for line in lines]
    found = ((n, split) for n, text in enumerate(own) if (split := _split(text, command, forms)) is not None)
    n, split = next(found, (len(own), None))
    before, behind = split or ("", "")
    return _Body(_unsigned([*own[:n], before]), _unsigned([behind, *own[n + 1 :]]), split is not None)


def _plain(text: str) -> str:
    return seen(text).replace("\xa0", " ").replace("\u202f", " ").strip()


def _split(text: str, command: Command, forms: Phrases) -> tuple[str, str] | None:
    """What stands before and behind the command in a line that holds it; None in another line.

    Words that were typed where the caret stood are before it without a blank: "We ran this.A-12 reject: ".
    """
    written = _written(command)
    at = text.casefold().find(written.casefold()) if len(text.casefold()) == len(text) else text.find(written)
    end = at + len(written)
    if at >= 0 and not text[end : end + 1].isalnum():
        return text[:at].strip(), text[end:].lstrip(" :").strip()
    said = sentence(clean(text), forms) if text else None
    if said is None or said.verb != command.verb or said.targets is None:
        return None
    return "", text[len(text) - len(said.words) :] if said.words else ""


def _unsigned(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines above a signature."""
    end = next((n for n, text in enumerate(lines) if SIGNATURE.fullmatch(text)), len(lines))
    return tuple(lines[:end])


def _trimmed(lines: Sequence[str]) -> str:
    """The words for the author: no greeting above, no sign-off and name below, one blank line for several."""
    left = list(lines)
    while left and (not left[0] or manners.greets(_tokens(left[0]))):
        left.pop(0)
    while left and not left[-1]:
        left.pop()
    for n in range(max(0, len(left) - _LAST), len(left)):
        if left[n] and manners.signs_off(left[n], _tokens(left[n])):
            below = [_tokens(text) for text in left[n + 1 :] if text]
            if all(map(manners.short, below)):
                left = left[:n]
                break
    if len(left) > 2 and not left[-2] and _is_name(left[-1]):  # noqa: PLR2004 - words, a blank line, a name
        left.pop()
    while left and not left[-1]:
        left.pop()
    return "\n".join(text for n, text in enumerate(left) if text or left[n - 1])


def _is_name(text: str) -> bool:
    return not text.endswith(_ENDS) and manners.name_like(text, _tokens(text))


def _tokens(text: str) -> tuple[Token, ...]:
    return sentence(clean(text), {}).tokens


# What speaks against it


def _holds_others_words(lines: Sequence[str]) -> bool:
    """Whether a line, or a paragraph, introduces what somebody else wrote: that is never sent as the member's."""
    paragraphs = [list(group) for blank, group in groupby(lines, lambda text: not text) if not blank]
    alone = ([text] for text in lines if text)
    introduced = any(introduces(group, UNKNOWN) == "others" for group in chain(paragraphs, alone))
    return introduced or passes_on("", "\n".join(lines))


def _breaks_off(typed: _Body, command: Command, forms: Phrases) -> bool:
    """Whether the words above take the command back: "Unless she cuts it", "I do not think we should / A-12 reject"."""
    above = [text for text in typed.above if text]
    if command.verb == "note":
        return False
    condition = bool(above) and command.verb != "ask" and manners.takes_back(_tokens(above[0]))
    unfinished = bool(above) and typed.links and not above[-1].endswith(_ENDS) and manners.negates(_tokens(above[-1]))
    below = [text for text in (*above, *typed.below) if text]
    joke = any(manners.short(_tokens(text)) and talk.retracts(_tokens(text)) for text in below)
    return joke or condition or unfinished or any(_denies(_tokens(text), command, forms) for text in above)


def _speaks_against(unclear: Unclear, command: Command, forms: Phrases) -> bool:
    """Whether an unclear line of the body is more than words for the author."""
    split = _split(_plain(unclear.line), command, forms)
    if split is not None and split[0] == "":
        return unclear.reason not in _ITS_OWN
    said = sentence(clean(split[0] if split else unclear.line), forms)
    if command.verb == "note":
        return bool(said.verb) and manners.courteous(said.rest)  # a decision, left without its item
    words = sum(token.kind == "word" for token in said.tokens)
    if unclear.reason in _NOT_SURE and words <= _FEW:
        return True
    verb = "reject" if said.verb == "no" else said.verb
    if verb:
        return verb != command.verb or unclear.reason in _TAKEN_BACK
    return _denies(said.tokens, command, forms)


def _denies(tokens: tuple[Token, ...], command: Command, forms: Phrases) -> bool:
    """Whether a line denies or doubts the very word: "I would not reject it", "Should we reject this?"."""
    named = any(phrase_at(tokens, at, forms)[0] == command.verb for at in range(len(tokens)))
    doubted = manners.negates(tokens) or (manners.asks(tokens) and command.verb != "ask")
    return named and doubted
