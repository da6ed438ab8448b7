"""Marionette, Mozilla's own remote control, as far as driving Thunderbird needs it: scripts, keys and clicks.

A value is a JSON array with its length before it: [0, number, command, parameters] goes out, [1, number, error, result]
comes back. Scripts run with the program's own rights; keys and clicks go the way that those of a keyboard and a mouse
go. Raises `MarionetteError` with the program's own words.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Sequence
from typing import Any

SCRIPT_MILLISECONDS = 60_000
KEYS = {
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "End": "\ue010",
    "Home": "\ue011",
    "Up": "\ue013",
    "Down": "\ue015",
    "Backspace": "\ue003",
    "Delete": "\ue017",
}
WRAPPED = """
const settle = arguments[arguments.length - 1];
(async () => { %s })().then(value => settle([0, value === undefined ? null : value]),
                            error => settle([1, `${error}\\n${error.stack}`]));
"""


class MarionetteError(Exception):
    """The program refused a command, or a script in it failed."""


class Marionette:
    """A connection to a program that was started with `--marionette`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._read()  # its greeting
        self.call("WebDriver:NewSession", capabilities={"alwaysMatch": {"unhandledPromptBehavior": "ignore"}})
        self.call("Marionette:SetContext", value="chrome")

    def call(self, command: str, **parameters: object) -> Any:  # noqa: ANN401 - any JSON
        """One command's result."""
        self._number += 1
        octets = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(octets), octets))
        _, _, error, result = self._read()
        if error:
            raise MarionetteError(f"{command}: {error['message']}\n{error.get('stacktrace', '')}")
        return result

    def run(self, script: str, *words: object) -> Any:  # noqa: ANN401 - any JSON
        """What the body of an async function returns, in the window that commands go to; `words` are its arguments."""
        failed, value = self.call(
            "WebDriver:ExecuteAsyncScript",
            script=WRAPPED % script,
            args=list(words),
            newSandbox=False,
            scriptTimeout=SCRIPT_MILLISECONDS,
        )["value"]
        if failed:
            raise MarionetteError(value)
        return value

    def windows(self) -> list[str]:
        """The handles of its windows, oldest first."""
        handles: list[str] = self.call("WebDriver:GetWindowHandles")
        return handles

    def to_window(self, handle: str) -> None:
        """Commands go to this window from now on."""
        self.call("WebDriver:SwitchToWindow", handle=handle, focus=True)

    def types(self, text: str) -> None:
        """The keys of a text, one after the other."""
        self._keys([step for key in text for step in _stroke(key)])

    def presses(self, *keys: str) -> None:
        """Keys by name; "Control+End" holds the first while the second is hit."""
        for key in keys:
            *held, last = [KEYS.get(name, name) for name in key.split("+")]
            self._keys(
                [
                    *({"type": "keyDown", "value": each} for each in held),
                    *_stroke(last),
                    *({"type": "keyUp", "value": each} for each in reversed(held)),
                ]
            )

    def clicks(self, x: float, y: float) -> None:
        """The left button, at a point of the window."""
        move = {"type": "pointerMove", "duration": 0, "origin": "viewport", "x": round(x), "y": round(y)}
        actions = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._perform({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def quits(self) -> None:
        """Ends the program, whatever it has unsaved."""
        self.call("Marionette:Quit", flags=["eForceQuit"])
        self._answers.close()
        self._socket.close()

    def _keys(self, actions: Sequence[dict[str, Any]]) -> None:
        self._perform({"type": "key", "id": "keyboard", "actions": list(actions)})

    def _perform(self, device: dict[str, Any]) -> None:
        self.call("WebDriver:PerformActions", actions=[device])
        self.call("WebDriver:ReleaseActions")

    def _read(self) -> Any:  # noqa: ANN401 - any JSON
        length = b""
        while (octet := self._answers.read(1)) != b":":
            if not octet:
                raise MarionetteError("the program has ended")
            length += octet
        return json.loads(self._answers.read(int(length)))


def _stroke(key: str) -> Iterable[dict[str, Any]]:
    return {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}
