"""Roundcube in a browser: the packages' own pages, served by PHP on loopback, at the town's servers.

Configuration, database and sessions lie in a folder of its own and go away with it; /etc/roundcube is only read. The
settings of a scenario are defaults of that configuration, so that each page has them. The caret of the text composer is
put where a click would put it, for a text area has no place to ask for; everything else is keys and clicks.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from composer import BOTTOM, HERE, SIGNATURE, TOP, Settings, until
from devtools import DevToolsError, Page, a_page
from dovecot import PASSWORD
from town import Person

PAGES = "/var/lib/roundcube/public_html"
TABLES = Path("/usr/share/roundcube/SQL/sqlite.initial.sql")
SHIPPED = ("defaults.inc.php", "mimetypes.php")  # of /etc/roundcube
ALWAYS, NEVER = 1, 0  # of htmleditor
TOP_POSTING, BELOW = 1, 0  # of reply_mode
CLICK = """
const there = [...document.querySelectorAll(arguments[0])].find(each => each.checkVisibility());
if (!there) throw new Error("not there: " + arguments[0]);
there.scrollIntoView({ block: "center", behavior: "instant" });
const at = there.getBoundingClientRect();
return [at.left + at.width / 2, at.top + at.height / 2];
"""
TAP = """
const link = [...document.querySelectorAll("#messagebody a")].find(each => each.textContent == arguments[0]);
if (!link) return null;
link.scrollIntoView({ block: "center", behavior: "instant" });
const at = link.getBoundingClientRect();
return [at.left + at.width / 2, at.top + at.height / 2];
"""
MENU = """
const entry = [...document.querySelectorAll(".popover a, .popupmenu a")].find(
  each => each.textContent.trim() == "Compose mail to" && each.checkVisibility());
if (!entry) return null;
const at = entry.getBoundingClientRect();
return [at.left + at.width / 2, at.top + at.height / 2];
"""
IS_READY = """
if (document.readyState != "complete" || !location.search.includes("_action=compose") || !window.rcmail?.gui_objects) {
  return false;
}
const [wanted, body] = arguments, html = document.querySelector("[name=_is_html]")?.value == "1";
if (body && !document.activeElement?.id.startsWith("composebody")) return false;  // the caret is still to come
return document.querySelector("#composebody") != null && [html, null].includes(wanted)
  && (!html || Boolean(window.tinymce?.activeEditor?.initialized)) && !rcmail.busy;
