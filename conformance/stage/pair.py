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


def consume(mode: str, name: str, count: int) -> None:
    with shmbuf.open(name, wait=10) as c:
        start, seen = 0.0, 0
        while seen < count:
            got = c.read_batch(BATCH) if mode == "batch" else [c.read()]
            start = start or time.perf_counter()
            if got[0][:8] != (seen % BATCH).to_bytes(8, "little") or len(got[-1]) != RECORD:
                raise ValueError(f"record {seen} differs")
            seen += len(got)
        print(f"{time.perf_counter() - start:.9f}")


if __name__ == "__main__":
    mode, role, name, count = sys.argv[1:]
    {"produce": produce, "consume": consume}[role](mode, name, int(count))
