"""Consumer of the demo in Python, with NumPy and OpenCV.

Hashes every frame where it lies in the ring, shrinks some of them for the contact
sheet, and reports what it saw as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

import shmbuf
from shmbuf import frame

THUMB_WIDTH = 960


def shrink(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Make a thumbnail of a frame in the ring; the result is OpenCV's own memory."""
    height = round(picture.shape[0] * THUMB_WIDTH / picture.shape[1])
    return np.asarray(cv2.resize(picture, (THUMB_WIDTH, height), interpolation=cv2.INTER_AREA))


def consume(channel: str, wanted: set[int]) -> tuple[dict[str, Any], dict[int, np.ndarray[Any, Any]]]:
    """Look at every frame of the channel until its producer closes it."""
    crcs: list[int] = []
    latency: list[int] = []
    waiting = hashing = 0
    first = last = 0
    thumbs: dict[int, np.ndarray[Any, Any]] = {}
    with shmbuf.open(channel, wait=30) as consumer:
        while True:
            before = time.monotonic_ns()
            try:
                got = frame.peek(consumer)
            except shmbuf.EndOfStream:
                break
            now = time.monotonic_ns()
            with got:
                number = got.header.number
                if number != len(crcs):
                    raise ValueError(f"channel {channel}: frame {number} arrived where {len(crcs)} was due")
                latency.append(now - got.header.timestamp)
                picture = got.array
                crcs.append(zlib.crc32(picture.data))
                hashed = time.monotonic_ns()
                if number in wanted:
                    thumbs[number] = shrink(picture)
                del picture  # arrays of the ring must be gone before it is released
            first, last = first or now, now
            waiting += now - before
            hashing += hashed - now
    spent = {"waiting for frames": waiting / 1e9, "hashing": hashing / 1e9}
    seconds = (last - first) / 1e9
    report = {"frames": len(crcs), "crc": crcs, "latency": latency, "seconds": seconds, "spent": spent}
    return report, thumbs


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channel", required=True)
    parser.add_argument("--thumbs", type=Path, help="directory for thumbnails")
    parser.add_argument("--thumb-numbers", default="", help="frames to shrink, separated by commas")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    wanted = {int(n) for n in args.thumb_numbers.split(",") if n}
    try:
        report, thumbs = consume(args.channel, wanted)
    except (shmbuf.Error, OSError, ValueError) as error:
        sys.exit(f"python consumer: {error}")
    for number, picture in thumbs.items():
        cv2.imwrite(str(args.thumbs / f"{number:06d}.png"), picture)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
