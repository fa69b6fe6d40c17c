"""64-byte records from Python to Python: pair.py batch|single produce|consume NAME COUNT."""

from __future__ import annotations

import sys
import time

import shmbuf

RECORD = 64
BATCH = 512


def produce(mode: str, name: str, count: int) -> None:
    batch = [i.to_bytes(8, "little") + bytes(RECORD - 8) for i in range(BATCH)]
    with shmbuf.create(name) as p:
        if mode == "batch":
            for _ in range(count // BATCH):
                p.write_batch(batch)
        else:
            write = p.write
            for i in range(count):
                write(batch[i % BATCH])


def check(record: bytes, number: int) -> None:
    if record[:8] != (number % BATCH).to_bytes(8, "little") or len(record) != RECORD:
        raise ValueError(f"record {number} differs")


def consume(mode: str, name: str, count: int) -> None:
    with shmbuf.open(name, wait=10) as c:
        check(c.read(), 0)
        start, seen = time.perf_counter(), 1
        if mode == "batch":
            while seen < count:
                got = c.read_batch(BATCH)
                check(got[0], seen)
                seen += len(got)
        else:
            for seen, record in enumerate(c, 2):
                if seen % BATCH == 0:
                    check(record, seen - 1)
        if seen != count:
            raise ValueError(f"{seen} records instead of {count}")
        print(f"{time.perf_counter() - start:.9f}")


if __name__ == "__main__":
    mode, role, name, count = sys.argv[1:]
    {"produce": produce, "consume": consume}[role](mode, name, int(count))
