"""Chromium without a screen, driven through two pipes by its own DevTools protocol: one page, its keys and its mouse.

A message is JSON with a NUL behind it: {"id", "method", "params", "sessionId"} goes out, {"id", "result"} or {"id",
"error"} comes back, events lie between and are passed over. Keys and clicks are those of the browser's own input, no
script's. Nothing is asked of the network but what the page asks of 127.0.0.1. Raises `DevToolsError`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from composer import until

COMMAND = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # containers run as root
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=en-US",
    "--window-size=1280,1000",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1",
)
CODES = {"Enter": 13, "End": 35, "Home": 36, "Tab": 9, "Delete": 46, "a": 65, "Shift": 16, "Control": 17}
EDITS = {"Control+a": ["selectAll"]}  # what a desktop, not the browser, makes of keys
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}
TO_CHROMIUM, FROM_CHROMIUM = 3, 4  # the descriptors that --remote-debugging-pipe names


class DevToolsError(Exception):
    """The browser refused a command, or a script in the page failed."""


@dataclass
class Page:
    """The page of a running browser."""

    to: BinaryIO
    answers: BinaryIO
    number: int = 0
    session: str = ""

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command's result."""
        self.number += 1
        session = {"sessionId": self.session} if self.session else {}
        told = {"id": self.number, "method": method, "params": parameters, **session}
        self.to.write(json.dumps(told).encode() + b"\0")
        self.to.flush()
        while True:
            answer = self._read()
            if answer.get("method") == "Page.javascriptDialogOpening":
                self._accept()
            if answer.get("id") == self.number:
                break
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def run(self, script: str, *words: object) -> Any:  # noqa: ANN401 - any JSON
        """What the body of an async function returns, in the page; `words` are its arguments."""
        told = ", ".join(json.dumps(word) for word in words)
        expression = f"(async function () {{ {script} }})({told})"
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise DevToolsError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def opens(self, url: str) -> None:
        """Go there, and wait until the page is whole."""
        self.call("Page.navigate", url=url)
        until(lambda: self.is_whole(url), url)

    def is_whole(self, url: str) -> bool:
        """Whether the page of an address that begins so is there with all its parts."""
        try:
            return bool(
                self.run("return document.readyState == 'complete' && location.href.startsWith(arguments[0])", url)
            )
        except DevToolsError:  # between two pages
            return False

    def types(self, text: str) -> None:
        """The keys of a text, one after the other."""
        for key in text:
            self._key("keyDown", key=key, text=key)
            self._key("keyUp", key=key)

    def presses(self, *keys: str) -> None:
        """Keys by name; "Control+End" holds the first while the second is hit."""
        for key in keys:
            *held, last = key.split("+")
            bits = sum(MODIFIERS[name] for name in held)
            for name in held:
                self._key("rawKeyDown", key=name, windowsVirtualKeyCode=CODES[name], modifiers=bits)
            told: dict[str, object] = {
                "key": last,
                "code": last,
                "windowsVirtualKeyCode": CODES[last],
                "modifiers": bits,
            }
            self._key("keyDown", **told, **({"text": "\r"} if last == "Enter" else {}), commands=EDITS.get(key, []))
            self._key("keyUp", **told)
            for name in reversed(held):
                self._key("keyUp", key=name, windowsVirtualKeyCode=CODES[name])

    def clicks(self, x: float, y: float) -> None:
        """The left button, at a point of the page."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _key(self, kind: str, **told: object) -> None:
        self.call("Input.dispatchKeyEvent", type=kind, **told)

    def _accept(self) -> None:
        told = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}, "sessionId": self.session}
        self.to.write(json.dumps(told).encode() + b"\0")
        self.to.flush()

    def _read(self) -> dict[str, Any]:
        octets = bytearray()
        while (octet := self.answers.read(1)) != b"\0":
            if not octet:
                raise DevToolsError("the browser has ended")
            octets += octet
        answer: dict[str, Any] = json.loads(octets)
        return answer


@contextmanager
def a_page(folder: Path) -> Iterator[Page]:
    """A browser with an empty page; `folder` is its home. It ends with the block."""
    program = shutil.which("chromium")
    assert program
    told_there, told_here = os.pipe()
    heard_here, heard_there = os.pipe()
    handed = f'exec "$@" {TO_CHROMIUM}<&{told_there} {FROM_CHROMIUM}>&{heard_there}'
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ours
            [
                "/bin/bash",
                "-c",
                handed,
                "-",
                program,
                *COMMAND,
                f"--user-data-dir={folder / 'chromium'}",
                "about:blank",
            ],
            env={**os.environ, "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8"},
            pass_fds=(told_there, heard_there),
            stdout=log,
            stderr=log,
        )
    os.close(told_there)
    os.close(heard_there)
    with os.fdopen(told_here, "wb") as to, os.fdopen(heard_here, "rb") as answers:
        page = Page(to, answers)
        try:
            target = page.call("Target.createTarget", url="about:blank")["targetId"]
            page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            page.call("Page.enable")
            yield page
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
