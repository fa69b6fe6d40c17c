"""A process that makes points and one that adds them up, through arrays in shared memory."""

from __future__ import annotations

import multiprocessing

import numpy as np

import shmbuf

POINT = np.dtype([("t", "<u8"), ("x", "<f4"), ("y", "<f4")])
COUNT = 1_000_000


def produce(name: str) -> None:
    """Fill runs of points where they lie in the ring."""
    with shmbuf.create(name, dtype=POINT, record_count=1 << 14) as producer:
        sent = 0
        while sent < COUNT:
            with producer.reserve(min(4096, COUNT - sent)) as space:
                space.array["t"] = np.arange(sent, sent + space.count)
                space.array["x"] = 0.5
                space.array["y"] = 2.0
                sent += space.count


def consume(name: str) -> tuple[int, float]:
    """Add the points up without copying them."""
    seen, total = 0, 0.0
    with shmbuf.open(name, wait=10, dtype=POINT) as consumer:
        for run in consumer.records(timeout=10):
            seen += run.count
            total += float((run.array["x"] * run.array["y"]).sum())
    return seen, total


def main() -> None:
    """Run both and print what arrived."""
    name = "example-points"
    process = multiprocessing.get_context("spawn").Process(target=produce, args=(name,))
    process.start()
    seen, total = consume(name)
    process.join()
    print(f"{seen} points, sum of x*y = {total:.0f}")


if __name__ == "__main__":
    main()
