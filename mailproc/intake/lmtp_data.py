r"""A message as DATA carries it: where it ends, and its octets with the stuffed dots taken out (RFC 5321 §4.5.2).

The end is CRLF.CRLF and nothing else (catalogue S30); a bare CR or LF is noticed and kept as it came. Pieces may be
cut anywhere, and what is held between two of them is at most four octets, whatever the lines are (S34, S35).
It reads no socket, knows no limit, and every input is a message: it cannot fail.
"""

from __future__ import annotations

END = b"\r\n.\r\n"
STUFFED, LINE_END = b"\r\n.", b"\r\n"


class Dots:
    """Decodes one message; `ended` once its end was seen, and `rest` is then what came behind it."""

    def __init__(self) -> None:
        """DATA's own line has just ended: a dot that comes first stands at the beginning of a line."""
        self._held = LINE_END
        self._virtual = len(LINE_END)  # octets at the front that are not of the message
        self.ended = False
        self.rest = b""
        self.bare = False  # a CR or LF stood alone

    def feed(self, piece: bytes) -> bytes:
        """The octets of the message that this piece made sure of; nothing may be fed after the end."""
        octets = self._held + piece
        end = octets.find(END)
        if end >= 0:
            self.ended, self.rest, self._held = True, octets[end + len(END) :], b""
            octets = octets[: end + len(LINE_END)]
        else:
            keep = next(n for n in range(len(END) - 1, -1, -1) if octets.endswith(END[:n]))
            octets, self._held = octets[: len(octets) - keep], octets[len(octets) - keep :]
        return self._decoded(octets)

    def _decoded(self, octets: bytes) -> bytes:
        octets = octets.replace(STUFFED, LINE_END)
        together = octets.count(LINE_END)
        self.bare = self.bare or not octets.count(b"\r") == octets.count(b"\n") == together
        virtual, self._virtual = self._virtual, max(0, self._virtual - len(octets))
        return octets[virtual:]
