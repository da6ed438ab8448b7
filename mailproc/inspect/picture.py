"""A picture in smaller sizes, made where it may be killed: `small` asks, the child (`draw`) draws.

The views are JPEGs of pixels alone. What is no picture, is damaged, has more pixels than a camera, or costs more than
`LIMITS` is a failure with its slug, and never an exception. No decoder of pictures is loaded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailproc.inspect import aside

LIMITS = aside.Limits(seconds=10.0, cpu_seconds=8, memory_bytes=448 << 20, answer_bytes=4 << 20)
_HEAD = 3  # numbers before the octets of each view


@dataclass(frozen=True, slots=True)
class Size:
    """A view that is asked for."""

    side: int  # pixels of its longer side, at most; a smaller picture is not made larger
    octets: int  # at most

    def __str__(self) -> str:
        """As a word of the job."""
        return f"{self.side}x{self.octets}"


@dataclass(frozen=True, slots=True)
class View:
    """A view that was made."""

    width: int
    height: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a picture."""

    width: int = 0  # of the picture itself, as it is seen
    height: int = 0
    is_animated: bool = False
    views: tuple[View, ...] = ()  # one for each size that was asked for
    failure: str = ""  # slug: "no-picture", "damaged", "too-large", or as `aside.Answer`
    ending: str = ""  # for the log


def small(path: Path, sizes: Sequence[Size]) -> Seen:
    """The picture at `path` in these sizes. Raises StoreError where the file cannot be opened."""
    answer = aside.run("mailproc.inspect.draw", path, [str(size) for size in sizes], LIMITS)
    if answer.failure:
        return Seen(failure=answer.failure, ending=answer.ending)
    head, _, octets = answer.octets.partition(b"\n")
    words = head.decode("ascii", "replace").split()
    if len(words) == 1:
        return Seen(failure=words[0])
    try:
        width, height, animated, *rest = map(int, words)
        views = tuple(_views(rest, octets))
    except ValueError:
        views = ()
    if len(views) != len(sizes):
        return Seen(failure="died", ending="its answer is none")
    return Seen(width, height, bool(animated), views)


def _views(numbers: Sequence[int], octets: bytes) -> Iterator[View]:
    """Width, height and size of each view, their octets one after the other. Raises ValueError."""
    for at in range(0, len(numbers), _HEAD):
        width, height, size = numbers[at : at + _HEAD]
        if len(octets) < size:
            raise ValueError
        yield View(width, height, octets[:size])
        octets = octets[size:]
