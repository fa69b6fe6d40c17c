"""Takes the samples of a case: ours and the peers' in turn, a calibration between each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from . import regimes
from .budget import Budget
from .model import Case, Contestant, Outcome, Result, Sample, covered
from .trouble import Failed, Refused
from .work import Lab

PROBES = 3  # at most, until a sample is long enough to judge by
STRANGE = (KeyError, TypeError, ValueError, ZeroDivisionError)  # results that make no sense


class Room(Lab, Protocol):
    """Runs processes, names samples, calibrates."""

    def name(self) -> str:
        """A new name."""

    def calibrate(self) -> float:
        """Nanoseconds of a round trip between two flags."""


@dataclass(frozen=True)
class Plan:
    """How much to measure."""

    samples: int
    seconds: float  # of each sample
    attempts: int = 2  # times the samples, at most, when the regime keeps changing


class Sampler:
    """Works through cases."""

    def __init__(
        self, room: Room, plan: Plan, budget: Budget, progress: Callable[[Case, Contestant, int], None]
    ) -> None:
        self._room, self._plan, self._budget = room, plan, budget
        self._progress = progress

    def run(self, case: Case, until: float, absent: Mapping[str, str]) -> Result:
        """All samples of a case, as far as they can be had until that moment of the budget.

        Contestants that are absent only tell the reason.
        """
        result = Result(case, [Outcome(c, refused=absent.get(c.key, "")) for c in case.contestants])
        for o in result.outcomes:
            if o.refused:
                continue
            if self._budget.spent() >= until:
                o.cut = "not tried, the time was over"
                continue
            self._progress(case, o.contestant, 0)
            self._tune(o)
        self._rounds(result, until)
        return result

    def _wanted(self, case: Case) -> int:
        return min(self._plan.samples, case.most or self._plan.samples)

    def _tune(self, o: Outcome) -> None:
        """Find the amount that makes a sample as long as wanted, and warm everything up."""
        work = o.contestant.work
        o.amount = work.first()
        for _ in range(0 if work.fixed else PROBES):
            values = self._try(o, self._room.name())
            if values is None:
                return
            took = work.seconds(values, o.amount)
            o.amount = work.next(values, o.amount, self._plan.seconds)
            if took > self._plan.seconds / 10:
                return

    def _try(self, o: Outcome, name: str) -> dict[str, float] | None:
        """One sample, or None and the reason noted."""
        try:
            return o.contestant.work.sample(self._room, name, o.amount, 10 * self._plan.seconds)
        except Refused as reason:
            o.refused = str(reason)
        except Failed as reason:
            o.failures.append(str(reason))
        except STRANGE as reason:
            o.failures.append(f"its result makes no sense: {type(reason).__name__} {reason}")
        return None

    def _rounds(self, result: Result, until: float) -> None:
        case, wanted = result.case, self._wanted(result.case)
        taking = [o for o in result.outcomes if o.active and not o.cut]
        before = self._room.calibrate() if taking else 0.0
        for _ in range(wanted * self._plan.attempts):
            open_ = still_open(taking, wanted)
            if not open_:
                return
            for o in open_:
                if self._budget.spent() >= until:
                    mark_cut(taking, wanted, "the time was over")
                    return
                self._progress(case, o.contestant, sum(o.counts().values()))
                before = self._sample(case, o, before)
        mark_cut(taking, wanted, "the regime kept changing")

    def _sample(self, case: Case, o: Outcome, before: float) -> float:
        """Take one sample; returns the calibration after it."""
        at, amount, name = self._budget.spent(), o.amount, self._room.name()
        values = self._try(o, name)
        took = self._budget.spent() - at
        after = self._room.calibrate()
        if values is None:
            return after
        if case.bound and "p50" in values:
            values["to_c2c"] = values["p50"] / ((before + after) / 2)
        crosses = case.bound and o.contestant.work.crosses
        where = regimes.during(before, after) if crosses else regimes.ANY
        o.samples.append(Sample(name, at, took, amount, values, before, after, where))
        self._follow(o, values)
        return after

    def _follow(self, o: Outcome, values: dict[str, float]) -> None:
        """A regime that changed may ask for another amount."""
        if o.contestant.work.fixed:
            return
        took = o.contestant.work.seconds(values, o.amount)
        if not self._plan.seconds / 2 <= took <= self._plan.seconds * 2:
            o.amount = o.contestant.work.next(values, o.amount, self._plan.seconds)


def still_open(outcomes: list[Outcome], wanted: int) -> list[Outcome]:
    """Those that need more samples in the regime that is nearest to being complete."""
    active = [o for o in outcomes if o.active]
    order = covered(active, wanted)
    if not order:
        return active
    return [o for o in active if o.count(order[0]) < wanted]


def mark_cut(outcomes: list[Outcome], wanted: int, why: str) -> None:
    """Note who has fewer samples than wanted."""
    order = covered(outcomes, wanted)
    for o in still_open(outcomes, wanted):
        o.cut = f"{o.count(order[0]) if order else 0} of {wanted} samples, {why}"
