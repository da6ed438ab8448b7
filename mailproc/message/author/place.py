"""Which Authentication-Results fields our own mail server wrote: by where they stand (RFC 8601 §5, catalogue S02).

A mail server puts its fields on top. So everything above the Received field of our border, which is the first server
of ours that a mail from outside comes to, was written by us, and nothing below it was proven to be. Received fields of
our own hosts behind the border (`received_by`) stand above it, too, and do not end what is ours.

A server may write its field directly below its own Received field (rspamd behind Postfix), where a sender's own fields
begin. That is believed for a host alone that the operator has named (`border`), that a probe has shown to take others'
fields of its name out (`Proven`), and of a mail that came from outside: servers leave the mail of their own network as
it is. Whatever is otherwise than in that probe is not believed, and a second field of our name says that the server
leaves them in.

Several programs at the border may write a field each, one directly above the other (OpenDKIM, OpenDMARC): all of them
are one word. The field alone proves nothing; what its results are worth is `identity`'s question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailproc.message.author.results import FIELD, Results, read
from mailproc.message.field.received import Received, received
from mailproc.message.model import HeaderField

RECEIVED = "received"
MAX_FIELDS = 50  # Authentication-Results of a mail that are read; of a mail with more none counts
LEFT_IN = "ar-left-in"  # our server left a field of its name in that it did not write


@dataclass(frozen=True, slots=True)
class Proven:
    """A border host of which a probe came back without the fields that it forged."""

    host: str
    authserv_ids: frozenset[str]  # for which they were forged
    hops: int  # Received fields of our own above its own
    between: tuple[str, ...] = ()  # names of fields between its Received field and its results


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom we believe, from configuration."""

    authserv_ids: tuple[str, ...] = ()  # of our own MX (RFC 8601 §2.5)
    received_by: tuple[str, ...] = ()  # hosts that our own hops call themselves in "by" (RFC 5321 §4.4)
    own_addresses: tuple[str, ...] = ()  # addr-specs of the desk: mail from them is nobody's
    border: tuple[str, ...] = ()  # hosts that write their results below their own Received field, says the operator
    proven: tuple[Proven, ...] = ()  # those of them that a probe has shown to be believable


@dataclass(frozen=True, slots=True)
class Word:
    """What our mail server says of a mail."""

    fields: tuple[Results, ...]  # from the top
    reason: str = ""  # why there are none, a slug


@dataclass(frozen=True, slots=True)
class Trace:
    """A header section, cut at the border."""

    above: tuple[tuple[Results, ...], ...]  # the results between Received fields, as far as our own hosts wrote
    hops: tuple[Received, ...]  # of hosts behind the border, from the top
    border: Received | None  # the first Received field of anybody else
    below: tuple[Results, ...]
    gap: tuple[str, ...]  # names of the fields below the border's Received field, down to the next one
    whole: bool  # there are no more results than are read


def word_of(trace: Trace, trust: Trust) -> Word:
    """What our own mail server wrote into the mail whose trace this is."""
    ids = small(trust.authserv_ids)
    runs = [run for each in trace.above if (run := tuple(r for r in each if r.authserv_id in ids))]
    if not trace.whole:
        return Word((), "ar-unreadable")
    if not runs:
        return _word_below(trace, trust, ids)
    if len(runs) > 1 or (len(runs[0]) > 1 and trace.border is None):
        # two that stand apart are of two servers, or nothing shows where a sender's own begin
        fails = any(result.failed_dmarc for run in runs for field in run for result in field.results)
        return Word((), "dmarc-fail" if fails else "ar-doubled")
    return Word(runs[0])


def _word_below(trace: Trace, trust: Trust, ids: frozenset[str]) -> Word:
    """What the border wrote below its own Received field, if it is to be believed there."""
    ours = [field for field in trace.below if field.authserv_id in ids]
    host = trace.border.by if trace.border and trace.border.is_sure else ""
    if not ours:
        return Word((), "no-authentication")
    if host not in small(trust.border):
        return Word((), "ar-below-border")
    known = next((each for each in trust.proven if each.host == host), None)
    if known is None or not ids <= known.authserv_ids or known.hops != len(trace.hops):
        return Word((), "ar-not-probed")
    if not (trace.border and trace.border.is_from_outside):
        return Word((), "ar-from-inside")
    if len(ours) > 1 or trace.gap[: len(known.between) + 1] != (*known.between, FIELD):
        return Word((), LEFT_IN)
    return Word(tuple(ours)) if trace.below[0] is ours[0] else Word((), LEFT_IN)


def trace_of(fields: Iterable[HeaderField], trust: Trust) -> Trace:
    """The header section cut at the border: the first Received field of a host that is not one behind our MX.

    The MX that writes the results is the border itself, even where `received_by` names it: a sender's own fields stand
    below its Received field, and one of them may claim to be its Authentication-Results. Only its LMTP field, which
    tells how it handed the mail to its own store (RFC 2033 §5), stands behind the border: no mail comes in that way.
    """
    own, writers = small(trust.received_by), small(trust.authserv_ids) | small(trust.border)
    above: list[list[Results]] = [[]]
    below: list[Results] = []
    hops: list[Received] = []
    border: Received | None = None
    gap: list[str] = []
    ended, count = False, 0
    for field in fields:
        name = field.name.lower()
        count += name == FIELD
        if name == FIELD and count <= MAX_FIELDS:
            (above[-1] if border is None else below).append(read(field.value))
        elif name == RECEIVED and border is None:
            hop = received(field.value)
            if is_behind(hop, own, writers):
                hops.append(hop)
                above.append([])
            else:
                border = hop
                continue
        ended = ended or (border is not None and name == RECEIVED)
        if border is not None and not ended:
            gap.append(name)
    return Trace(tuple(map(tuple, above)), tuple(hops), border, tuple(below), tuple(gap), count <= MAX_FIELDS)


def is_behind(hop: Received, own: frozenset[str], writers: frozenset[str]) -> bool:
    """Whether a Received field is of a host behind the MX that writes the results, however one reads it."""
    return hop.is_sure and hop.by in own and (hop.by not in writers or hop.protocol.startswith("lmtp"))


def small(names: Sequence[str]) -> frozenset[str]:
    """Names of the configuration as fields are compared with them."""
    return frozenset(name.lower().rstrip(".") for name in names)
