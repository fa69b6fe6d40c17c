"""The consuming peer."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from produce import PATIENCE, expected

import shmbuf


class Receiver:
    """A consumer that checks what it gets."""

    c: shmbuf.Consumer[Any]

    def __init__(self, args: Namespace, report: dict[str, Any]) -> None:
        self.args, self.report = args, report
        self.want = expected(args)
        self.at = 0  # index into want
        self.base = -args.first  # self.at - self.base is the sequence number
        self.last = 0
        self.open()

    def open(self) -> None:
        self.c = shmbuf.open(self.args.name, wait=self.args.wait, await_peer=self.args.await_peer)

    def follow(self) -> None:
        """Open the channel that replaced this one."""
        self.report["guards"] += self.c.stats.guard_hits
        self.report["follows"] += 1
        self.c.close()
        self.open()
        self.base = self.at

    def reopen(self) -> None:
        """Wait for the producer that goes on with a closed channel."""
        self.c.close()
        time.sleep(0.002)
        self.open()

    def take(self) -> None:
        args, c = self.args, self.c
        most = min(args.batch, args.total - self.at)
        if args.fixed and (args.in_place or most > 1):
            with c.peek(most, timeout=PATIENCE) as run:
                count = run.count
                whole = b"".join(self.want.payloads[self.at : self.at + count])
                if run.view != whole:
                    raise AssertionError(f"run of {count} records differs")
            self.done(count, len(whole))
        elif args.in_place:
            with c.peek(timeout=PATIENCE) as record:
                self.check(record)
        elif most > 1:
            got = c.read_batch(most, timeout=PATIENCE)
            if got != self.want.payloads[self.at : self.at + len(got)]:
                raise AssertionError(f"batch of {len(got)} records differs")
            self.done(len(got), sum(map(len, got)))
        else:
            self.payload(c.read(PATIENCE))

    def check(self, record: shmbuf.Record) -> None:
        args = self.args
        if args.layout == "native" and not args.fixed:
            if record.seq != self.at - self.base:
                raise AssertionError(f"sequence number {record.seq}, want {self.at - self.base}")
            if record.kind != self.want.kinds[self.at]:
                raise AssertionError(f"kind {record.kind}, want {self.want.kinds[self.at]}")
        if args.times:
            if record.time == 0 or record.time < self.last:
                raise AssertionError(f"publication time {record.time} after {self.last}")
            self.last = record.time
        self.payload(record.view)

    def payload(self, got: bytes | memoryview) -> None:
        want = self.want.payloads[self.at]
        if got != want:
            raise AssertionError(f"{len(got)} bytes that differ from the {len(want)} expected")
        self.done(1, len(want))

    def done(self, count: int, size: int) -> None:
        self.at += count
        self.report["next"] += count
        self.report["records"] += count
        self.report["bytes"] += size


def expect_last(c: shmbuf.Consumer[Any], error: type[Exception]) -> None:
    try:
        c.read(PATIENCE)
    except error:
        return
    raise AssertionError(f"a record after the last one, want {error.__name__}")


def consume(args: Namespace, report: dict[str, Any], die: Callable[[], None]) -> None:
    v = Receiver(args, report)
    while v.at < args.total:
        try:
            v.take()
        except shmbuf.Retired:
            v.follow()
        except shmbuf.EndOfStream:
            if not args.again:
                raise
            v.reopen()
    if args.dies:
        if args.in_place:
            looked = v.c.try_peek()  # looked at and never released: comes again
            die()
            del looked
        die()
    if args.expect_end:
        expect_last(v.c, shmbuf.EndOfStream)
    if args.expect_death:
        expect_last(v.c, shmbuf.PeerDied)
    report["guards"] += v.c.stats.guard_hits
    v.c.close()
