"""Stage benchmark: 64-byte records between two processes, in one run.

A classic ring written plainly in C++ (stage.cpp) against Go's Write and Read, samples
alternating, and Python to Python. Before and after each sample two flags play
ping-pong between two processes: the round trip names the regime (the virtual processors
of a machine move), and a sample during which the regime changed is thrown away.

    stage.py --cpp build/conformance/stage --go PATH --python PATH [--samples 9] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROUNDS = 100_000


@dataclass
class Contestant:
    title: str
    command: list[str]
    count: int
    regimes: dict[str, list[float]] = field(default_factory=dict)  # records per second
    dropped: int = 0


def regime(nanoseconds: float) -> str:
    for limit, name in ((85, "one core"), (260, "one cache complex"), (2000, "far apart")):
        if nanoseconds < limit:
            return name
    return "sharing a processor"


def calibrate(cpp: str) -> float:
    done = subprocess.run(
        [cpp, "pingpong", str(ROUNDS)], check=True, capture_output=True, text=True, timeout=120
    )
    return float(done.stdout)


def sample(c: Contestant, name: str) -> float:
    """Records per second, from the first record read to the last."""
    tail = [name, str(c.count)]
    with subprocess.Popen([*c.command, "consume", *tail], stdout=subprocess.PIPE, text=True) as consumer:
        try:
            subprocess.run([*c.command, "produce", *tail], check=True, timeout=120)
            out, _ = consumer.communicate(timeout=120)
        finally:
            consumer.kill()  # has ended, unless something failed
            Path("/dev/shm", name).unlink(missing_ok=True)
    if consumer.returncode != 0:
        raise RuntimeError(f"{c.title}: the consumer failed")
    return (c.count - 1) / float(out)


def run(cpp: str, contestants: list[Contestant], samples: int) -> list[float]:
    trips: list[float] = []
    before = calibrate(cpp)
    for number in range(2 * samples):
        for c in contestants:
            if sum(map(len, c.regimes.values())) == samples:
                continue
            rate = sample(c, f"stage.{os.getpid()}.{number}")
            after = calibrate(cpp)
            trips.append(after)
            if regime(before) == regime(after):
                c.regimes.setdefault(regime(after), []).append(rate)
            else:
                c.dropped += 1
            before = after
    return trips


def table(contestants: list[Contestant]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    base = contestants[0]
    for c in contestants:
        for name, rates in sorted(c.regimes.items()):
            median = statistics.median(rates)
            against = base.regimes.get(name)
            row = {
                "what": c.title, "regime": name, "samples": len(rates), "dropped": c.dropped,
                "median": median, "least": min(rates), "most": max(rates),
                "ratio": median / statistics.median(against) if against else None,
            }  # fmt: skip
            rows.append(row)
    return rows


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cpp", required=True, help="the program made from stage.cpp")
    p.add_argument("--go", default="", help="the program made from stage/go")
    p.add_argument("--python", default="", help="a Python with the shmbuf package")
    p.add_argument("--samples", type=int, default=9)
    p.add_argument("--json", default="", help="also write the table there")
    args = p.parse_args()
    contestants = [Contestant("classic ring, plain C++", [args.cpp], 5_000_000)]
    if args.go:
        contestants.append(Contestant("Go Write / Read", [args.go], 5_000_000))
    pair = str(Path(__file__).with_name("pair.py"))
    if args.python:
        contestants.append(Contestant("Python batches", [args.python, pair, "batch"], 512 * 4000))
        contestants.append(Contestant("Python write / iterate", [args.python, pair, "single"], 512 * 4000))
    trips = run(args.cpp, contestants, args.samples)
    rows = table(contestants)
    trip = statistics.median(trips)
    print(f"64-byte records between two processes; two flags: median {trip:.0f} ns round trip")
    print(f"{'':28}{'regime':22}{'samples':>8}{'M/s median':>12}{'least':>9}{'most':>9}{'ratio':>8}")
    for r in rows:
        ratio = f"{r['ratio']:.2f}" if r["ratio"] else "-"
        rates = f"{r['median'] / 1e6:>12.2f}{r['least'] / 1e6:>9.2f}{r['most'] / 1e6:>9.2f}"
        print(f"{r['what']:28}{r['regime']:22}{r['samples']:>8}{rates}{ratio:>8}")
    dropped = sum(c.dropped for c in contestants)
    if dropped:
        print(f"{dropped} samples dropped: the regime changed meanwhile")
    if args.json:
        Path(args.json).write_text(json.dumps({"round_trip_ns": trips, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
