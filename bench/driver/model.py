"""What is measured: cases, their contestants, and what came out of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .regimes import ANY, NAMES
from .summary import Summary, summary
from .work import Work

OURS, PEER, LIMIT = "ours", "peer", "limit"
FAILURES = 2  # after so many a contestant is given up for the case


@dataclass(frozen=True)
class Contestant:
    """One system, or pair of them, that does the work of a case."""

    key: str
    title: str
    kind: str  # OURS, PEER or LIMIT
    work: Work
    systems: tuple[str, ...] = ()  # keys of the systems that take part


@dataclass(frozen=True)
class Case:
    """Contestants whose samples alternate."""

    key: str
    title: str
    group: str
    value: str  # the figure of the case among those of a sample
    contestants: tuple[Contestant, ...]
    limit: str = ""  # the contestant that shows what the machine can do
    size: int = 0
    bound: bool = True  # depends on where the processors are
    most: int = 0  # samples, if fewer than those of the run are enough


@dataclass
class Sample:
    """One measurement with its calibrations."""

    name: str
    at: float  # seconds since the start of the run
    took: float
    amount: int
    values: dict[str, float]
    before: float
    after: float
    regime: str | None  # None: changed meanwhile, dropped


@dataclass
class Outcome:
    """A contestant in a case: its samples, or why there are none."""

    contestant: Contestant
    samples: list[Sample] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    refused: str = ""  # missing, or cannot do this case
    cut: str = ""
    amount: int = 0

    @property
    def active(self) -> bool:
        """Whether it goes on taking samples."""
        return not self.refused and len(self.failures) < FAILURES

    @property
    def dropped(self) -> int:
        """Samples thrown away because the regime changed."""
        return sum(s.regime is None for s in self.samples)

    def counts(self) -> Counter[str]:
        """Samples that count, per regime."""
        return Counter(s.regime for s in self.samples if s.regime is not None)

    def count(self, regime: str) -> int:
        """Samples that count in a regime; what crosses nothing counts in each."""
        found = self.counts()
        return sum(found[name] for name in {regime, ANY})

    def summary(self, value: str, regime: str) -> Summary | None:
        """Summary of a value in a regime, likewise."""
        found = self.summaries(value)
        return found.get(regime) or found.get(ANY)

    def summaries(self, value: str) -> dict[str, Summary]:
        """Summaries of a value per regime."""
        found: dict[str, list[float]] = {}
        for s in self.samples:
            if s.regime is not None and value in s.values:
                found.setdefault(s.regime, []).append(s.values[value])
        return {regime: summary(values) for regime, values in found.items()}


@dataclass
class Result:
    """A case and what became of it."""

    case: Case
    outcomes: list[Outcome]

    def outcome(self, key: str) -> Outcome | None:
        """The outcome of a contestant."""
        return next((o for o in self.outcomes if o.contestant.key == key), None)

    def regimes(self) -> list[str]:
        """The regimes in which there are samples, the best covered first."""
        return covered([o for o in self.outcomes if o.samples])


def covered(outcomes: Sequence[Outcome], enough: int = 1 << 30) -> list[str]:
    """Regimes by how much of what is wanted they hold, the fullest first."""
    total: Counter[str] = Counter()
    for o in outcomes:
        for regime, count in o.counts().items():
            total[regime] += min(count, enough)
    if len(total) > 1:
        del total[ANY]  # belongs to each of the others
    place = {name: i for i, name in enumerate(NAMES)}
    return sorted(total, key=lambda name: (-total[name], place.get(name, len(place))))
