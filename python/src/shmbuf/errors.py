"""The exceptions of shmbuf.

One class per condition of the table that all languages share. Conditions that
Python has a built-in exception for raise exactly that one (``FileNotFoundError``,
``FileExistsError``, ``TimeoutError``, ``PermissionError``, ``ValueError``,
``OSError``); the others are subclasses of the nearest built-in one *and* of
:class:`Error`, so ``except shmbuf.Error`` catches whatever only shmbuf can raise.

Every message names the channel, the number that was wrong, and what to do.
"""

from __future__ import annotations

import errno

__all__ = [
    "Busy",
    "ClosedError",
    "Damaged",
    "EndOfStream",
    "Error",
    "NoSpace",
    "NotAChannel",
    "PeerDied",
    "Retired",
    "SegmentLost",
    "ShortBuffer",
    "TooLarge",
    "UnknownVersion",
    "WouldBlock",
]


class Error(Exception):
    """Base of all exceptions that only shmbuf raises."""

    def __str__(self) -> str:
        """Return the message alone, without the errno prefix of ``OSError``."""
        return str(self.args[-1]) if self.args else ""


class WouldBlock(Error, BlockingIOError):
    """The ring is full (write) or empty (read) and the call does not block."""


class EndOfStream(Error, EOFError):
    """The producer has closed the channel and every record has been read."""


class ClosedError(Error, ValueError):
    """This handle has been closed, or belongs to the parent of a forked process."""


class TooLarge(Error, ValueError):
    """The record can never fit this channel."""


class Busy(Error, OSError):
    """Another live process (or handle) holds this role."""


class PeerDied(Error, BrokenPipeError):
    """The other side ended without closing; a successor continues where it stopped."""


class Retired(Error, ConnectionResetError):
    """The segment was replaced or removed; open the channel again to follow."""


class NotAChannel(Error, ValueError):
    """The object under this name is not a shmbuf channel."""


class UnknownVersion(Error, ValueError):
    """The segment has a version this release does not know."""


class Damaged(Error, RuntimeError):
    """Shared memory, or a frame, holds values that break the protocol."""


class ShortBuffer(Error, ValueError):
    """The record is longer than the buffer; it stays in the channel."""

    needed: int = 0
    """Bytes the buffer must have at least."""


class NoSpace(Error, OSError):
    """Shared memory has no room for the segment."""


class SegmentLost(Error, OSError):
    """The memory under the mapping is gone: somebody truncated the object."""


# code of spec/errors.json -> (exception, errno of the OSError family or 0)
_BY_CODE: dict[int, tuple[type[BaseException], int]] = {
    1: (WouldBlock, errno.EAGAIN),
    2: (EndOfStream, 0),
    3: (ClosedError, 0),
    4: (TooLarge, 0),
    5: (Busy, errno.EBUSY),
    6: (PeerDied, errno.EPIPE),
    7: (Retired, errno.ECONNRESET),
    8: (NotAChannel, 0),
    9: (UnknownVersion, 0),
    10: (Damaged, 0),
    11: (FileExistsError, errno.EEXIST),
    12: (FileNotFoundError, errno.ENOENT),
    13: (ShortBuffer, 0),
    14: (TimeoutError, errno.ETIMEDOUT),
    15: (NoSpace, errno.ENOSPC),
    16: (PermissionError, errno.EACCES),
    17: (SegmentLost, errno.EIO),
    18: (ValueError, 0),
    19: (KeyboardInterrupt, 0),  # not seen: a wait raises what the signal handler raised
    20: (OSError, 0),
}


def _make(code: int, message: str) -> BaseException:
    """Return the exception for a status code of the native module, which calls this."""
    kind, number = _BY_CODE.get(code, (OSError, 0))
    return kind(number, message) if number else kind(message)
