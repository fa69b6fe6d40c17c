"""There and back: both sides spinning, or both asleep."""

from __future__ import annotations

import json
from collections import Counter
from statistics import median
from struct import Struct
from time import monotonic_ns, perf_counter_ns

from job import NUMBER, Job, connect, create, demand_number

import shmbuf

MESSAGE = Struct("<QQ")  # when it was sent; in an answer also how long the question was on its way


def answer(nanoseconds: float, seconds: float, trips: list[int]) -> None:
    """Print the result."""
    pairs = sorted(Counter(trips).items())
    print(json.dumps({"ns": nanoseconds, "records": len(trips), "seconds": seconds, "trips": pairs}))


def finish(out: shmbuf.Producer, back: shmbuf.Consumer) -> None:
    """End both streams in order."""
    out.close()
    if list(back):
        raise ValueError("more echoes than messages")


def ping(job: Job) -> None:
    """Half of the time with a look at the clock now and then, half of it with each trip timed."""
    with create(job, job.name) as out, connect(job.back) as back:
        message = bytearray(job.size)
        write, read_into = out.write, back.read_into
        number = 0

        def trip() -> None:
            nonlocal number
            NUMBER.pack_into(message, 0, number)
            write(message)
            read_into(message)
            demand_number(job, message, number)
            number += 1

        while number < job.warm:
            trip()
        groups = []
        start = last = perf_counter_ns()
        while last - start < job.time // 2:
            for _ in range(job.chunk):
                trip()
            now = perf_counter_ns()
            groups.append((now - last) / job.chunk)
            last = now
        trips = []
        start = last = perf_counter_ns()
        while last - start < job.time // 2:
            trip()
            now = perf_counter_ns()
            trips.append(now - last)
            last = now
        seconds = (last - start) / 1e9
        finish(out, back)
    answer(median(groups), seconds, trips)


def pong(job: Job) -> None:
    """Send every message back."""
    with create(job, job.back) as out, connect(job.name) as consumer:
        write, read_into = out.write, consumer.read_into
        message = bytearray(job.size)
        try:
            while True:
                read_into(message)
                write(message)
        except shmbuf.EndOfStream:
            pass


def busy(think: int) -> None:
    """Use time while the other side falls asleep."""
    start = monotonic_ns()
    while monotonic_ns() - start < think:
        pass


def wake_ping(job: Job) -> None:
    """Send to a receiver that sleeps; a trip is the time of both ways."""
    with create(job, job.name) as out, connect(job.back) as back:
        message = bytearray(MESSAGE.size)
        trips: list[int] = []
        rounds = start = 0
        while rounds <= job.warm or monotonic_ns() - start < job.time:
            if rounds == job.warm:
                start = monotonic_ns()
            busy(job.think)
            MESSAGE.pack_into(message, 0, monotonic_ns(), 0)
            out.write(message)
            back.read_into(message)
            arrived = monotonic_ns()
            sent, there = MESSAGE.unpack(message)
            if rounds >= job.warm:
                trips.append(arrived - sent + there)
            rounds += 1
        finish(out, back)
    answer(0, sum(trips) / 1e9, trips)


def wake_pong(job: Job) -> None:
    """Answer each message after a while."""
    with create(job, job.back) as out, connect(job.name) as consumer:
        message = bytearray(MESSAGE.size)
        try:
            while True:
                consumer.read_into(message)
                there = monotonic_ns() - MESSAGE.unpack(message)[0]
                busy(job.think)
                MESSAGE.pack_into(message, 0, monotonic_ns(), there)
                out.write(message)
        except shmbuf.EndOfStream:
            pass
