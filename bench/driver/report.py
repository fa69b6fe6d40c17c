"""The run as data: everything that the tables and plots are made from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .model import Outcome, Result, Sample
from .verdicts import Verdict

FORMAT = 1


@dataclass
class Run:
    """A whole run."""

    mode: str
    started: str
    seconds: float
    wanted: int  # samples
    sample_seconds: float
    machine: dict[str, str]
    versions: dict[str, str]
    missing: dict[str, str]
    results: list[Result] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)  # cases for which no time was left
    stopped: bool = False  # by Ctrl-C

    def by_case(self) -> dict[str, Result]:
        """Results by the key of their case."""
        return {r.case.key: r for r in self.results}


def data(run: Run) -> dict[str, Any]:
    """The JSON of a run."""
    plain = ("mode", "started", "seconds", "wanted", "sample_seconds", "machine", "versions", "missing")
    return {
        "format": FORMAT,
        **{key: getattr(run, key) for key in plain},
        "stopped": run.stopped,
        "skipped": run.skipped,
        "targets": [verdict(v) for v in run.verdicts],
        "cases": [case(r) for r in run.results],
    }


def verdict(v: Verdict) -> dict[str, Any]:
    """A row of the table of targets."""
    row: dict[str, Any] = {"row": v.target.row, "target": v.target.words, "regime": v.regime, "met": v.met}
    if v.met is None:
        return {**row, "why": v.why}
    by = round(v.by, 4) if v.by != float("inf") else None
    return {
        **row, "figure": v.figure, "bound": v.bound, "value": v.value, "samples": v.samples,
        "against": v.against, "figure_to_bound": by,
    }  # fmt: skip


def case(r: Result) -> dict[str, Any]:
    """A case with its contestants."""
    c = r.case
    return {
        "case": c.key, "title": c.title, "value": c.value, "limit": c.limit, "size": c.size,
        "contestants": [outcome(o) for o in r.outcomes],
    }  # fmt: skip


def outcome(o: Outcome) -> dict[str, Any]:
    """A contestant: summaries of each value per regime, all samples, and what went wrong."""
    found: dict[str, Any] = {
        "contestant": o.contestant.key,
        "title": o.contestant.title,
        "kind": o.contestant.kind,
    }
    trouble = {"refused": o.refused, "failures": o.failures, "cut": o.cut, "dropped": o.dropped}
    found.update({key: value for key, value in trouble.items() if value})
    if o.samples:
        # One command line stands for all: {name} and {amount} are those of the sample.
        values = sorted({value for s in o.samples for value in s.values})
        found["summaries"] = {
            value: {regime: _rounded(dataclasses.asdict(s)) for regime, s in o.summaries(value).items()}
            for value in values
        }
        found["samples"] = [sample(o, s) for s in o.samples]
    return found


def sample(o: Outcome, s: Sample) -> dict[str, Any]:
    """A sample with its calibrations and commands."""
    return {
        "at": round(s.at, 3), "took": round(s.took, 3), "regime": s.regime, "kept": s.regime is not None,
        "before_ns": round(s.before, 2), "after_ns": round(s.after, 2), "amount": s.amount,
        "values": _rounded(s.values),
        "commands": [str(p) for p in o.contestant.work.processes(s.name, s.amount)],
    }  # fmt: skip


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {
        key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in values.items()
    }


def write(run: Run, path: Path) -> None:
    """Write the JSON: one sample per line, so that a difference between runs can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_lines(data(run), 0)) + "\n")


def _lines(thing: Any, depth: int) -> Iterator[str]:
    """JSON that breaks lines down to the samples and no further."""
    pad = " " * (depth + 1)
    deep = isinstance(thing, (dict, list)) and any(isinstance(v, (dict, list)) for v in _values(thing))
    if not deep or (isinstance(thing, dict) and "before_ns" in thing):
        yield json.dumps(thing, ensure_ascii=False)
        return
    keys = [json.dumps(k) + ": " for k in thing] if isinstance(thing, dict) else [""] * len(thing)
    yield "{\n" if isinstance(thing, dict) else "[\n"
    for i, (key, value) in enumerate(zip(keys, _values(thing))):
        yield (",\n" if i else "") + pad + key
        yield from _lines(value, depth + 1)
    yield "\n" + " " * depth + ("}" if isinstance(thing, dict) else "]")


def _values(thing: Any) -> Iterable[Any]:
    return thing.values() if isinstance(thing, dict) else thing