"""
BEHIND_WORDS = """
const text = document.querySelector("#composebody"), frame = document.querySelector("#composebody_ifr");
if (!frame) {
  const at = text.value.indexOf(arguments[0]);
  if (at < 0) throw new Error("not quoted: " + text.value);
  text.focus();
  text.setSelectionRange(at + arguments[0].length, at + arguments[0].length);
  return null;
}
const doc = frame.contentDocument, walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
let range = null;
while (walker.nextNode()) {
  const at = walker.currentNode.data.lastIndexOf(arguments[0]);
  if (at < 0) continue;
  range = doc.createRange();
  range.setStart(walker.currentNode, at + arguments[0].length - 1);
  range.setEnd(walker.currentNode, at + arguments[0].length);
  break;
}
if (!range) throw new Error("not quoted: " + doc.body.textContent);
range.startContainer.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
const outer = frame.getBoundingClientRect(), inner = range.getBoundingClientRect();
return [outer.left + inner.right - 1, outer.top + (inner.top + inner.bottom) / 2];
"""
STANDS_BEHIND = """
const caret = document.querySelector("#composebody_ifr").contentDocument.getSelection();
return caret.isCollapsed && (caret.anchorNode.data ?? "").slice(0, caret.anchorOffset).endsWith(arguments[0]);
"""


@dataclass(frozen=True)
class Sheet:
    """An open composer of Roundcube."""

    page: Page
    home: str

    def goes(self, to: str) -> None:
        if to == HERE:
            return
        if to in {TOP, BOTTOM}:
            self.presses("Control+Home" if to == TOP else "Control+End")
            return
        until(lambda: self._clicks_behind(to), f"the caret behind {to!r}")

    def _clicks_behind(self, words: str) -> bool:
        point = self.page.run(BEHIND_WORDS, words)
        if point is None:
            return True
        self.page.clicks(*point)
        return bool(self.page.run(STANDS_BEHIND, words))

    def types(self, text: str) -> None:
        self.page.types(text)

    def presses(self, *keys: str) -> None:
        self.page.presses(*keys)

    def sends(self) -> None:
        self.page.clicks(*self.page.run(CLICK, "button.send, a.send"))
        until(lambda: self.page.is_whole(f"{self.home}?_task=mail&_mbox") or self._is_back(), "Roundcube's list")

    def _is_back(self) -> bool:
        try:
            return bool(self.page.run("return !location.search.includes('_action=compose')"))
        except DevToolsError:  # between two pages
            return False


class Roundcube:
    """It runs, Ana is logged in, and her letter lies in the inbox."""

    def __init__(self, page: Page, home: str, folder: Path, person: Person, *, html: bool) -> None:
        self._page = page
        self._home = home
        self._folder = folder
        self._person = person
        self._html = html

    def sets(self, settings: Settings) -> None:
        signature = "\n".join(SIGNATURE) if settings.signature else ""
        with closing(sqlite3.connect(self._folder / "db")) as database, database:
            database.execute("UPDATE identities SET name = ?, signature = ?", (self._person.name, signature))
        told = {
            "htmleditor": ALWAYS if self._html else NEVER,
            "reply_mode": TOP_POSTING if settings.on_top else BELOW,
            "sig_below": settings.signature != "above",
            "language": settings.language,
        }
        configure(self._folder, self._person, told)

    def replies(self) -> Sheet:
        self._shows()
        self._page.clicks(*self._page.run(CLICK, "a.reply"))
        return self._opens(html=self._html)

    def forwards(self, to: str, *, attached: bool) -> Sheet:
        self._shows()
        self._page.run("rcmail.command(arguments[0], '', null)", "forward-attachment" if attached else "forward-inline")
        sheet = self._opens(html=self._html, body=False)
        self._page.types(to)  # the caret stands in the field of addresses
        self._page.presses("Enter")
        self._page.clicks(*self._page.run(CLICK, "#composebody_ifr" if self._html else "#composebody"))
        return sheet

    def taps(self, uri: str, label: str) -> Sheet:
        del uri  # Roundcube rewrites it
        self._shows()
        self._page.clicks(*until(lambda: self._page.run(TAP, label), "the link in the letter"))
        self._page.clicks(*until(lambda: self._page.run(MENU), "Roundcube's menu of a mail address"))
        return self._opens(html=None)  # the text composer where the link has a body, whatever is set

    def logs_in(self) -> None:
        """As Ana does, once."""
        self._page.opens(self._home)
        self._page.run("document.querySelector('#rcmloginuser').focus()")
        self._page.types(self._person.user)
        self._page.presses("Tab")
        self._page.types(PASSWORD)
        self._page.presses("Enter")
        until(lambda: self._page.is_whole(f"{self._home}?_task=mail"), "Roundcube's first page")

    def _shows(self) -> None:
        with self._person.dovecot.session(self._person.user) as imap:
            imap.select("INBOX", readonly=True)
            uid = imap.uid("SEARCH", "ALL")[1][0].split()[0].decode()
        self._page.opens(f"{self._home}?_task=mail&_mbox=INBOX&_uid={uid}&_action=show")

    def _opens(self, *, html: bool | None, body: bool = True) -> Sheet:
        until(lambda: self._is_open(html, body), "Roundcube's composer")
        return Sheet(self._page, self._home)

    def _is_open(self, *expected: bool | None) -> bool:
        try:
            return bool(self._page.run(IS_READY, *expected))
        except DevToolsError:  # between two pages
            return False


def configure(folder: Path, person: Person, settings: Mapping[str, object]) -> None:
    """The configuration that every page reads anew."""
    told = {
        "db_dsnw": f"sqlite:///{folder}/db?mode=0600",
        "imap_host": f"127.0.0.1:{person.dovecot.imap_port}",
        "smtp_host": f"127.0.0.1:{person.postfix.port}",
        "smtp_user": "",
        "smtp_pass": "",
        "smtp_helo_host": "mail.quay.example",
        "mail_domain": person.address.partition("@")[2],
        "log_dir": f"{folder}/logs/",
        "temp_dir": f"{folder}/temp/",
        "des_key": "0123456789abcdef01234567",
        "plugins": [],
        "draft_autosave": 0,
        "timezone": "UTC",
        "no_save_sent_messages": True,
        **settings,
    }
    lines = [f"$config[{json.dumps(name)}] = {json.dumps(value)};\n" for name, value in told.items()]
    (folder / "config/config.inc.php").write_text("".join(["<?php\n", *lines]))


@contextmanager
def a_roundcube(person: Person, folder: Path, *, html: bool) -> Iterator[Roundcube]:
    """It, served and logged into; `folder` is its home. It ends with the block."""
    for name in ("config", "logs", "temp"):
        (folder / name).mkdir(parents=True)
    for name in SHIPPED:
        (folder / "config" / name).symlink_to(f"/etc/roundcube/{name}")
    with closing(sqlite3.connect(folder / "db")) as database:
        database.executescript(TABLES.read_text())
    configure(folder, person, {})
    with served(folder) as home, a_page(folder) as page:
        roundcube = Roundcube(page, home, folder, person, html=html)
        roundcube.logs_in()
        yield roundcube


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Where its pages are."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    program = shutil.which("php")
    assert program
    config = {name: str(folder / "config") for name in ("ROUNDCUBE_CONFIG_DIR", "RCUBE_CONFIG_PATH")}
    with (folder / "php.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ours
            [program, "-d", "opcache.enable=0", "-S", place, "-t", PAGES],
            env={**os.environ, **config},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: _answers(place), "PHP's pages")
        yield f"http://{place}/"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(place: str) -> bool:
    host, _, port = place.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True
