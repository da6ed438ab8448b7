"""Pipes to a child: waiting for one, but not beyond a deadline. Raises TimeoutError; judges nothing that comes."""

from __future__ import annotations

import select
import time

CHUNK_BYTES = 1 << 16


def wait_for(fd: int, event: int, deadline: float) -> None:
    """Until `fd` is ready for `event` (`select.POLLIN`, `select.POLLOUT`); `deadline` is of `time.monotonic`."""
    poll = select.poll()
    poll.register(fd, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
