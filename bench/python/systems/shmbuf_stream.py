"""Streams of ours, in every way that the Python package offers."""

from __future__ import annotations

from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np
import shmbuf

import loops
from cases import Stream, Unsupported
from measure import LOOK_EVERY, Result, WrongRecord, check, clock, filled, throughput

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_NUMBER = Struct("<Q")

# bytes objects of this size and more are new memory from the system each time; users who mind pass a buffer.
_LARGE = 64 * 1024


def record_dtype(size: int) -> np.dtype[Any]:
    """Return the type of a record of `size` bytes that starts with its number."""
    if size == 8:
        return np.dtype([("number", "<u8")])
    return np.dtype([("number", "<u8"), ("rest", f"V{size - 8}")])


def produce(case: Stream) -> None:
    """Send all records, in the way `case.mode` names."""
    way = _PRODUCE.get(case.mode)
    if way is None:
        raise Unsupported(f"mode '{case.mode}' to produce; {', '.join(_PRODUCE)} are known")
    if case.fixed:
        count = max(2, 1 << (case.ring // case.size).bit_length() - 1)
        producer: Any = shmbuf.create(case.name, dtype=record_dtype(case.size), record_count=count)
    else:
        producer = shmbuf.create(case.name, capacity=case.ring)
    with producer:
        way(producer, case)


def consume(case: Stream) -> Result:
    """Receive all records, in the way `case.mode` names."""
    way = _CONSUME.get(case.mode)
    if way is None:
        raise Unsupported(f"mode '{case.mode}' to consume; {', '.join(_CONSUME)} are known")
    dtype = record_dtype(case.size) if case.mode in ("run", "array") else None
    consumer: Any
    with shmbuf.open(case.name, wait=10, dtype=dtype) as consumer:
        if way is _copies:
            return _copies(consumer, case)
        way(consumer, case, 0, case.warm + 1)
        start = clock()
        way(consumer, case, case.warm + 1, case.count)
        return throughput(case.count - 1 - case.warm, clock() - start)


def _write(producer: Any, case: Stream) -> None:
    loops.produce(case, producer.write)


def _numbered_batch(case: Stream) -> NDArray[Any]:
    batch = np.zeros(case.batch, record_dtype(case.size))
    batch["number"] = np.arange(case.batch)
    return batch


def _write_batches(producer: Any, case: Stream) -> None:
    batch = _numbered_batch(case)
    numbers, records = batch["number"], batch.view(f"V{case.size}")
    for begin in range(0, case.count, case.batch):
        producer.write_batch(records[: case.count - begin].tolist())  # a list of bytes
        numbers += case.batch


def _write_runs(producer: Any, case: Stream) -> None:
    batch = _numbered_batch(case)
    numbers = batch["number"]
    for begin in range(0, case.count, case.batch):
        producer.write(batch[: case.count - begin])
        numbers += case.batch


def _fill_runs(producer: Any, case: Stream) -> None:
    numbers = np.arange(case.batch, dtype="<u8")
    begin = 0
    while begin < case.count:
        with producer.reserve(min(case.batch, case.count - begin)) as space:
            np.add(numbers[: space.count], begin, out=space.array["number"])
            begin += space.count


def _fill(producer: Any, case: Stream) -> None:
    put, size = _NUMBER.pack_into, case.size
    for i in range(case.count):
        with producer.reserve(size) as space:
            put(space.view, 0, i)


_PRODUCE: dict[str, Callable[[Any, Stream], None]] = {
    "copy": _write,
    "batch": _write_batches,
    "run": _write_runs,
    "array": _fill_runs,
    "place": _fill,
}


def _copies(consumer: Any, case: Stream) -> Result:
    if case.size < _LARGE:
        return loops.consume(case, consumer.read)
    record = filled(case.size)
    view, read_into = memoryview(record), consumer.read_into

    def receive() -> memoryview:
        return view[: read_into(record)]

    return loops.consume(case, receive)


def _iterate(consumer: Any, case: Stream, begin: int, end: int) -> None:
    record = b""
    while begin < end:
        stop = min(end, begin + LOOK_EVERY)
        for record in islice(consumer, stop - begin):  # noqa: B007 (the loop is the user's)
            pass
        check(record, stop - 1, case.size)
        begin = stop


def _read_batches(consumer: Any, case: Stream, begin: int, end: int) -> None:
    while begin < end:
        records = consumer.read_batch(min(case.batch, end - begin))
        check(records[0], begin, case.size)
        begin += len(records)
        check(records[-1], begin - 1, case.size)


def _look(consumer: Any, case: Stream, begin: int, end: int) -> None:
    get, size = _NUMBER.unpack_from, case.size
    for i in range(begin, end):
        with consumer.peek() as record:
            if get(record.view)[0] != i or len(record) != size:
                raise WrongRecord(f"record {get(record.view)[0]} of {len(record)} bytes instead of {i}")


def _look_at_runs(consumer: Any, case: Stream, begin: int, end: int) -> None:
    size = case.size
    while begin < end:
        with consumer.peek(min(case.batch, end - begin)) as run:
            view = run.view
            check(view[:size], begin, size)
            begin += run.count
            check(view[-size:], begin - 1, size)


def _look_at_arrays(consumer: Any, case: Stream, begin: int, end: int) -> None:
    while begin < end:
        with consumer.peek(min(case.batch, end - begin)) as run:
            numbers = run.array["number"]
            first, last, count = numbers[0], numbers[-1], len(numbers)
            del numbers  # nothing may look at the ring when the run goes back
        if first != begin or last != begin + count - 1:
            raise WrongRecord(f"records {first} to {last} instead of {count} from {begin}")
        begin += count


_CONSUME: dict[str, Callable[..., Any]] = {
    "copy": _copies,
    "iterate": _iterate,
    "batch": _read_batches,
    "place": _look,
    "run": _look_at_runs,
    "array": _look_at_arrays,
}
