"""Thunderbird without a screen: an account at the town's servers, its real composer, driven by Marionette.

`--headless` draws its windows nowhere and is otherwise the program that people have. The profile is new for each run;
nothing of it is asked of the network, for its proxy answers nobody. Settings are its own preferences.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from composer import BOTTOM, HERE, SIGNATURE, TOP, Settings, until
from dovecot import PASSWORD
from marionette import Marionette, MarionetteError
from town import Person

COMMAND = ("thunderbird", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile")
IDENTITY = "mail.identity.id1."
AS_IT_SEES_FIT, AS_HTML = 0, 2  # of mail.default_send_format
QUIET: Mapping[str, object] = {  # no questions at the start and at the end, nothing from elsewhere
    "app.donation.eoy.version.viewed": 999,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "mail.biff.show_alert": False,
    "mail.compose.autosave": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mail.warn_on_send_accel_key": False,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "toolkit.telemetry.enabled": False,
}
THE_LETTER = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const account = MailServices.accounts.accounts[0];
const inbox = account.incomingServer.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
const letter = inbox && [...inbox.messages][0];
"""
LOG_IN = """
const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
login.init("imap://127.0.0.1", null, "imap://127.0.0.1", arguments[0], arguments[1], "", "");
await Services.logins.addLoginAsync(login);
"""
LOOK_FOR_IT = f"""
{THE_LETTER}
if (!letter) (inbox ?? account.incomingServer.rootFolder).getNewMessages(msgWindow, null);
return Boolean(letter);
"""
SHOW_IT = f"""
{THE_LETTER}
if (!letter) return false;
const tabmail = document.getElementById("tabmail");
tabmail.closeOtherTabs(tabmail.tabInfo[0]);
tabmail.openTab("mailMessageTab", {{ messageURI: inbox.getUriForMsg(letter), background: false }});
return true;
"""
COMPOSE = f"""
{THE_LETTER}
if (!letter) return false;  // it is just looking at its mailbox anew
MailServices.compose.OpenComposeWindow(
  null, letter, inbox.getUriForMsg(letter), Ci.nsIMsgCompType[arguments[0]], Ci.nsIMsgCompFormat.Default,
  account.defaultIdentity, "", msgWindow);
return true;
"""
SET = """
for (const [name, value] of Object.entries(arguments[0])) {
  if (typeof value === "boolean") Services.prefs.setBoolPref(name, value);
  else if (typeof value === "number") Services.prefs.setIntPref(name, value);
  else Services.prefs.setStringPref(name, value);
}
"""
IS_READY = """
const editor = document.getElementById("messageEditor");
return window.gMsgCompose != null && window.gWindowLocked === false && editor?.contentDocument?.readyState == "complete"
  && window.gLoadingComplete !== false && document.activeElement?.id != "";
"""
BEHIND_WORDS = """
const frame = document.getElementById("messageEditor"), doc = frame.contentDocument;
const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
let found = null;
while (walker.nextNode()) {
  const at = walker.currentNode.data.lastIndexOf(arguments[0]);
  if (at >= 0) { found = [walker.currentNode, at + arguments[0].length]; break; }
}
if (!found) throw new Error("not quoted: " + arguments[0] + doc.body.textContent);
const range = doc.createRange();
range.setStart(found[0], found[1] - 1);
range.setEnd(...found);
const view = frame.contentWindow;
view.scrollBy({ top: range.getBoundingClientRect().top - view.innerHeight / 2, behavior: "instant" });
const outer = frame.getBoundingClientRect(), inner = range.getBoundingClientRect();
return [outer.left + inner.right - 1, outer.top + (inner.top + inner.bottom) / 2];
"""
STANDS_BEHIND = """
const caret = document.getElementById("messageEditor").contentDocument.getSelection();
return caret.isCollapsed && (caret.anchorNode.data ?? "").slice(0, caret.anchorOffset).endsWith(arguments[0]);
"""
LINK = """
const tab = document.getElementById("tabmail").currentTabInfo;
const chrome = tab.chromeBrowser, pane = chrome?.contentDocument.getElementById("messagepane");
const link = [...(pane?.contentDocument?.links ?? [])].find(each => each.getAttribute("href") == arguments[0]);
if (!link) return null;
const view = pane.contentWindow;
view.scrollBy({ top: link.getBoundingClientRect().top - view.innerHeight / 2, behavior: "instant" });
const rects = [chrome, pane, link].map(each => each.getBoundingClientRect());
const inner = rects[2];
return [rects[0].left + rects[1].left + inner.left + inner.width / 2,
        rects[0].top + rects[1].top + inner.top + inner.height / 2];
"""


