"""bgr24 frames: frame i shows the file's picture rotated by 7·i bytes."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
from produce import PATIENCE, create

import shmbuf
from shmbuf import frame


def run(args: Namespace, report: dict[str, Any]) -> None:
    width, height = (int(n) for n in args.frame.split("x"))
    picture = np.frombuffer(Path(args.payload_file).read_bytes(), np.uint8)
    pictures = [
        np.roll(picture, -7 * i).reshape(height, width, 3) for i in range(args.first, args.first + args.count)
    ]
    if args.role == "produce":
        caps = f"video/x-raw,format=BGR,width={width},height={height},framerate=30/1"
        with create(args, caps) as p:
            for i, pixels in enumerate(pictures, args.first):
                frame.write(p, pixels, pixel_format="bgr24", timestamp=1000 * i, number=i, timeout=PATIENCE)
                count(report, pixels.nbytes)
        return
    with shmbuf.open(args.name, wait=args.wait) as c:
        for i, pixels in enumerate(pictures, args.first):
            with frame.peek(c, timeout=PATIENCE) as got:
                want = frame.FrameHeader(width, height, "bgr24", 3 * width, 1000 * i, i)
                if got.header != want:
                    raise AssertionError(f"header {got.header}, want {want}")
                if not np.array_equal(got.array, pixels):
                    raise AssertionError("pixels differ")
            count(report, pixels.nbytes)
        try:
            c.read(PATIENCE)
        except shmbuf.EndOfStream:
            return
        raise AssertionError("a record after the last frame, want the end of the stream")


def count(report: dict[str, Any], size: int) -> None:
    report["next"] += 1
    report["records"] += 1
    report["bytes"] += size
