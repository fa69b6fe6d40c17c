"""Produces or consumes records whose content follows from a seed (../../README.md)."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import Any

import frames
from consume import consume
from produce import produce


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("role", choices=["produce", "consume"])
    p.add_argument("--name", required=True)
    p.add_argument("--layout", choices=["native", "classic"], default="native")
    p.add_argument("--records", default="variable")
    p.add_argument("--count", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--max", type=int, default=256)
    p.add_argument("--capacity", type=int, default=0)
    p.add_argument("--record-count", type=int, default=0)
    p.add_argument("--alignment", type=int, default=0)
    p.add_argument("--start-position", type=int, default=0)
    p.add_argument("--from", type=int, default=0, dest="first")
    p.add_argument("--batch", type=int, default=1)
    p.add_argument("--wait", type=float, default=10)
    p.add_argument("--stop-after", type=int, default=0)
    p.add_argument("--die-after", type=int, default=0)
    p.add_argument("--lengths", default="")
    p.add_argument("--frame", default="")
    p.add_argument("--payload-file", default="")
    for flag in ("in-place", "times", "keep", "await-peer", "kinds", "expect-end", "expect-death", "again"):
        p.add_argument("--" + flag, action="store_true")
    args = p.parse_args()
    args.lengths = [int(n) for n in args.lengths.split(",") if n]
    args.fixed = int(args.records[6:]) if args.records.startswith("fixed:") else 0
    args.total = min([args.count] + [n for n in (args.stop_after, args.die_after) if n])
    args.dies = 0 < args.die_after <= args.count
    return args


def die() -> None:
    """End as a crash does: nothing is closed or flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    args = parse()
    report: dict[str, Any] = {"role": args.role, "records": 0, "bytes": 0, "first": args.first}
    report.update(next=args.first, guards=0, follows=0)
    try:
        if args.frame:
            frames.run(args, report)
        elif args.role == "produce":
            produce(args, report, die)
        else:
            consume(args, report, die)
    except Exception as error:
        kind = type(error).__name__
        print(f"peer: {args.role}, next record {report['next']}: {kind}: {error}", file=sys.stderr)
        return 1
    print(json.dumps({**report, "ok": True}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
