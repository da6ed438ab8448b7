"""No letter holds a link that decides anything by being followed: scanners follow every link they see.

All letters that the desk can ever write, as the golden files hold them, text and HTML.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailproc.letters.catalogue import LETTERS

GOLDEN = sorted((Path(__file__).resolve().parents[1] / "golden").glob("*.eml"))
RUNS = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "link",
    "base",
    "meta",
    "svg",
    "video",
    "audio",
}
OURS = re.compile(r"mailto:desk(?:\+|%2B)[a-z0-9]+@harbour\.example\?")
ADDRESS = re.compile(r"(?i)\b(?:https?|ftp|file|data|javascript|vbscript|cid):(?=\S)|//[a-z]")


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def letter(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    return part.get_content() if part else ""


def elements(path: Path) -> list[tuple[str, dict[str, str]]]:
    parser = Elements()
    parser.feed(html_of(letter(path)))
    return parser.found


def test_every_letter_is_looked_at():
    seen = {path.name for path in GOLDEN}
    for template in LETTERS:
        assert any(name.startswith(template.replace("/", "-")) for name in seen), template


OF_A_PAGE = re.compile(  # as text: where readers find it
    r"https://harbour\.example/(?:files/north-pier|articles/2026/(?:the-tram-that-never-came|the-ferry))/|up https://…|https://harbour\.example/book\b"
)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_S20_S21_every_link_writes_a_mail_and_no_other_address_stands_anywhere(path):
    enclosed = {str(part["Content-ID"]).strip("<>") for part in letter(path).walk() if part["Content-ID"]}
    for tag, attributes in elements(path):
        for name, value in attributes.items():
            if tag == "img" and name == "src":
                assert value.removeprefix("cid:") in enclosed, "a picture comes with its letter"
            elif name in {"href", "src", "action", "background", "srcset", "poster", "cite", "longdesc", "xlink:href"}:
                assert tag == "a", (tag, name, value)
                assert value.startswith(("mailto:", "#")), value
                assert "body=" not in value or OURS.match(value), "only a letter's own reader decides, by its secret"
    mail = letter(path)
    text = mail.get_body(("plain",))
    assert text is not None
    ours = "\n".join(line for line in text.get_content().splitlines() if not line.startswith("| "))
    assert not ADDRESS.search(OF_A_PAGE.sub("", ours))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_S20_S83_no_html_of_ours_loads_or_runs_anything(path):
    for tag, attributes in elements(path):
        assert tag not in RUNS or (tag == "meta" and set(attributes) <= {"charset", "name", "content"}), tag
        assert not any(name.startswith("on") for name in attributes), attributes
        style = attributes.get("style", "")
        assert "url(" not in style
        assert "@import" not in style
    assert "url(" not in html_of(letter(path))
    assert "@import" not in html_of(letter(path))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_S21_no_header_field_offers_one_click(path):
    names = {name.lower() for name in letter(path).keys()}  # noqa: SIM118 - a message is no mapping
    assert not names & {"list-unsubscribe", "list-unsubscribe-post", "list-id", "disposition-notification-to"}
