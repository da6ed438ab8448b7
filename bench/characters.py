"""How many articles come out as they were written, whatever their mail says of its characters.

Articles are made of `characters.toml`, in each charset that a language was mailed in; each is sent with its label
right, missing and wrong, in three transfer encodings. Every reading that differs from what was written must say
that it was guessed: wrong without a word is 0. A label that is right must be believed. Chance is seeded.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
import unicodedata
from base64 import encodebytes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from quopri import encodestring

from mailproc.message.charset.labels import codec_of
from mailproc.message.parse import parse

TABLE = Path(__file__).with_suffix(".toml")
ARTICLES = 200
ENCODINGS = ("8bit", "quoted-printable", "base64")
WRONG = {  # what a label says falsely, most often: the program's own country, or everything is Unicode
    "utf-8": (
        "iso-8859-1",
        "windows-1252",
        "iso-8859-2",
        "windows-1251",
        "us-ascii",
        "koi8-r",
        "gb2312",
        "euc-kr",
    ),
    "": ("utf-8", "iso-8859-1", "us-ascii", "windows-1252", "iso-8859-2", "windows-1251"),
}
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # written behind their letter in windows-1258


@dataclass(frozen=True, slots=True)
class Sent:
    """One article as it was mailed."""

    language: str
    text: str
    charset: str  # that it is in
    label: str  # "right", "missing" or "wrong"
    declared: str  # what the mail says; "" nothing
    encoding: str

    @property
    def octets(self) -> bytes:
        """The mail."""
        words = self.text.encode(_python(self.charset))
        field = f'text/plain; charset="{self.declared}"' if self.declared else "text/plain"
        body = {"base64": encodebytes, "quoted-printable": encodestring}.get(self.encoding, bytes)(words)
        head = f"Content-Type: {field}\nContent-Transfer-Encoding: {self.encoding}\n"
        return f"From: Jo <jo@poole.example>\nSubject: An article\nMIME-Version: 1.0\n{head}\n".encode() + body


def articles(seed: int, count: int = ARTICLES, sentences: tuple[int, int] = (2, 8)) -> Iterator[Sent]:
    """Each article under every label and encoding."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    kinds = [(language, charset) for language, row in table.items() for charset in ("utf-8", *row["charsets"])]
    for number in range(count):
        language, charset = kinds[number % len(kinds)]
        said = table[language]["sentences"]
        text = _written(chance.sample(said, min(len(said), chance.randint(*sentences))), charset)
        others = [each for each in WRONG.get(charset, WRONG[""]) if codec_of(each) != codec_of(charset)]
        for label, declared in (("right", charset), ("missing", ""), ("wrong", chance.choice(others))):
            for encoding in ENCODINGS:
                yield Sent(language, text, charset, label, declared, encoding)


def _written(sentences: list[str], charset: str) -> str:
    text = "".join(f"{sentence}\n" for sentence in sentences)
    return "".join(map(_vietnamese, text)) if charset == "windows-1258" else text


def _vietnamese(letter: str) -> str:
    """A letter as windows-1258 holds it: with its tone behind it."""
    taken_apart = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(each for each in taken_apart if each not in _TONES))
    return base + "".join(each for each in taken_apart if each in _TONES)


def _python(charset: str) -> str:
    charset = charset.replace("windows-", "cp")
    return {"tis-620": "cp874", "hz-gb-2312": "hz", "iso-8859-8-i": "iso8859-8", "ks_c_5601-1987": "cp949"}.get(
        charset, charset
    )


def outcome(sent: Sent) -> str:
    """`as written`, `as written, said to be a guess`, `wrong, and said so`, or `wrong without a word`."""
    message = parse(sent.octets)[0]
    if message.text == sent.text:
        return "as written, said to be a guess" if message.guessed else "as written"
    return "wrong, and said so" if message.guessed else "wrong without a word"


def main() -> int:
    """Print the table, and every article that came out wrong."""
    parser = argparse.ArgumentParser(prog="bench.characters", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=ARTICLES, help="articles (200), each sent in nine ways")
    parser.add_argument("--short", action="store_true", help="one sentence each")
    options = parser.parse_args()
    found: Counter[tuple[str, str]] = Counter()
    for sent in articles(options.seed, options.count, (1, 1) if options.short else (2, 8)):
        came_out = outcome(sent)
        found[sent.label, came_out] += 1
        if came_out.startswith("wrong") or (sent.label == "right" and "guess" in came_out):
            sys.stdout.write(f"{came_out}: {sent.language} in {sent.charset}, called {sent.declared or 'nothing'}\n")
    for (label, came_out), count in sorted(found.items()):
        sys.stdout.write(f"label {label:8} {came_out:32} {count:5}\n")
    return 1 if any(came_out == "wrong without a word" for _, came_out in found) else 0


if __name__ == "__main__":
    sys.exit(main())
