"""One job in a process of its own: real processes that die, hang, gorge and reach out, and each of it an answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mailproc.errors import StoreError
from mailproc.inspect import aside
from mailproc.inspect.aside import Answer, Limits

BRIEF = Limits(seconds=20, cpu_seconds=1)


@pytest.fixture(autouse=True)
def jobs_are_found(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parent)])


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "given"
    path.write_bytes(b"words")
    return path


def done(given: Path, *words: str, limits: Limits = BRIEF) -> Answer:
    return aside.run("aside_jobs", given, words, limits)


def test_a_job_reads_its_file_and_answers(given):
    assert done(given, "upper", "of", "it") == Answer(b"WORDSof it")


@pytest.mark.parametrize(
    ("job", "failure", "ending"),
    [
        ("dies", "died", "signal 6"),
        ("raises", "died", "exit status 1"),
        ("spins", "too-slow", "it needs more processor time than it may have"),
        ("gorges", "too-much", "it needs more memory than it may have"),
    ],
)
def test_S63b_whatever_becomes_of_a_job_is_an_answer(given, job, failure, ending):
    assert done(given, job) == Answer(b"", failure, ending)


def test_a_job_that_hangs_is_killed_at_its_deadline(given):
    assert done(given, "hangs", limits=Limits(seconds=0.3)) == Answer(b"", "too-slow", "not done within 0.3 s")


def test_an_answer_has_a_greatest_length(given):
    brief = Limits(answer_bytes=1 << 20)
    assert done(given, "babbles", str(1 << 20), limits=brief).octets == bytes(1 << 20)
    assert done(given, "babbles", str((1 << 20) + 1), limits=brief) == Answer(b"", "too-much", "its answer is too long")


def test_a_job_gets_nothing_but_its_file(given, tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_SECRET", "open sesame")
    answer = done(given, "reaches_out", "/etc/passwd", str(tmp_path / "new"))
    assert answer.octets == b"read write socket environment"
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_there_is_the_disks_fault(tmp_path):
    with pytest.raises(StoreError, match=r"nothing: No such file.*; check"):
        done(tmp_path / "nothing", "upper")
