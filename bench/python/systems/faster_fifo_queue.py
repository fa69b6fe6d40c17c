"""faster-fifo: a queue in shared memory with a lock. Bytes go as they are, without pickle."""

from __future__ import annotations

from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from cases import Stream
from measure import Result, check, clock, numbered, throughput
from systems.inherited import Channel, by_inheritance

if TYPE_CHECKING:
    import loops

_faster_fifo: Any = import_module("faster_fifo")
_LENGTH = 8  # bytes that the queue puts before each record
_FOR_EVER = 1e6  # seconds; by default a call fails after ten


def version() -> str:
    """Return the version of the package."""
    return metadata.version("faster-fifo")


class Fifo(Channel):
    """A queue of `ring` bytes, or as much as two records take."""

    def __init__(self, size: int, ring: int) -> None:
        self.queue: Any = _faster_fifo.Queue(max(ring, 2 * (size + _LENGTH)), loads=bytes, dumps=bytes)

    def sender(self) -> loops.Send:
        """Return the sending call."""
        put = self.queue.put
        return lambda record: put(record, True, _FOR_EVER)

    def receiver(self) -> loops.Receive:
        """Return the receiving call."""
        get = self.queue.get
        return lambda: get(True, _FOR_EVER)


def _put_batches(channel: Channel, case: Stream) -> None:
    assert isinstance(channel, Fifo)
    put_many = channel.queue.put_many
    batch = [numbered(case.size) for _ in range(case.batch)]
    for begin in range(0, case.count, case.batch):
        some = batch[: case.count - begin]
        for i, (_, number) in enumerate(some, begin):
            number[0] = i
        put_many([record for record, _ in some])


def _get_batches(channel: Channel, case: Stream) -> Result:
    assert isinstance(channel, Fifo)
    get_many = channel.queue.get_many

    def take(begin: int, end: int) -> None:
        while begin < end:
            records = get_many(max_messages_to_get=min(case.batch, end - begin))
            check(records[0], begin, case.size)
            begin += len(records)
            check(records[-1], begin - 1, case.size)

    take(0, case.warm + 1)
    start = clock()
    take(case.warm + 1, case.count)
    return throughput(case.count - 1 - case.warm, clock() - start)


ROLES = by_inheritance(Fifo, {"batch": _put_batches}, {"batch": _get_batches})
