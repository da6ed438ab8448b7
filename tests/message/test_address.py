"""Who a mail says it is from: what can be read two ways is nobody (catalogue S06, S07, S10, S11)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.address import MAX_ADDRESSES, addresses, canonical, split_subaddress, strict_from
from mailproc.message.model import Address


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("jo@poole.example", "", "jo@poole.example"),
        ("<jo@poole.example>", "", "jo@poole.example"),
        ("Jo Poole <jo@Poole.EXAMPLE>", "Jo Poole", "jo@poole.example"),
        ('"O\'Neill, Pat" <pat.oneill+mail@example.org>', "O'Neill, Pat", "pat.oneill+mail@example.org"),
        ('"Jo \\"the pen\\" Poole" <jo@poole.example>', 'Jo "the pen" Poole', "jo@poole.example"),
        ("=?iso-8859-1?q?J=F6rg_M=FCller?= <joerg@mueller.example>", "Jörg Müller", "joerg@mueller.example"),
        ("=?utf-8?q?Mar=C3=ADa?= Paz <maria@paz.example>", "María Paz", "maria@paz.example"),
        ("René <rene@rene.example>", "René", "rene@rene.example"),
        ("jo@poole.example (Jo Poole)", "Jo Poole", "jo@poole.example"),
        ("Jo Poole (Harbour) <jo@poole.example>", "Jo Poole", "jo@poole.example"),
        ("J. R. Poole <jo@poole.example>", "J. R. Poole", "jo@poole.example"),
        ('"jo@poole.example" <jo@poole.example>', "jo@poole.example", "jo@poole.example"),
        ('"Chief <chief@harbour.example>" <jo@poole.example>', "Chief <chief@harbour.example>", "jo@poole.example"),
        ("=?utf-8?q?jo=40poole.example?= <jo@poole.example>", "jo@poole.example", "jo@poole.example"),
        ("Käthe <kaethe@bücher.example>", "Käthe", "kaethe@bücher.example"),
        ("Jo\r\n Poole <jo@poole.example>", "Jo Poole", "jo@poole.example"),
    ],
)
def test_one_plain_mailbox_is_the_author(value, name, email):
    assert strict_from([value]) == Address(name, email)


@pytest.mark.parametrize(
    "value",
    [
        "alice@ex.org <evil@bad.example>",
        "<alice@ex.org> <evil@bad.example>",
        "alice@ex.org(<evil@bad.example>)",
        "alice@ex.org (evil@bad.example)",
        "alice@ex.org, evil@bad.example",
        "alice@ex.org; evil@bad.example",
        "friends: alice@ex.org;",
        "Alice: <alice@ex.org>",
        "<@evil.example:alice@ex.org>",
        "alice\0@ex.org",
        "alice@ex.org\0",
        "Alice\r\nBcc: v@x.example <alice@ex.org>",
        "=?utf-8?q?alice=40ex.org?= <evil@bad.example>",
        '"=?utf-8?q?alice=40ex.org?=" <evil@bad.example>',
        "Poole, Jo <jo@poole.example>",
        '"Jo <jo@poole.example>',
        "Jo <jo@poole.example",
        "Jo <jo@poole.example> evil",
        "Jo <jo@poole.example> <>",
        '"alice@ex.org"@bad.example',
        "alice@ex.org@bad.example",
        "alice@[192.0.2.1]",
        "alice@",
        "@ex.org",
        "alice",
        "a..b@ex.org",
        "alice@ex..org",
        "alice@-ex.org",
        "alice@ex.org.",
        "alice@ex\u3002org",
        "alice @ex.org",
        "a" * 65 + "@ex.org",
        "",
        "<>",
        "((((((((",
    ],
)
def test_S07_what_two_readers_could_read_differently_is_nobody(value):
    assert strict_from([value]) is None


def test_S06_two_from_fields_or_none_are_nobody():
    assert strict_from([]) is None
    assert strict_from(["jo@poole.example", "jo@poole.example"]) is None


def test_S10_a_homograph_is_another_address():
    latin, cyrillic = "alice@example.org", "alice@\u0435xample.org"
    assert canonical(latin) != canonical(cyrillic)
    assert canonical(cyrillic).startswith("alice@xn--")


def test_S11_case_is_folded_and_nothing_else():
    assert canonical("Jo.Poole+A@Poole.EXAMPLE") == "jo.poole+a@poole.example"
    assert canonical("kaethe@BÜCHER.example") == canonical("kaethe@xn--bcher-kva.example")


@pytest.mark.parametrize("email", ["", "nobody", "a@" + "é" * 300, "a@é..b", "a@_x.example"])
def test_no_address_is_too_strange_to_compare(email):
    assert isinstance(canonical(email), str)


def test_a_subaddress_is_what_follows_the_first_plus():
    assert split_subaddress("articles+T12+x@harbour.example") == ("articles", "T12+x", "harbour.example")
    assert split_subaddress("articles@harbour.example") == ("articles", None, "harbour.example")
    assert split_subaddress("articles+@harbour.example") == ("articles", "", "harbour.example")


def test_recipients_are_read_for_what_they_are_worth():
    value = '"Poole, Jo" <jo@Poole.example>, board: ana@a.example, Ben <ben@b.example>;, broken, '
    value += '(c) x@y.example (note), "open'
    assert [address.email for address in addresses(value)] == [
        "jo@poole.example",
        "ana@a.example",
        "ben@b.example",
        "x@y.example",
    ]
    assert addresses(value)[0].name == "Poole, Jo"


def test_S55_at_most_a_thousand_recipients_count():
    assert len(addresses("a@b.example, " * 80_000)) == MAX_ADDRESSES


@pytest.mark.parametrize("shape", ['"\\"', "a:;", "<", "(", '"', "\\", "a@b.example <", "=?utf-8?q?", ",", '"a" '])
def test_S58_every_shape_of_a_recipient_field_is_read_to_its_end(shape):
    value = shape * (250_000 // len(shape))  # a quadratic reader does not come back
    assert len(addresses(value)) <= MAX_ADDRESSES
    assert strict_from([value]) is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a@.<>"(),:;\\ \té=?q_\0\n', max_size=60))
def test_no_value_raises_and_an_author_is_always_a_lone_address(value):
    author = strict_from([value])
    addresses(value)
    if author is not None:
        assert value.count(author.email.partition("@")[0]) >= 1
        assert author.email.count("@") == 1
        assert not set(author.email) & set(' <>"(),:;\\\0\n')
