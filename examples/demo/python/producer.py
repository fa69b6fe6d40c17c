"""Producer of the demo in Python.

Reads raw bgr24 frames from standard input straight into the ring of its first
channel, copies them to the others with NumPy, and reports what it sent as one line
of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
import zlib
from typing import Any

import numpy as np

import shmbuf
from shmbuf import frame


class Stopwatch:
    """Adds up where the time goes."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, what: str) -> None:
        """Book the time since the last call."""
        now = time.perf_counter()
        self.spent[what] = self.spent.get(what, 0.0) + now - self._since
        self._since = now


def fill(pixels: memoryview, number: int) -> bool:
    """Read one frame from standard input into `pixels`; false at the end of the input."""
    done = 0
    while done < len(pixels):
        n = os.readv(sys.stdin.fileno(), [pixels[done:]])
        if n == 0:
            if done:
                raise EOFError(f"input ends inside frame {number}, after {done} of {len(pixels)} bytes")
            return False
        done += n
    return True


def produce(channels: list[str], width: int, height: int, rate: str, capacity: int) -> dict[str, Any]:
    """Publish every frame of standard input on every channel."""
    caps = f"video/x-raw,format=BGR,width={width},height={height},framerate={rate}"
    crcs: list[int] = []
    with contextlib.ExitStack() as stack:
        outputs = [
            stack.enter_context(
                shmbuf.create(name, capacity=capacity, alignment=64, content_type=caps, exclusive=True)
            )
            for name in channels
        ]
        watch = Stopwatch()
        while True:
            number = len(crcs)
            frames = [frame.reserve(p, width, height, "bgr24", number=number) for p in outputs]
            watch.lap("waiting for consumers")
            first = frames[0].array
            pixels = first.data.cast("B")
            more = fill(pixels, number)
            if more:
                watch.lap("waiting for the decoder")
                crcs.append(zlib.crc32(pixels))
                watch.lap("hashing")
                for other in frames[1:]:
                    np.copyto(other.array, first)
                watch.lap("copying")
            del first, pixels  # arrays of the ring must be gone before commit
            for reserved in frames:
                if more:
                    reserved.commit()  # stamps the header with CLOCK_MONOTONIC
                else:
                    reserved.abort()
            if not more:
                return {"frames": number, "crc": crcs, "spent": watch.spent}
            watch.lap("publishing")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", required=True, help="channels to create, separated by commas")
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--rate", default="30/1", help="frames per second, as a fraction")
    parser.add_argument("--capacity", type=int, default=1 << 24, help="bytes of each ring")
    args = parser.parse_args()
    try:
        report = produce(args.channels.split(","), args.width, args.height, args.rate, args.capacity)
    except (shmbuf.Error, OSError, EOFError, ValueError) as error:
        sys.exit(f"python producer: {error}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
