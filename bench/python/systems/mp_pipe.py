"""multiprocessing.Pipe: a pipe of the system, of the capacity asked for as far as that allows it."""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from systems.inherited import Channel, by_inheritance

if TYPE_CHECKING:
    import loops

_SET_SIZE = 1031  # F_SETPIPE_SZ; the module names it from Python 3.10 on


class Pipe(Channel):
    """A pipe; one process closes one end, the other the other, so that each sees the other leave."""

    def __init__(self, _size: int, ring: int) -> None:
        self._receive, self._send = multiprocessing.Pipe(duplex=False)
        with contextlib.suppress(OSError):  # then it stays as it is
            most = int(Path("/proc/sys/fs/pipe-max-size").read_text())
            fcntl.fcntl(self._send.fileno(), _SET_SIZE, min(ring, most))

    def sender(self) -> loops.Send:
        """Close the receiving end and return the sending call."""
        self._receive.close()
        return self._send.send_bytes

    def receiver(self) -> loops.Receive:
        """Close the sending end and return the receiving call."""
        self._send.close()
        return self._receive.recv_bytes


def version() -> str:
    """Return the version of Python: it is part of it."""
    return f"Python {platform.python_version()}"


ROLES = by_inheritance(Pipe)
