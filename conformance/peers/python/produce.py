"""The producing peer."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

from content import Content, content

import shmbuf

PATIENCE = 180.0


def create(args: Namespace, text: str = "") -> shmbuf.Producer[Any]:
    return shmbuf.create(
        args.name,
        layout=args.layout,
        capacity=args.capacity or None,
        record_size=args.fixed or None,
        record_count=args.record_count or None,
        alignment=args.alignment or None,
        content_type=text,
        times=args.times,
        keep=args.keep,
        await_peer=args.await_peer,
        start_position=args.start_position,
    )


def expected(args: Namespace) -> Content:
    return content(
        args.seed,
        args.first,
        args.total,
        limit=args.max,
        fixed=args.fixed,
        lengths=args.lengths,
        classic=args.layout == "classic",
        kinds=args.kinds,
    )


def refuses(args: Namespace, p: shmbuf.Producer[Any]) -> None:
    """What can never be sent is refused and leaves no trace."""
    want = ValueError if args.fixed else shmbuf.TooLarge
    cases: list[tuple[bytes, type[Exception]]] = [(bytes(p.max_record + 1), want)]
    if args.layout == "classic":
        cases.append((b"", ValueError))
    for payload, error in cases:
        try:
            sent = p.try_write(payload)
        except error:
            continue
        raise AssertionError(f"record of {len(payload)} bytes: returned {sent}, want {error.__name__}")


def produce(args: Namespace, report: dict[str, Any], die: Callable[[], None]) -> None:
    records = expected(args)
    with create(args) as p:
        refuses(args, p)
        try:
            for count, size in send(args, p, records):
                report["next"] += count
                report["records"] += count
                report["bytes"] += size
        except shmbuf.PeerDied:
            if not args.expect_death:
                raise
            return
        if args.dies:
            if args.in_place:
                spoil(args, p)
            die()
        report["guards"] = p.stats.guard_hits


def spoil(args: Namespace, p: shmbuf.Producer[Any]) -> None:
    """Reserve and scribble but never commit: nobody may see it."""
    r = p.try_reserve(1 if args.fixed else min(args.max, 64))
    if r is not None:
        r.view[:] = b"\xee" * len(r)


def send(args: Namespace, p: shmbuf.Producer[Any], records: Content) -> Iterator[tuple[int, int]]:
    payloads, batch = records.payloads, args.batch
    if args.fixed:
        yield from send_runs(args, p, payloads)
    elif args.in_place:
        for i, (payload, kind) in enumerate(zip(payloads, records.kinds)):
            # Sometimes more than needed: commit may be shorter.
            size = min(len(payload) + (args.first + i) % 3, p.max_record)
            with p.reserve(size, timeout=PATIENCE) as r:
                r.view[: len(payload)] = payload
                r.commit(len(payload), kind=kind)
            yield 1, len(payload)
    elif batch > 1:
        for at in range(0, len(payloads), batch):
            part = payloads[at : at + batch]
            if p.write_batch(part, timeout=PATIENCE) != len(part):
                raise AssertionError("write_batch gave up early")
            yield len(part), sum(map(len, part))
    else:
        for payload, kind in zip(payloads, records.kinds):
            p.write(payload, kind, PATIENCE)
            yield 1, len(payload)


def send_runs(args: Namespace, p: shmbuf.Producer[Any], payloads: list[bytes]) -> Iterator[tuple[int, int]]:
    done, size = 0, args.fixed
    while done < len(payloads):
        part = payloads[done : done + args.batch]
        if args.in_place:
            with p.reserve(len(part), timeout=PATIENCE) as r:
                part = part[: r.count]
                r.view[:] = b"".join(part)
                r.commit(len(part))
        else:
            p.write(b"".join(part), timeout=PATIENCE)
        done += len(part)
        yield len(part), size * len(part)
