"""The long tables: every contestant in every regime, and who is not there."""

from __future__ import annotations

from . import regimes
from .model import Outcome, Result
from .report import Run
from .sizes import VALUES, scale, short
from .summary import Summary
from .systems import SYSTEMS

TAILS = ("p90", "p99", "p999", "max", "mean", "to_c2c")
MORE = {"stream": ("bandwidth",), "frames": ("bandwidth",), "idle": ("wakes",), "open": ("create", "open"),
        "trip": TAILS, "wake": TAILS[:-1], "paced": ("rate",), "fanout": ("deliveries",)}  # fmt: skip


def details(run: Run) -> str:
    """All cases, folded."""
    parts = []
    for r in run.results:
        lines = [line for o in r.outcomes for line in _rows(r, o)]
        if lines:
            parts += [
                f"<details><summary>{r.case.key}: {r.case.title}</summary>\n",
                _head(r),
                *lines,
                "\n</details>\n",
            ]
    return "\n".join(parts)


def _scale(r: Result) -> tuple[str, float]:
    """One unit for the whole table."""
    medians = [s.median for o in r.outcomes for s in o.summaries(r.case.value).values()]
    return scale(r.case.value, max(medians, default=0.0))


def _head(r: Result) -> str:
    unit, _ = _scale(r)
    more = [f"{v} {VALUES[v][0]}" for v in MORE.get(r.case.group, ())]
    limit = ["to the limit"] if r.case.limit else []
    head = ["", "regime", f"median {unit}", "quartiles", "least to most", *limit, "samples", "dropped", *more]
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (head, ["---"] * 2 + ["---:"] * (len(head) - 2))
    )


def _rows(r: Result, o: Outcome) -> list[str]:
    found = o.summaries(r.case.value)
    lines = []
    for regime in sorted(found, key=regimes.order):
        s = found[regime]
        _, divisor = _scale(r)

        def n(number: float, by: float = divisor) -> str:
            return short(number / by)

        cells = [
            o.contestant.title,
            regime,
            n(s.median),
            f"{n(s.low)} to {n(s.high)}",
            f"{n(s.least)} to {n(s.most)}",
        ]
        if r.case.limit:
            cells.append(_ratio(r, s, regime))
        cells += [str(s.samples), str(o.dropped or "")]
        for value in MORE.get(r.case.group, ()):
            other = o.summaries(value).get(regime)
            cells.append(short(other.median / VALUES[value][1]) if other else "")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _ratio(r: Result, s: Summary, regime: str) -> str:
    limit = r.outcome(r.case.limit)
    theirs = limit.summary(r.case.value, regime) if limit else None
    return f"{short(s.median / theirs.median)} x" if theirs and theirs.median else ""


def left_out(run: Run) -> str:
    """Missing systems, cases that somebody cannot do, failures, and what the time did not allow."""
    lines = [f"- {SYSTEMS[key].title}: {reason}" for key, reason in run.missing.items()]
    for r in run.results:
        for o in r.outcomes:
            lines += [f"- {r.case.key}, {o.contestant.title}: {words}" for words in _troubles(run, o)]
        cut = [f"{o.contestant.title} {o.cut}" for o in r.outcomes if o.cut]
        lines += [f"- {r.case.key}, incomplete: {'; '.join(cut)}"] if cut else []
    lines += [f"- {key}: no time was left for this case" for key in run.skipped]
    dropped = sum(o.dropped for r in run.results for o in r.outcomes)
    kept = sum(sum(o.counts().values()) for r in run.results for o in r.outcomes)
    lines.append(f"- {dropped} of {dropped + kept} samples: the regime changed meanwhile, they were dropped")
    return "\n".join(lines) + "\n"


def _troubles(run: Run, o: Outcome) -> list[str]:
    if o.refused in run.missing.values():
        return []
    words = [f"cannot do it: {o.refused}"] if o.refused else []
    words += [f"failed: {' '.join(reason.split())}" for reason in o.failures]
    return words
