"""Authentication-Results read result by result: what filters really write, and what senders put into their values."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailproc.message.author.identity import Identity, identify
from mailproc.message.author.place import Trust
from mailproc.message.author.results import MAX_CHARACTERS, Result, Results, read
from mailproc.message.parse import parse

PASS = "dmarc=pass header.from=poole.example"
DKIM = "dkim=pass header.d=poole.example"
TRUST = Trust(("mx.harbour.example",))


def said(results: str) -> list[tuple[str, str]]:
    return [(result.method, result.value) for result in read(f"mx.harbour.example; {results}").results]


def identity(*fields: str) -> Identity:
    """Of a mail of Jo's, below these Authentication-Results of our server."""
    head = "".join(f"Authentication-Results: mx.harbour.example; {each}\n" for each in fields)
    hop = "Received: from out.poole.example (x [192.0.2.1]) by mx.harbour.example with ESMTPS id 1; now\n"
    return identify(parse(f"{head}{hop}From: jo@poole.example\n\nHello\n".encode())[0], TRUST)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (f"iprev=pass (out.poole.example) smtp.remote-ip=2001:db8::1; {PASS}", ["iprev pass", "dmarc pass"]),  # Exim
        (f"{PASS};", ["dmarc pass"]),  # Yahoo
        (f"spf=none smtp.mailfrom=<>; {PASS}", ["spf none", "dmarc pass"]),
        (f"spf=pass smtp.mailfrom=jo@b\u00fccher.example; {PASS}", ["spf pass", "dmarc pass"]),
        (f"x-tls=pass version=TLSv1.3 cipher=x/y; {PASS}", ["x-tls pass", "dmarc pass"]),
        (f"auth=pass (cram (\\) nested) md5) smtp.auth=jo; {PASS}", ["auth pass", "dmarc pass"]),
        (f"spf=pass smtp.mailfrom=; {PASS}", ["spf pass", "dmarc pass"]),
        ("dmarc/1 = pass header . from = poole.example; dkim/2=pass header.d=x", ["dmarc pass", " "]),
        (f"spf pass; {PASS}", [" ", "dmarc pass"]),
        (f"(nothing); ;;{PASS}", ["dmarc pass"]),
        ("dmarc=pass(p=NONE)header.from=poole.example", ["dmarc pass"]),  # Yahoo, before the comment a blank is due
        (
            f"dkim=pass (2048-bit key; unprotected) header.d=x header.b=kluldes+;\tdkim-atps=neutral; {PASS}",
            ["dkim pass", "dkim-atps neutral", "dmarc pass"],
        ),
        ('dmarc=fail reason="No valid SPF, No valid DKIM" header.from=x (policy=reject)', ["dmarc fail"]),  # rspamd
        ("dmarc=pass action=none header.from=x;compauth=pass reason=100", ["dmarc pass", "compauth pass"]),  # Exchange
        ("none", []),
    ],
)
def test_S107_one_odd_property_is_one_results_matter(results, expected):
    shown = [f"{method} {value}" for method, value in said(results)]
    assert shown == expected


@pytest.mark.parametrize(
    "results", [f"{DKIM}; {PASS}; {odd}" for odd in ("x", "iprev=pass a:b", "spf=pass b.c=<>", ";")]
)
def test_what_else_stands_in_the_field_does_not_unprove_the_author(results):
    assert identity(results).method == "dmarc"


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("mx.harbour.example", "mx.harbour.example"),
        ("MX.Harbour.Example 1", "mx.harbour.example"),
        ("(c) mx.harbour.example (d)", "mx.harbour.example"),
        ("mx.harbour.example 2", ""),
        ("mx.harbour.example x", ""),
        ('"mx.harbour.example"', ""),
        ("mx.harbour.example.", "mx.harbour.example."),
        ("\u212aeel.example", "\u212aeel.example"),  # a Kelvin sign is no k to the server that removes its own name
        ("", ""),
    ],
)
def test_S02_whose_field_it_is(name, whose):
    assert read(f"{name}; {PASS}").authserv_id == whose


# Row S03: an attacker chooses local parts, HELO names, selectors, and what a comment repeats of them

INSIDE = [
    f'spf=fail smtp.mailfrom="a; {PASS}"@evil.example',
    f'spf=fail smtp.mailfrom="a\\"; {PASS}"@evil.example',
    f'spf=fail smtp.mailfrom="a\\\\\\"; {PASS}"@evil.example',
    f'spf=fail reason="; {PASS};"',
    f"spf=fail (domain of a; {PASS} does not) smtp.mailfrom=x@evil.example",
    f"spf=fail (a (b; {PASS}) c; {PASS}) smtp.mailfrom=x@evil.example",
    f"spf=fail (a \\) ; {PASS}) smtp.mailfrom=x@evil.example",
    f'spf=fail ("); {PASS} (")',
    f"spf=fail smtp.helo=; x={PASS}",
    f"dkim=fail header.s=a;(; {PASS})",
]


@pytest.mark.parametrize("results", INSIDE[:7])
def test_S03_what_stands_in_a_value_or_a_comment_is_no_result(results):
    assert [method for method, _ in said(results)] == [results.partition("=")[0]]


