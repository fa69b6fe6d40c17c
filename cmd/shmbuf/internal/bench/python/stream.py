"""One way, as fast as it goes. The last record of each chunk starts with its number."""

from __future__ import annotations

import json
from itertools import islice
from time import perf_counter_ns
from typing import TYPE_CHECKING

from job import NUMBER, Job, connect, create, demand_number

import shmbuf

if TYPE_CHECKING:
    from collections.abc import Callable


def produce(job: Job) -> None:
    """Send until the time is over, which starts after the warm-up."""
    with create(job, job.name) as producer:
        chunk = senders(job, producer)[job.mode]
        sent = 0
        while sent < job.warm:
            sent += job.chunk
            chunk(sent - 1)
        # Two chunks at least: the receiver's end of the warm-up lies within the first.
        enough, start = sent + 2 * job.chunk, perf_counter_ns()
        while sent < enough or perf_counter_ns() - start < job.time:
            sent += job.chunk
            chunk(sent - 1)


def senders(job: Job, producer: shmbuf.Producer) -> dict[str, Callable[[int], None]]:
    """Make the ways to send a chunk, given the number of its last record."""
    record = bytearray(job.size)
    buffer = bytearray(job.size * job.batch)
    pieces = [memoryview(buffer)[i : i + job.size] for i in range(0, len(buffer), job.size)]
    batches = job.chunk // job.batch

    def copies(last: int) -> None:
        write = producer.write
        for _ in range(job.chunk - 1):
            write(record)
        NUMBER.pack_into(record, 0, last)
        write(record)

    def in_batches(last: int) -> None:
        for _ in range(batches - 1):
            producer.write_batch(pieces)
        NUMBER.pack_into(buffer, len(buffer) - job.size, last)
        producer.write_batch(pieces)

    def runs(last: int) -> None:
        for _ in range(batches - 1):
            producer.write_run(buffer)
        NUMBER.pack_into(buffer, len(buffer) - job.size, last)
        producer.write_run(buffer)

    def places(last: int) -> None:
        for number in range(last + 1 - job.chunk, last + 1):
            with producer.reserve(job.size) as room:
                NUMBER.pack_into(room.view, 0, number)

    return {"copy": copies, "batch": in_batches, "run": runs, "place": places}


def consume(job: Job) -> None:
    """Read to the end of the stream; the clock runs from the end of the warm-up to the last record."""
    with connect(job.name) as consumer:
        chunk = receivers(job, consumer)[job.mode]
        received = first = start = 0
        try:
            while more := chunk(received):
                received += more
                if not start and received >= job.warm:
                    start, first = perf_counter_ns(), received
        except shmbuf.EndOfStream:
            pass
        seconds = (perf_counter_ns() - start) / 1e9
    if not start or received == first:
        raise ValueError(f"{job.name}: the stream ended after {received} records, in the warm-up")
    print(json.dumps({"records": received - first, "seconds": seconds}))


def receivers(job: Job, consumer: shmbuf.Consumer) -> dict[str, Callable[[int], int]]:
    """Make the ways to receive records, given how many came before; they return how many came."""

    def copies(before: int) -> int:
        count = 0
        record = b""
        for count, record in enumerate(islice(consumer, job.chunk), 1):  # noqa: B007
            pass
        if count == job.chunk:
            demand_number(job, record, before + count - 1)
        return count

    def ending(before: int, count: int) -> int:
        """Index of the record that ends a chunk among the next ones, or -1."""
        index = job.every - 1 - before % job.every
        return index if index < count else -1

    def in_batches(before: int) -> int:
        records = consumer.read_batch(job.batch)
        index = ending(before, len(records))
        if index >= 0:
            demand_number(job, records[index], before + index)
        return len(records)

    def runs(before: int) -> int:
        with consumer.peek(job.batch) as run:
            count = len(run) // job.size
            index = ending(before, count)
            if index >= 0:
                demand_number(job, bytes(run.view[index * job.size :][:8]), before + index)
        return count

    def places(before: int) -> int:
        for number in range(before, before + job.chunk):
            with consumer.peek() as record:
                demand_number(job, record.view, number)
        return job.chunk

    return {"copy": copies, "batch": in_batches, "run": runs, "place": places}
