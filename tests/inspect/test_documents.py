"""Documents read in a child: everyday ones, and those made to hurt; each of them an answer, and the next one read.

That an answer takes no more than ten seconds and 128 MiB is not measured here but kept: by the parent's deadline and by
the kernel's limits, which `test_the_limits_are_the_issues` reads.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hostile_documents import HOSTILE, docx
from made_documents import lost, made

from mailproc.document.lines import Words
from mailproc.inspect import documents
from mailproc.inspect.aside import Limits

MADE = {path.name: path for path, _, _ in made()}


def test_the_limits_are_the_issues():
    assert documents.LIMITS.seconds <= 10
    assert documents.LIMITS.cpu_seconds <= 10
    assert documents.LIMITS.memory_bytes <= 128 << 20


@pytest.mark.parametrize("suffix", ["docx", "odt", "rtf", "pdf"])
def test_a_child_reads_what_its_libraries_need(suffix):
    """No file can be opened once the limits stand, so what is loaded late must be loaded before."""
    words = documents.read(MADE[f"cjk-libreoffice.{suffix}"], suffix)
    assert words.failure == ""
    assert lost("cjk", words.text, suffix) == []


RUSSIAN = "Старый мост ведёт к гавани, где она считает лодки.\n"
JAPANESE = "港の古い橋で小舟を数えている。\n"
CHINESE = "旧港口的渔船都睡着了。她在桥上数着小船。\n"


@pytest.mark.parametrize(
    ("said", "charset"),
    [
        *((RUSSIAN, charset) for charset in ("utf-8", "utf-16", "cp1251", "koi8-r", "cp866")),
        *((JAPANESE, charset) for charset in ("iso2022_jp", "cp932", "euc_jp")),
        (CHINESE, "gb18030"),
    ],
)
def test_a_child_reads_texts_of_every_charset(tmp_path, said, charset):
    (tmp_path / "a.txt").write_bytes(said.encode(charset))
    assert documents.read(tmp_path / "a.txt", "plain") == Words(said)


@pytest.mark.parametrize("name", HOSTILE)
def test_S62_S63_whatever_a_document_does_is_an_answer(tmp_path, name):
    reader, make, failures = HOSTILE[name]
    given = tmp_path / "given"
    given.write_bytes(make())
    found = documents.read(given, reader)
    assert found.failure in {
        *(failures.split() or [""]),
        "partly",
        "too-slow",
    }  # the last two wherever the machine is slow
    assert "root:" not in found.text
    assert len(found.text) <= 4_000_000


def test_a_reader_that_needs_more_than_it_may_is_stopped(tmp_path):
    given = tmp_path / "given"
    given.write_bytes(docx(f"<w:p><w:r><w:t>{'words ' * 300_000}</w:t></w:r></w:p>"))
    assert documents.read(given, "docx", Limits(memory_bytes=24 << 20)).failure in ("died", "too-much")
    given.write_bytes(docx("<w:p><w:r><w:t>words</w:t></w:r></w:p>"))
    assert documents.read(given, "docx", Limits(seconds=0.001)) == Words("", "too-slow")
    assert documents.read(given, "docx") == Words("words\n")


# The older Word


OLDER = [path for path, _, suffix in made() if suffix == "doc"]


@pytest.mark.skipif(shutil.which("catdoc") is None, reason="catdoc is not installed")
@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.name)
def test_an_older_document_is_read_by_the_program_that_is_installed(path):
    words = documents.read(path, "doc")
    assert words.failure == ""
    assert lost(path.name.partition("-")[0], words.text, "doc") == []
    assert "HYPERLINK" not in words.text


def test_an_older_document_without_such_a_program_says_so():
    assert documents.read(OLDER[0], "doc", find=lambda _: None) == Words("", "no-reader")


def test_a_program_gets_the_same_limits(tmp_path):
    """It sees the document and what it needs of the system; what it prints without end is cut off by its deadline."""
    (tmp_path / "catdoc").write_text("#!/bin/sh\nulimit -v; ulimit -f; cat /dev/stdin\n")
    (tmp_path / "catdoc").chmod(0o755)
    (tmp_path / "given").write_bytes(b"words")
    words = documents.read(tmp_path / "given", "doc", find=lambda name: shutil.which(name, path=str(tmp_path)))
    assert words == Words(f"{documents.LIMITS.memory_bytes >> 10}\n0\nwords\n")


def test_S63b_the_kernels_limits_hold_for_a_program_that_runs_on(tmp_path):
    (tmp_path / "catdoc").write_text("#!/bin/sh\nwhile :; do :; done\n")
    (tmp_path / "catdoc").chmod(0o755)
    (tmp_path / "given").write_bytes(b"words")
    limits = Limits(seconds=20, cpu_seconds=1)
    words = documents.read(Path(tmp_path / "given"), "doc", limits, lambda name: shutil.which(name, path=str(tmp_path)))
    assert words == Words("", "too-slow")
