"""Figures over a size: one line per contestant."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from . import svg
from .model import LIMIT, OURS, Case
from .report import Run
from .sizes import size_name


def lines(title: str, across: str, up: str) -> Callable[[Run, str, str], Figure | None]:
    """A painter of lines over the sizes of a group's cases."""

    def paint(run: Run, group: str, regime: str) -> Figure | None:
        found = [r for r in run.results if r.case.group == group and r.case.key.startswith(group)]
        cases = sorted((r.case for r in found), key=lambda case: case.size)
        series = _series(run, cases, regime)
        if not series:
            return None
        figure, axes = svg.panel(7.6, 4.6)
        number = 0
        for (key, label, kind), points in series.items():
            colour = svg.colour(key, number)
            number += kind not in (OURS, LIMIT)
            sizes = [float(p[0]) for p in points]
            strong = 2.2 if kind == OURS else 1.2
            style = "--" if kind == LIMIT else "-"
            axes.plot(
                sizes, [p[1] for p in points], style, color=colour, linewidth=strong,
                marker="o", markersize=strong + 1.5, label=label,
            )  # fmt: skip
            axes.fill_between(
                sizes, [p[2] for p in points], [p[3] for p in points], color=colour, alpha=0.15, linewidth=0
            )
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        ticks = sorted({case.size for case in cases})
        names = [size_name(t) if "size" in across else str(t) for t in ticks]
        axes.set_xticks([float(t) for t in ticks], names, rotation=30 if len(ticks) > 5 else 0)
        axes.minorticks_off()
        axes.grid(True, axis="y")
        axes.set(xlabel=across, ylabel=up, title=f"{title} ({regime})")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
        return figure

    return paint


Points = list[tuple[int, float, float, float]]


def _series(run: Run, cases: list[Case], regime: str) -> dict[tuple[str, str, str], Points]:
    """Points by contestant: size, median, quartiles."""
    results = run.by_case()
    found: dict[tuple[str, str, str], Points] = {}
    for case in cases:
        for o in results[case.key].outcomes:
            s = o.summary(case.value, regime)
            if s:
                c = o.contestant
                label = "memcpy" if c.key == "memcpy" else c.title
                found.setdefault((c.key, label, c.kind), []).append((case.size, s.median, s.low, s.high))
    return found
