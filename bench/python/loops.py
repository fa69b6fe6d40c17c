"""The loops of both sides, for any system with a `send(record)` and a `receive() -> record`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, NoReturn

from measure import (
    LOOK_EVERY,
    Result,
    Span,
    WrongRecord,
    busy_until,
    check,
    clock,
    distribution,
    filled,
    numbered,
    throughput,
)

if TYPE_CHECKING:
    from cases import Fanout, Paced, Stream, Trip, Wake

    # Systems answer with bytes, views, or whatever type they have no stubs for.
    Send = Callable[[bytearray], Any]
    Receive = Callable[[], Any]

_STAMP = Struct("<Q")
_STAMPS = Struct("<QQ")


def produce(case: Stream, send: Send) -> None:
    """Send all records, one by one."""
    record, number = numbered(case.size)
    for i in range(case.count):
        number[0] = i
        send(record)


def consume(case: Stream, receive: Receive) -> Result:
    """Receive all records, one by one."""
    _take(receive, 0, case.warm + 1, case.size)
    start = clock()
    _take(receive, case.warm + 1, case.count, case.size)
    return throughput(case.count - 1 - case.warm, clock() - start)


def _take(receive: Receive, begin: int, end: int, size: int) -> None:
    while begin < end:
        stop = min(end, begin + LOOK_EVERY)
        for _ in range(begin, stop):
            record = receive()
        check(record, stop - 1, size)
        begin = stop


def ping(case: Trip, send: Send, receive: Receive) -> Result:
    """Send, wait for the echo, again; each round trip is timed."""
    record, number = numbered(case.size)
    stamps = [0] * (case.rounds + 1)
    now = clock
    for i in range(case.warm):
        number[0] = i
        send(record)
        receive()
    stamps[0] = now()
    for i in range(1, case.rounds + 1):
        number[0] = case.warm + i - 1
        send(record)
        echo = receive()
        stamps[i] = now()
        if echo[:8] != record[:8]:
            raise WrongRecord(f"echo {bytes(echo[:8]).hex()} instead of {case.warm + i - 1}, in hex")
    mean = (stamps[-1] - stamps[0]) / case.rounds
    trips = [after - before for before, after in zip(stamps, stamps[1:])]
    return distribution(trips, mean)


def pong(case: Trip, send: Send, receive: Receive) -> None:
    """Send back what comes."""
    for _ in range(case.warm + case.rounds):
        send(receive())


def wake_ping(case: Wake, send: Send, receive: Receive) -> Result:
    """Ping-pong in which the receiver has fallen asleep before each message."""
    record = filled(case.size)
    trips = []
    for _ in range(case.warm + case.rounds):
        busy_until(clock() + case.think)
        _STAMP.pack_into(record, 0, clock())
        send(record)
        answer = receive()
        now = clock()
        stamp, there = _STAMPS.unpack_from(answer)
        trips.append(there + now - stamp)
    trips = trips[case.warm :]
    return distribution(trips, sum(trips) / len(trips))


def wake_pong(case: Wake, send: Send, receive: Receive) -> None:
    """Answer with a stamp, and with how long the message took to get here."""
    record = filled(case.size)
    for _ in range(case.warm + case.rounds):
        message = receive()
        there = clock() - _STAMP.unpack_from(message)[0]
        busy_until(clock() + case.think)
        _STAMPS.pack_into(record, 0, clock(), there)
        send(record)


def idle_produce(send: Send) -> None:
    """Send one record, then sleep until killed."""
    send(bytearray(8))
    signal.pause()


def idle_consume(receive: Receive) -> NoReturn:
    """Receive one record, then block until killed."""
    check(receive(), 0, 8)
    ready()
    while True:
        receive()


def ready() -> None:
    """Say that the record is here and the waiting begins."""
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()


def fanout_produce(case: Fanout, sends: Sequence[Send]) -> None:
    """Send each record to every channel."""
    record, number = numbered(case.size)
    for i in range(case.count):
        number[0] = i
        for send in sends:
            send(record)


def fanout_consume(case: Fanout, receives: Sequence[Receive]) -> Result:
    """Take one record from each channel in turn."""
    _take_all(receives, 0, case.warm + 1, case.size)
    start = clock()
    _take_all(receives, case.warm + 1, case.count, case.size)
    return throughput(case.count - 1 - case.warm, clock() - start)


def _take_all(receives: Sequence[Receive], begin: int, end: int, size: int) -> None:
    while begin < end:
        stop = min(end, begin + LOOK_EVERY)
        for _ in range(begin, stop):
            records = [receive() for receive in receives]
        for record in records:
            check(record, stop - 1, size)
        begin = stop


def paced_produce(case: Paced, send: Send) -> Result:
    """Send on a schedule, asleep in between."""
    record, number = numbered(case.size)
    period = 1 / case.rate if case.rate else 0.0
    start = time.monotonic()
    for i in range(case.count):
        if i == case.warm:
            span = Span()
        if period:
            rest = start + i * period - time.monotonic()
            if rest > 0:
                time.sleep(rest)
        number[0] = i
        send(record)
    return span.result(case.count - case.warm)


def paced_consume(case: Paced, receive: Receive) -> Result:
    """Receive what comes, waiting as the system does by default."""
    _take(receive, 0, case.warm + 1, case.size)
    span = Span()
    _take(receive, case.warm + 1, case.count, case.size)
    return span.result(case.count - 1 - case.warm)