@pytest.mark.parametrize("results", INSIDE)
def test_S03_and_proves_nobody_also_where_the_filter_forgot_to_quote(results):
    assert identity(f"{results}; dmarc=fail header.from=poole.example").email is None
    if results in INSIDE[:7]:
        assert identity(results).email is None


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        (f"{DKIM}; dmarc", "ar-unreadable"),
        (f"{DKIM}; dmarc=", "ar-unreadable"),
        (f"{DKIM}; dmarc/2=fail", "ar-unreadable"),
        (f"{DKIM}; dmarc = (c", "ar-unreadable"),
        (f"{DKIM}; =dmarc=fail", "ar-unreadable"),
        (f'{DKIM}; spf=none smtp.mailfrom="x; dmarc=fail header.from=poole.example', "ar-unreadable"),
        (f"{DKIM}; spf=none smtp.mailfrom=a(b@evil.example; dmarc=fail header.from=poole.example", "ar-unreadable"),
        (f"{DKIM}; {PASS}; " + "x" * MAX_CHARACTERS, "ar-unreadable"),
        (f"dmarc=fail header.from=poole.example ({DKIM}", "dmarc-fail"),
        (f"dmarc=fail what is this; {DKIM}; {PASS}", "dmarc-fail"),
        (f"{DKIM}; {PASS}; dmarc=FAIL", "dmarc-fail"),
        (f"{PASS} what is this", "ar-no-pass"),
        (f"{PASS}; dmarc=none header.from=poole.example", "ar-no-pass"),
    ],
)
def test_S107_what_may_have_been_a_fail_is_never_left_out(results, reason):
    assert identity(results) == Identity(None, "", reason)


PIECES = st.lists(
    st.sampled_from(
        ["dmarc", "=", "fail", "pass", ";", "(", ")", '"', "\\", " ", ".", "header.from", "x", "/1", "\n", "\u00fc"]
    )
)


@settings(max_examples=300, deadline=None)
@given(PIECES, PIECES)
@example(["("], [")"])
@example(['"'], ['"'])
@example(["dmarc", "=", "pass", " ", '"'], ["x"])
def test_S03_no_text_around_it_makes_a_fail_no_fail(before, behind):
    """A sender's text on either side of `dmarc=fail` hides it at most together with everything, so that none passes."""
    found = read(f"mx.harbour.example; {''.join(before)}; dmarc=fail header.from=poole.example; {''.join(behind)}")
    passes = any(result.value == "pass" and not result.is_odd for result in found.results)
    told = any(result.failed_dmarc for result in found.results)
    assert told or not found.whole or not passes or _hidden("".join(before), "".join(behind))


def _hidden(before: str, behind: str) -> bool:
    """Whether a comment or a quotation that begins before ends behind: then the grammar says that nothing failed."""
    return any(mark in before for mark in '("') and any(mark in behind for mark in ')"')


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["spf", "dkim", "dmarc", "x-a"]), st.text(max_size=20)), max_size=5))
def test_S03_values_that_are_quoted_as_they_must_be_are_read_back(given_results):
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"')

    results = "; ".join(f'{method}=none (; {method} pass) header.d="{quoted(text)}"' for method, text in given_results)
    whole = read(f"mx.harbour.example; {results}"[:MAX_CHARACTERS])
    assert whole.whole or any('"' in text or "=" in text for _, text in given_results)
    assert [(r.method, r.value, *r.all_of("header.d")) for r in whole.results] == [
        (method, "none", text) for method, text in given_results
    ]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_field_raises(value):
    found = read(value)
    assert isinstance(found, Results)
    assert all(isinstance(result, Result) for result in found.results)


# Several programs at the border, each with a field of its own


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((PASS, DKIM), "dmarc-pass"),  # OpenDMARC above OpenDKIM
        ((DKIM, "spf=pass smtp.mailfrom=poole.example", PASS), "dmarc-pass"),
        ((DKIM, "none"), "dkim-pass"),
        (("dmarc=fail header.from=poole.example", DKIM), "dmarc-fail"),
        ((PASS, DKIM, "dmarc=fail header.from=poole.example"), "dmarc-fail"),
        ((PASS, "dmarc=none header.from=poole.example"), "ar-no-pass"),
        ((DKIM, "dkim=fail header.d=poole.example"), "ar-no-pass"),
        ((DKIM, "dkim=fail header.d=other.example"), "dkim-pass"),
        ((DKIM, "dmarc=(("), "ar-unreadable"),
    ],
)
def test_S105_fields_of_one_server_in_a_run_are_one_word(fields, expected):
    assert identity(*fields).reason == expected


def test_S105_fields_that_stand_apart_are_none():
    hop = "Received: from mx.harbour.example by store.harbour.example with LMTP id 2; now\n"
    ours = "Authentication-Results: mx.harbour.example; "
    trust = Trust(("mx.harbour.example",), ("store.harbour.example",))
    for second, reason in ((DKIM, "ar-doubled"), ("dmarc=fail", "dmarc-fail")):
        mail = parse(f"{ours}{PASS}\n{hop}{ours}{second}\nReceived: by x; now\nFrom: jo@poole.example\n\n".encode())[0]
        assert identify(mail, trust) == Identity(None, "", reason)