@dataclass(frozen=True)
class Window:
    """An open composer of Thunderbird."""

    thunderbird: Marionette
    main: str  # the window to go back to

    def goes(self, to: str) -> None:
        if to == HERE:
            return
        if to in {TOP, BOTTOM}:
            self.presses("Control+Home" if to == TOP else "Control+End")
            return
        until(lambda: self._clicks_behind(to), f"the caret behind {to!r}")

    def _clicks_behind(self, words: str) -> bool:
        self.thunderbird.clicks(*self.thunderbird.run(BEHIND_WORDS, words))
        return bool(self.thunderbird.run(STANDS_BEHIND, words))  # not if the window went on scrolling meanwhile

    def types(self, text: str) -> None:
        self.thunderbird.types(text)

    def presses(self, *keys: str) -> None:
        self.thunderbird.presses(*keys)

    def sends(self) -> None:
        try:
            self.presses("Control+Enter")
        except MarionetteError as gone:
            if "window" not in str(gone) and "browsing context" not in str(gone).lower():
                raise
        until(lambda: self.thunderbird.windows() == [self.main], "Thunderbird's composer is gone")
        self.thunderbird.to_window(self.main)


class Thunderbird:
    """It runs, and Ana's letter lies in its inbox."""

    def __init__(self, marionette: Marionette, *, html: bool) -> None:
        self._it = marionette
        self._html = html
        self._main = marionette.windows()[0]

    def sets(self, settings: Settings) -> None:
        self._it.run(SET, _preferences(settings, html=self._html))

    def replies(self) -> Window:
        return self._composes("ReplyToSender")

    def forwards(self, to: str, *, attached: bool) -> Window:
        window = self._composes("ForwardAsAttachment" if attached else "ForwardInline")
        self._it.types(to)  # the caret stands in the address field
        self._it.presses("Enter")
        self._it.run('document.getElementById("messageEditor").focus()')
        return window

    def taps(self, uri: str, label: str) -> Window:
        del label
        until(lambda: self._it.run(SHOW_IT), "the letter in Thunderbird's inbox")
        self._it.clicks(*until(lambda: self._it.run(LINK, uri), "the link in the letter"))
        return self._opened()

    def _composes(self, kind: str) -> Window:
        until(lambda: self._it.run(COMPOSE, kind), "the letter in Thunderbird's inbox")
        return self._opened()

    def _opened(self) -> Window:
        until(lambda: len(self._it.windows()) > 1, "Thunderbird's composer")
        self._it.to_window(next(each for each in self._it.windows() if each != self._main))
        until(lambda: self._it.run(IS_READY), "Thunderbird's composer is ready")
        return Window(self._it, self._main)


def _preferences(settings: Settings, *, html: bool) -> dict[str, object]:
    return {
        f"{IDENTITY}compose_html": html,
        f"{IDENTITY}reply_on_top": int(settings.on_top),
        f"{IDENTITY}htmlSigFormat": False,
        f"{IDENTITY}htmlSigText": "\n".join(SIGNATURE) if settings.signature else "",
        f"{IDENTITY}sig_bottom": settings.signature != "above",
        "mail.compose.default_to_paragraph": settings.paragraphs,
        "mail.default_send_format": AS_HTML if settings.html_only else AS_IT_SEES_FIT,
    }


def _account(person: Person, port: int) -> dict[str, object]:
    account, server, smtp = "mail.account.account1.", "mail.server.server1.", "mail.smtpserver.smtp1."
    return {
        **QUIET,
        "marionette.port": port,
        "mail.accountmanager.accounts": "account1",
        "mail.accountmanager.defaultaccount": "account1",
        f"{account}server": "server1",
        f"{account}identities": "id1",
        f"{server}type": "imap",
        f"{server}hostname": "127.0.0.1",
        f"{server}port": person.dovecot.imap_port,
        f"{server}userName": person.user,
        f"{server}socketType": 0,
        f"{server}authMethod": 3,
        f"{server}name": person.name,
        f"{server}login_at_startup": False,  # it would ask for a password before we can give it
        f"{IDENTITY}fullName": person.name,
        f"{IDENTITY}useremail": person.address,
        f"{IDENTITY}valid": True,
        f"{IDENTITY}smtpServer": "smtp1",
        f"{IDENTITY}fcc": False,
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        f"{smtp}hostname": "127.0.0.1",
        f"{smtp}port": person.postfix.port,
        f"{smtp}try_ssl": 0,
        f"{smtp}authMethod": 1,
    }


@contextmanager
def a_thunderbird(person: Person, folder: Path, *, html: bool) -> Iterator[Thunderbird]:
    """It, started; `folder` is its home. It ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    profile = folder / "profile"
    profile.mkdir(parents=True)
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in {**QUIET, **_account(person, port)}.items()
    ]
    (profile / "user.js").write_text("".join(lines))
    program = shutil.which(COMMAND[0])
    assert program
    env = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, *COMMAND[1:], profile], env=env, stdout=log, stderr=log)  # noqa: S603 - ours
        try:
            marionette = until(lambda: _connected(port), "Thunderbird's greeting")
            marionette.run(LOG_IN, person.user, PASSWORD)
            until(lambda: marionette.run(LOOK_FOR_IT), "the letter in Thunderbird's inbox")
            yield Thunderbird(marionette, html=html)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _connected(port: int) -> Marionette | None:
    try:
        return Marionette(port)
    except ConnectionRefusedError:
        return None
