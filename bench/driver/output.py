"""Where the results of a run go."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from . import plots, report, tables
from .report import Run


def write(run: Run, asked: Namespace) -> None:
    """Print the targets; write JSON, tables and plots.

    Only a whole full run replaces the published results.
    """
    whole = not (asked.quick or asked.only or asked.systems or asked.samples or asked.seconds or run.stopped)
    where: Path = asked.docs if whole else asked.build / "results"
    where.mkdir(parents=True, exist_ok=True)
    report.write(run, where / "results.json")
    print(tables.closing(run))
    for path in where.glob("*.svg"):
        path.unlink()
    pictures = plots.draw(run, where)
    (where / "results.md").write_text(tables.page(run, pictures))
    print(f"\nwritten: {where}/results.md, results.json and {len(pictures)} plots")
    if asked.json:
        report.write(run, asked.json)
        print(f"written: {asked.json}")
