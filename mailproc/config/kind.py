"""The kinds of value an option may have: what each expects, and how its TOML value is read.

A `read` gives the value or raises ValueError; `load` then says where the mistake stands and what was
expected. Nothing here opens a file but zoneinfo, which looks the name of a time zone up.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SIZES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
MAX_PORT = 65535
MAX_LOCAL_PART, MAX_ADDR_SPEC = 64, 254  # RFC 5321 §4.5.3.1.1, §4.5.3.1.3 less the angle brackets

# RFC 5322 §3.4.1, dot-atom on both sides (RFC 6532 §3.2 lets in what is not ASCII); a domain of two labels at least
ADDR_SPEC = re.compile(r"""[^\s"(),:;<>@\[\\\].]+(\.[^\s"(),:;<>@\[\\\].]+)*@[\w-]{1,63}(\.[\w-]{1,63})+""")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value."""

    name: str  # short, for the table of options
    expected: str  # completes the sentence "expected ..."
    read: Callable[[Any], Any]  # TOML value -> value; ValueError if it is none


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value.strip()


def _whole(value: object, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError
    return value


def _port(value: object) -> int:
    if _whole(value, 1) > MAX_PORT:
        raise ValueError
    return _whole(value, 1)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - every mistake of a value is a ValueError here
    return value


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"(\d{1,6}) ?([smhdw])", _text(value))
    if match is None:
        raise ValueError
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _interval(value: object) -> timedelta:
    if not (length := _duration(value)):
        raise ValueError
    return length


def _wait(value: object) -> timedelta | None:
    return None if value == "" else _interval(value)


def _room(value: object) -> int:
    return 0 if value in {0, "0"} else _size(value)


def _listen(value: object) -> str:
    text = _text(value)
    host, _, port = text.rpartition(":")
    if text.startswith("unix:"):
        return text
    if not host or not port.isdecimal() or int(port) > MAX_PORT:
        raise ValueError
    return text


def _size(value: object) -> int:
    if isinstance(value, int):
        return _whole(value, 1)
    match = re.fullmatch(r"([1-9]\d{0,11}) ?([A-Za-z]*)", _text(value))
    if match is None or match[2] not in SIZES:
        raise ValueError
    return int(match[1]) * SIZES[match[2]]


def _address(value: object) -> str:
    text = _text(value)
    local, _, domain = text.rpartition("@")
    if not ADDR_SPEC.fullmatch(text) or len(local) > MAX_LOCAL_PART or len(text) > MAX_ADDR_SPEC:
        raise ValueError
    return f"{local}@{domain.lower()}"


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - every mistake of a value is a ValueError here
    return tuple(_text(each) for each in value)


def _daily(value: object) -> time:
    match = re.fullmatch(r"daily (\d{1,2}):(\d{2})", _text(value))
    if match is None:
        raise ValueError
    return time(int(match[1]), int(match[2]))


def _span(value: object) -> str:
    if value == "":
        return ""
    match = re.fullmatch(r"(\d{1,2}):(\d{2}) ?- ?(\d{1,2}):(\d{2})", _text(value))
    if match is None:
        raise ValueError
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise ValueError
    return f"{begin:%H:%M}-{end:%H:%M}"


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, OSError) as error:  # OSError: the name of a folder
        raise ValueError from error


def _language(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError
    return text


def _web(value: object) -> str:
    text = _text(value)
    parts = urlsplit(text)  # ValueError for brackets that are no address
    plain = text.isascii() and " " not in text and not (parts.query or parts.fragment or parts.username)
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or not plain:
        raise ValueError
    return text.rstrip("/")


def _command(value: object) -> tuple[str, ...]:
    words = tuple(shlex.split(value)) if isinstance(value, str) else _texts(value)
    if not words:
        raise ValueError
    return words


def _account(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", text):
        raise ValueError
    return text


def choice(*words: str) -> Kind:
    """One of a few words."""

    def read(value: object) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    shown = [f'"{word}"' for word in words]
    return Kind("word", shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}", read)


TEXT = Kind("text", 'text in quotes, such as "The Harbour Review"', _text)
WHOLE = Kind("number", "a whole number, such as 5", _whole)
COUNT = Kind("number", "a whole number of at least 1, such as 2", lambda value: _whole(value, 1))
PORT = Kind("port", "a port from 1 to 65535, such as 993", _port)
SWITCH = Kind("switch", "true or false, without quotes", _switch)
DURATION = Kind("duration", 'a length of time such as "60s", "15m", "2h", "3d" or "1w"', _duration)
INTERVAL = Kind("duration", 'a length of time longer than nothing, such as "60s", "15m" or "2h"', _interval)
SIZE = Kind("size", 'a size such as "25 MB" or "500 kB", or a number of octets such as 25000000', _size)
WAIT = Kind("duration", 'a length of time such as "90d", or "" for ever', _wait)
SILENCE = Kind("duration", 'a length of time such as "3d", or "" for never', _wait)
ROOM = Kind("size", 'a size such as "256 MiB", or 0 for none', _room)
LISTEN = Kind("place", 'a place to listen at, such as "127.0.0.1:8024" or "unix:/run/mailproc/lmtp"', _listen)
ADDRESS = Kind("address", 'one email address without a name, such as "desk@harbour.example"', _address)
TEXTS = Kind("list", 'a list of texts, such as ["mx.harbour.example"]', _texts)
PATH = Kind("path", 'a path, such as "data/archive"', lambda value: Path(_text(value)))
DATABASE = Kind("URL", 'a database URL, such as "sqlite:///data/mailproc.db"', _text)
DAILY = Kind("time of day", 'a time of day, such as "daily 08:00"', _daily)
SPAN = Kind("hours", 'hours such as "22:00-07:00", or "" for none', _span)
ZONE = Kind("time zone", 'a time zone of the IANA list, such as "Europe/Lisbon" or "UTC"', _zone)
LANGUAGE = Kind("language", 'a language tag, such as "en"', _language)
WEB = Kind("address of the web", 'an address of the web, such as "https://harbour.example"', _web)
COMMAND = Kind("command", 'a command and its arguments, such as ["pass", "show", "desk"]', _command)
ACCOUNT = Kind("name", 'a short name of small letters, digits and "-", such as "main"', _account)
