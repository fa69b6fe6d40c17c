"""multiprocessing.Queue: pickles, through a thread and a pipe; bounded, or it would take all memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pair
from systems.inherited import Channel, by_inheritance
from systems.mp_pipe import version

if TYPE_CHECKING:
    import loops

__all__ = ["ROLES", "version"]


class Queue(Channel):
    """A queue of as many records as the ring would hold."""

    def __init__(self, size: int, ring: int) -> None:
        self._queue = pair.FORK.Queue(min(32767, max(1, ring // size)))  # 32767: most that POSIX promises

    def sender(self) -> loops.Send:
        """Return the sending call. What is put must not change any more: it is pickled later."""
        put = self._queue.put
        return lambda record: put(bytes(record))

    def receiver(self) -> loops.Receive:
        """Return the receiving call."""
        return self._queue.get


ROLES = by_inheritance(Queue)
