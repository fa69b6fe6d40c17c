"""A classic peer as it exists in the field, in plain Python without this project.

It does what such programs do and our side must survive: every position word is stored
by writing 0 first and the value then (as struct.pack_into does, made explicit here and
a little longer); the producer unlinks and recreates the object; nothing is checked,
no lock is held; a consumer stalls on a record of length 0; positions do not wrap.

Same content rule and, as far as it applies, the same command line as the other peers.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import signal
import struct
import sys
import time
from pathlib import Path

M64 = 2**64 - 1
HEADER = 16
FLASH_EVERY = 20  # every so many positions the 0 stays for FLASH seconds, and others get to run
FLASH = 50e-6
PATIENCE = 180.0


def mix(z: int) -> int:
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & M64
    return z ^ (z >> 31)


class Content:
    def __init__(self, seed: int, limit: int) -> None:
        self.seed, self.limit = seed, limit
        words = (mix((seed + (k + 1) * 0x9E3779B97F4A7C15) & M64) for k in range(16384))
        self.block = b"".join(struct.pack("<Q", w) for w in words)

    def record(self, i: int) -> bytes:
        h = mix((self.seed + (i + 1) * 0xD1342543DE82EF95 + 0x9E3779B97F4A7C15) & M64)
        offset = (h >> 32) % 65536
        return self.block[offset : offset + 1 + h % self.limit]


class Ring:
    """The mapped object. Waits by polling, as such programs do."""

    def __init__(self, path: Path, create: int) -> None:
        if create:
            path.unlink(missing_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            os.ftruncate(fd, create + HEADER)
        else:
            fd = self.wait_for(path)
        self.map = mmap.mmap(fd, os.fstat(fd).st_size)
        os.close(fd)
        self.words = memoryview(self.map)[:HEADER].cast("I")
        if create:
            self.words[2] = 1 << create.bit_length() - 1
        while self.words[2] == 0:
            time.sleep(1e-4)
        self.capacity = self.words[2]
        self.stores = 0

    @staticmethod
    def wait_for(path: Path) -> int:
        for _ in range(100_000):
            try:
                fd = os.open(path, os.O_RDWR)
            except FileNotFoundError:
                time.sleep(1e-4)
                continue
            if os.fstat(fd).st_size > HEADER:
                return fd
            os.close(fd)
        raise TimeoutError(path)

    def store(self, word: int, value: int) -> None:
        self.words[word] = 0
        self.stores += 1
        if self.stores % FLASH_EVERY == 0:
            time.sleep(FLASH)
        self.words[word] = value

    def put(self, position: int, content: bytes) -> None:
        at = position % self.capacity
        first = min(len(content), self.capacity - at)
        self.map[HEADER + at : HEADER + at + first] = content[:first]
        self.map[HEADER : HEADER + len(content) - first] = content[first:]

    def get(self, position: int, size: int) -> bytes:
        at = position % self.capacity
        first = min(size, self.capacity - at)
        return self.map[HEADER + at : HEADER + at + first] + self.map[HEADER : HEADER + size - first]


def produce(ring: Ring, content: Content, first: int, count: int) -> int:
    head = sent = 0
    for i in range(first, first + count):
        payload = content.record(i)
        deadline = time.monotonic() + PATIENCE
        while ring.capacity - (head - ring.words[1]) < 4 + len(payload):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no room for record {i}")
        ring.put(head, struct.pack("<I", len(payload)) + payload)
        head += 4 + len(payload)
        ring.store(0, head)
        sent += len(payload)
    return sent


def consume(ring: Ring, content: Content, first: int, count: int) -> int:
    tail = ring.words[1]
    taken = 0
    for i in range(first, first + count):
        deadline = time.monotonic() + PATIENCE
        while True:  # a length of 0 looks like nothing to it
            readable = ring.words[0] - tail
            size = struct.unpack("<I", ring.get(tail, 4))[0] if readable >= 4 else 0
            if size:
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"no record {i}")
        payload = ring.get(tail + 4, size)
        if payload != content.record(i):
            raise ValueError(f"record {i}: {size} bytes that differ")
        tail += 4 + size
        ring.store(1, tail)
        taken += size
    return taken


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("role", choices=["produce", "consume"])
    p.add_argument("--name", required=True)
    p.add_argument("--count", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--max", type=int, default=256)
    p.add_argument("--capacity", type=int, default=4096)
    p.add_argument("--from", type=int, default=0, dest="first")
    p.add_argument("--die-after", type=int, default=0)
    args, _ = p.parse_known_args()
    count = min(args.count, args.die_after or args.count)
    content = Content(args.seed, args.max)
    try:
        ring = Ring(Path("/dev/shm") / args.name, args.capacity if args.role == "produce" else 0)
        done = (produce if args.role == "produce" else consume)(ring, content, args.first, count)
    except (ValueError, OSError) as error:
        print(f"flash: {args.role}: {error}", file=sys.stderr)
        return 1
    if args.die_after:
        os.kill(os.getpid(), signal.SIGKILL)
    report = {"role": args.role, "records": count, "bytes": done, "first": args.first}
    print(json.dumps({**report, "next": args.first + count, "guards": 0, "follows": 0, "ok": True}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
