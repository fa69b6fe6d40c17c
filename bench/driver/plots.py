"""The plots: medians with quartiles, in the regime with the most samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Optional

import matplotlib
from matplotlib.figure import Figure

from . import svg
from .plots_bars import bars, grouped, heat
from .plots_lines import lines
from .report import Run
from .tables import leading


def draw(run: Run, where: Path) -> dict[str, str]:
    """Draw every group that has figures; file names by group."""
    made = {}
    with matplotlib.rc_context(svg.STYLE):
        for group, (name, painter) in PAINTERS.items():
            order = leading(run, group)
            figure = painter(run, group, order[0]) if order else None
            if figure is not None:
                svg.save(figure, where / name)
                made[group] = name
    return made


Painter = Callable[[Run, str, str], Optional[Figure]]
PAINTERS: dict[str, tuple[str, Painter]] = {
    "stream": (
        "throughput.svg",
        lines("Messages a second by size, copying", "size of a message", "messages/s"),
    ),
    "place": (
        "in-place.svg",
        lines("Messages a second by size, in place", "size of a message", "messages/s"),
    ),
    "trip": ("round-trips.svg", bars("trip-64", "Round trip of 64 B, spinning", "µs", 1e3)),
    "wake": ("wake.svg", bars("wake-64", "Round trip of 64 B, both sides asleep", "µs", 1e3)),
    "batch": ("batches.svg", bars("runs-64", "Fixed-size 64 B records in runs", "million records/s", 1e6)),
    "pairs": ("language-pairs.svg", heat("pairs-64", "64 B messages between languages, million/s", 1e6)),
    "fanout": ("fan-out.svg", lines("Messages to several channels, 64 B", "channels", "messages/s")),
    "paced": ("cpu.svg", grouped("CPU time of both sides, 64 B", "seconds per million messages")),
}
