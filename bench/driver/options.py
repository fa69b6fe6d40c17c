"""The command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from .systems import SYSTEMS
from .workers import ROOT


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options; wrong ones end the program with a message."""
    p = argparse.ArgumentParser(
        prog="bench",
        description="Measures shmbuf beside other ways between processes, and judges the targets.",
        epilog="A case or group can be given by the beginning of its name: stream, trip-64, fanout.",
    )
    p.add_argument("--quick", action="store_true", help="fewer cases and samples; nothing goes to docs/")
    p.add_argument("--only", nargs="+", metavar="CASE", default=[], help="only these cases or groups")
    p.add_argument(
        "--systems", nargs="+", metavar="SYSTEM", default=[], help="only these: " + " ".join(SYSTEMS)
    )
    p.add_argument("--samples", type=_positive, help="samples of each contestant (9; quick: 3)")
    p.add_argument("--seconds", type=_positive, help="time for the whole run (1120; quick: 76)")
    p.add_argument("--json", type=Path, metavar="FILE", help="write the JSON there as well")
    p.add_argument("--list", action="store_true", help="name the cases and end")
    p.add_argument("--build", type=Path, default=ROOT / "build" / "bench", help=argparse.SUPPRESS)
    p.add_argument("--sources", type=Path, default=ROOT / "bench", help=argparse.SUPPRESS)
    p.add_argument("--docs", type=Path, default=ROOT / "docs" / "benchmarks", help=argparse.SUPPRESS)
    options = p.parse_args(arguments)
    unknown = [s for s in options.systems if s not in SYSTEMS]
    if unknown:
        p.error(f"no system is called {', '.join(unknown)}; there are {', '.join(SYSTEMS)}")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number
