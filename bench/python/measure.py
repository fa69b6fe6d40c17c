"""Clocks, percentiles, and the numbers in records."""

from __future__ import annotations

import time
from collections.abc import Sequence

clock = time.monotonic_ns  # CLOCK_MONOTONIC: the same in every process

Result = dict[str, object]

# Looking into a record costs Python as much as receiving it. Where calls return one record
# as bytes, every so many are looked at, and the last: a record that is lost or
# repeated shifts the numbers of all that follow, so none goes unnoticed.
LOOK_EVERY = 64


class WrongRecord(Exception):
    """A record that is not the one expected."""


def filled(size: int) -> bytearray:
    """Memory of `size` bytes with pages of its own: those never written to are all the same one."""
    return bytearray(b"Z" * size)


def numbered(size: int) -> tuple[bytearray, memoryview]:
    """A record's bytes, and a view of its number: ``number[0] = 7``."""
    record = filled(size)
    return record, memoryview(record)[:8].cast("Q")


def check(record: bytes | memoryview, number: int, size: int) -> None:
    """Raise when `record` is not the `number`-th, of `size` bytes."""
    found = int.from_bytes(record[:8], "little")
    if found != number or len(record) != size:
        raise WrongRecord(f"record {found} of {len(record)} bytes instead of {number} of {size}")


def throughput(records: int, nanoseconds: int) -> Result:
    """The result of a stream."""
    return {"records": records, "seconds": nanoseconds / 1e9}


def distribution(nanoseconds: Sequence[int], mean: float) -> Result:
    """The result of round trips: percentiles by nearest rank."""
    ordered = sorted(nanoseconds)
    last = len(ordered) - 1

    def at(share: float) -> int:
        return ordered[min(last, int(share * len(ordered)))]

    return {
        "rounds": len(ordered),
        "p50": at(0.5),
        "p90": at(0.9),
        "p99": at(0.99),
        "p999": at(0.999),
        "max": ordered[last],
        "mean": mean,
    }


def busy_until(then: int) -> None:
    """Compute until the clock shows `then`."""
    while clock() < then:
        pass


class Span:
    """Time and processor time since it was made."""

    def __init__(self) -> None:
        self._cpu = time.process_time_ns()
        self._start = clock()

    def result(self, records: int) -> Result:
        """What `records` took."""
        wall = clock() - self._start
        cpu = time.process_time_ns() - self._cpu
        return {"records": records, "seconds": wall / 1e9, "cpu": cpu / 1e9}
