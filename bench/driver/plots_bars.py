"""Figures of one case: bars, groups of points, a grid of language pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from matplotlib.figure import Figure

from . import svg
from .model import LIMIT, OURS, Outcome
from .report import Run
from .sizes import VALUES, short
from .summary import Summary

Painter = Callable[[Run, str, str], Optional[Figure]]


def bars(case: str, title: str, unit: str, divisor: float) -> Painter:
    """A painter of one line per contestant, the best on top: bars, or points where they lie far apart."""

    def paint(run: Run, group: str, regime: str) -> Figure | None:
        r = run.by_case().get(case)
        seen = _seen(r.outcomes, r.case.value, regime) if r else []
        if not r or not seen:
            return None
        seen.sort(key=lambda pair: pair[1].median, reverse=not VALUES[r.case.value][2])
        linear = max(s.median for _, s in seen) < 12 * min(s.median for _, s in seen)
        figure, axes = svg.panel(7.6, 0.9 + 0.3 * len(seen))
        for row, (o, s) in enumerate(seen):
            c = o.contestant
            colour = svg.colour(c.key, 0) if c.kind in (OURS, LIMIT) else "#a3adb8"
            median = s.median / divisor
            spread = [[median - s.low / divisor], [s.high / divisor - median]]
            if linear:
                axes.barh(row, median, color=colour, height=0.66)
            else:  # a bar would end anywhere on a logarithmic scale
                axes.plot([median], [row], marker="o", markersize=8, color=colour)
            axes.errorbar(median, row, xerr=spread, color=svg.INK, linewidth=1, capsize=2)
            axes.annotate(
                short(median), (s.high / divisor, row), xytext=(5, 0), textcoords="offset points",
                va="center", fontsize=8,
            )  # fmt: skip
        axes.set_yticks(range(len(seen)), [o.contestant.title for o, _ in seen])
        axes.set_xscale("linear" if linear else "log")
        axes.margins(x=0.12)
        axes.grid(True, axis="x")
        axes.set(xlabel=unit, title=f"{title} ({regime})")
        return figure

    return paint


def grouped(title: str, unit: str) -> Painter:
    """A painter of one group of points per case."""

    def paint(run: Run, group: str, regime: str) -> Figure | None:
        found = [r for r in run.results if r.case.group == group]
        contestants = {o.contestant.key: o.contestant for r in found for o in r.outcomes if o.count(regime)}
        if not contestants:
            return None
        figure, axes = svg.panel(7.6, 3.8)
        width, named = 0.6 / len(contestants), set[str]()
        for i, (key, c) in enumerate(contestants.items()):
            for at, r in enumerate(found):
                o = r.outcome(key)
                s = o.summary(r.case.value, regime) if o else None
                if not s:
                    continue
                x = at + (i - (len(contestants) - 1) / 2) * width
                label = c.title if key not in named else None
                named.add(key)
                axes.plot([x], [s.median], "o", markersize=8, color=svg.colour(key, i), label=label)
                axes.errorbar(
                    x, s.median, yerr=[[s.median - s.low], [s.high - s.median]], color=svg.INK, linewidth=1
                )
        axes.set_yscale("log")
        axes.set_xticks(range(len(found)), [_last_words(r.case.title) for r in found])
        axes.grid(True, axis="y")
        axes.set(ylabel=unit, title=f"{title} ({regime})")
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8)
        return figure

    return paint


def heat(case: str, title: str, divisor: float) -> Painter:
    """A painter of producers down, consumers across."""

    def paint(run: Run, group: str, regime: str) -> Figure | None:
        r = run.by_case().get(case)
        seen = (
            {o.contestant.key: s.median / divisor for o, s in _seen(r.outcomes, r.case.value, regime)}
            if r
            else {}
        )
        if not seen:
            return None
        names = {"go": "Go", "cpp": "C++", "py": "Python"}
        figure, axes = svg.panel(5.0, 3.0)
        top = max(seen.values())
        for y, a in enumerate(names):
            for x, b in enumerate(names):
                value = seen.get(f"{a}-{b}")
                if value is None:
                    continue
                share = value / top
                axes.barh(
                    y, 0.96, left=x - 0.48, height=0.94, color=svg.OURS["go"], alpha=0.12 + 0.55 * share
                )
                axes.text(x, y, short(value), ha="center", va="center", fontsize=12)
        axes.set_xticks(range(3), list(names.values()))
        axes.set_yticks(range(3), list(names.values()))
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set(xlabel="consumer", ylabel="producer", title=f"{title}\n({regime})")
        return figure

    return paint


def _last_words(title: str) -> str:
    """What tells the cases of a group apart: "CPU time, 64 B at 1,000/s"."""
    return title.split("64 B ")[-1]


def _seen(outcomes: list[Outcome], value: str, regime: str) -> list[tuple[Outcome, Summary]]:
    found = ((o, o.summary(value, regime)) for o in outcomes)
    return [(o, s) for o, s in found if s]
