"""Judges figures against bounds, per regime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Outcome, Result
from .sizes import VALUES
from .summary import Summary

NOT_ASKED = "not part of this run"
Results = Mapping[str, Result]  # by the key of the case


@dataclass(frozen=True)
class Figure:
    """The median of one value of one contestant in one case."""

    case: str
    contestant: str
    value: str

    def summary(self, results: Results, regime: str) -> Summary | None:
        """Its samples in a regime; what crosses nothing counts in each."""
        outcome = _outcome(results, self.case, self.contestant)
        return outcome.summary(self.value, regime) if outcome else None


def _outcome(results: Results, case: str, contestant: str) -> Outcome | None:
    return results[case].outcome(contestant) if case in results else None


@dataclass(frozen=True)
class Bound:
    """What a figure must reach: a factor of other contestants' best, or a number.

    Others are contestants of the same case and value; their best is what counts. Where
    there are none, the factor is the number itself.
    """

    figure: Figure
    factor: float
    others: tuple[str, ...] = ()
    strict: bool = False  # reaching it exactly is not enough

    @property
    def more(self) -> bool:
        """Whether more is better."""
        return VALUES[self.figure.value][2]


@dataclass(frozen=True)
class Target:
    """A row of the table; any of its alternatives will do."""

    row: str
    words: str  # the bound in words
    bounds: tuple[Bound, ...]


@dataclass(frozen=True)
class Verdict:
    """How a target was met in one regime."""

    target: Target
    regime: str
    met: bool | None  # None: not measured
    figure: float = 0.0
    bound: float = 0.0
    value: str = ""
    samples: int = 0
    against: str = ""  # whose figure the bound is
    why: str = ""

    @property
    def by(self) -> float:
        """Figure over bound where more is better, else bound over figure: 1 is just met."""
        top, bottom = (self.figure, self.bound) if VALUES[self.value][2] else (self.bound, self.figure)
        return top / bottom if bottom else (1.0 if top == bottom else float("inf"))


def judge(target: Target, results: Results) -> list[Verdict]:
    """One verdict per regime in which the figure was measured; one that says why not, else."""
    seen = {regime for b in target.bounds for regime in _regimes(b.figure, results)}
    if not seen:
        return [Verdict(target, "", None, why=_why(target, results))]
    order = sorted(seen, key=lambda r: -_weight(target, results, r))
    return [_best([_one(target, b, results, regime) for b in target.bounds]) for regime in order]


def _regimes(figure: Figure, results: Results) -> list[str]:
    outcome = _outcome(results, figure.case, figure.contestant)
    return list(outcome.summaries(figure.value)) if outcome else []


def _weight(target: Target, results: Results, regime: str) -> int:
    found = (b.figure.summary(results, regime) for b in target.bounds)
    return sum(s.samples for s in found if s)


def _one(target: Target, bound: Bound, results: Results, regime: str) -> Verdict:
    figure = bound.figure.summary(results, regime)
    if figure is None:
        return Verdict(target, regime, None, why="no sample of ours in this regime")
    limit, against = bound.factor, ""
    if bound.others:
        best = _best_of(bound, results, regime)
        if best is None:
            return Verdict(
                target, regime, None, figure.median, 0.0, bound.figure.value, figure.samples,
                why="no sample to compare with in this regime",
            )  # fmt: skip
        limit, against = bound.factor * best[0], best[1]
    better = figure.median > limit if bound.more else figure.median < limit
    met = better or (figure.median == limit and not bound.strict)
    return Verdict(target, regime, met, figure.median, limit, bound.figure.value, figure.samples, against)


def _best_of(bound: Bound, results: Results, regime: str) -> tuple[float, str] | None:
    found = []
    for key in bound.others:
        theirs = Figure(bound.figure.case, key, bound.figure.value).summary(results, regime)
        outcome = _outcome(results, bound.figure.case, key)
        if theirs and outcome:
            found.append((theirs.median, outcome.contestant.title))
    return (max(found) if bound.more else min(found)) if found else None


def _best(verdicts: list[Verdict]) -> Verdict:
    """Of alternatives, the one that is met, or nearest."""
    judged = [v for v in verdicts if v.met is not None]
    return max(judged, key=lambda v: v.by) if judged else verdicts[0]


def _why(target: Target, results: Results) -> str:
    for b in target.bounds:
        outcome = _outcome(results, b.figure.case, b.figure.contestant)
        if outcome and (outcome.refused or outcome.failures or outcome.cut):
            return outcome.refused or "; ".join(outcome.failures) or outcome.cut
    return NOT_ASKED
