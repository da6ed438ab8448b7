"""Strange replies that were kept: each mail of `corpus/replies` decides what its folder's `expected.json` says.

A folder is a phenomenon or a mail program: `letter.eml` is what we sent, the other mails answer it. They do not change
when the letters' words or the shapes of the bench do. So do the links that programs were made to tap (`taps`), and what
they forwarded to the desk (`forwards`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from kept import decided, mails, name_of, reading, told

KEPT = mails("replies", "taps", "forwards")


@pytest.mark.parametrize("path", KEPT, ids=name_of)
def test_a_kept_reply_decides_what_its_writer_decided(path: Path):
    assert decided(path) == told(path.parent).decides[path.name], reading(path).unclear


@pytest.mark.parametrize("folder", sorted({path.parent for path in KEPT}), ids=lambda path: path.name)
def test_each_folder_says_what_all_its_mails_decide(folder: Path):
    assert told(folder).decides.keys() == {path.name for path in KEPT if path.parent == folder}
