"""Samples of waiters: they sleep side by side, so many can be watched at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import regimes
from .budget import Budget
from .idle import Idle, Waiter, watch
from .model import Case, Contestant, Outcome, Result, Sample
from .trouble import Failed, Refused
from .workers import Workers

ABREAST = 3  # samples of one contestant at the same time
LOUD = 20.0  # per cent of a processor: who uses so much is watched alone
ALONE = 3  # samples of the loud, who need the time for themselves


class IdleSampler:
    """Works through one case of waiters."""

    def __init__(
        self,
        workers: Workers,
        samples: int,
        budget: Budget,
        progress: Callable[[Case, Contestant, int], None],
    ) -> None:
        self._workers, self._samples, self._budget = workers, samples, budget
        self._progress = progress

    def run(self, case: Case, until: float, absent: Mapping[str, str]) -> Result:
        """All samples; the loud ones alone, since they would take the processors from each other."""
        result = Result(case, [Outcome(c, refused=absent.get(c.key, "")) for c in case.contestants])
        quiet, loud = [o for o in result.outcomes if o.active], list[Outcome]()
        while quiet and self._budget.spent() < until:
            self._round(case, quiet, min(ABREAST, self._samples))
            for o in quiet:
                if any(s.values["cpu"] > LOUD for s in o.samples):
                    o.samples.clear()
                    loud.append(o)
            quiet = [o for o in quiet if o not in loud and self._open(o, self._samples)]
        wanted = min(ALONE, self._samples)
        for o in loud:
            while self._open(o, wanted) and self._budget.spent() < until:
                self._round(case, [o], 1)
        for o in result.outcomes:
            want = wanted if o in loud else self._samples
            if self._open(o, want):
                o.cut = f"{len(o.samples)} of {want} samples, the time was over"
        return result

    @staticmethod
    def _open(o: Outcome, wanted: int) -> bool:
        return o.active and len(o.samples) < wanted

    def _round(self, case: Case, outcomes: list[Outcome], copies: int) -> None:
        """Watch some waiters of each contestant over one span."""
        at, before = self._budget.spent(), self._workers.calibrate()
        waiting: list[tuple[Outcome, Waiter]] = []
        try:
            for o in outcomes:
                self._progress(case, o.contestant, len(o.samples))
                waiting += self._start(o, copies)
            span = max((w.work.span for _, w in waiting), default=0.0)
            seen = self._watch(waiting, span)
        finally:
            for _, w in waiting:
                w.end()
        after = self._workers.calibrate()
        for (o, w), values in zip(waiting, seen):
            took = self._budget.spent() - at
            o.samples.append(Sample(w.name, at, took, int(span), values, before, after, regimes.ANY))

    def _start(self, o: Outcome, copies: int) -> list[tuple[Outcome, Waiter]]:
        work = o.contestant.work
        assert isinstance(work, Idle)
        started: list[Waiter] = []
        try:
            for _ in range(copies):
                started.append(Waiter(self._workers, work))
                started[-1].ready()
        except (Refused, Failed) as reason:
            for w in started:
                w.end()
            self._note(o, reason)
            return []
        return [(o, w) for w in started]

    def _watch(self, waiting: list[tuple[Outcome, Waiter]], span: float) -> list[dict[str, float]]:
        """One that ends by itself spoils the round for all, but only once."""
        if not waiting:
            return []
        try:
            return watch([w for _, w in waiting], span)
        except (Refused, Failed, OSError) as reason:
            guilty = [o for o, w in waiting if w.gone()]
            for o in guilty or [waiting[0][0]]:
                self._note(o, reason)
            return []

    @staticmethod
    def _note(o: Outcome, reason: Exception) -> None:
        if isinstance(reason, Refused):
            o.refused = str(reason)
        else:
            o.failures.append(str(reason))
