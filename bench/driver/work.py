"""Work: what the processes of one sample are told, and what their results mean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

Results = dict[str, dict[str, Any]]  # by role: the line that a worker printed


@dataclass(frozen=True)
class Process:
    """One worker process of a sample."""

    program: str
    role: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        """As one types it, without the directory of the program."""
        return " ".join((self.program, *self.words))


class Lab(Protocol):
    """Where processes are run."""

    def run(self, name: str, processes: list[Process], seconds: float) -> Results:
        """Run them to their ends."""


class Work(ABC):
    """One kind of sample. The amount is what it counts: messages, rounds, bytes."""

    timeout = 12.0  # seconds, over what a sample should take
    crosses = True  # depends on how far the processors are from each other
    typical = 0.0  # seconds of a sample beyond what the others take
    fixed = False  # the amount does not depend on the speed, so none has to be found

    @abstractmethod
    def first(self) -> int:
        """The amount that the slowest contestant can do in a moment."""

    @abstractmethod
    def processes(self, name: str, amount: int) -> list[Process]:
        """The processes of a sample."""

    @abstractmethod
    def values(self, results: Results) -> dict[str, float]:
        """The figures of a sample."""

    @abstractmethod
    def seconds(self, values: dict[str, float], amount: int) -> float:
        """How long the measured part took."""

    def sample(self, lab: Lab, name: str, amount: int, expected: float) -> dict[str, float]:
        """Take one."""
        return self.values(lab.run(name, self.processes(name, amount), expected + self.timeout))

    def least(self) -> int:
        """The smallest amount that makes a sample."""
        return self.first()

    def next(self, values: dict[str, float], amount: int, wanted: float) -> int:
        """The amount that takes the wanted seconds, judging by a sample."""
        took = self.seconds(values, amount)
        growth = wanted / took if took > 0 else 100.0
        # A sample that is much too short says little about a longer one.
        return max(int(amount * min(growth, 100.0)), self.least())


def words(system: str, case: str, role: str, **keys: object) -> tuple[str, ...]:
    """The arguments of a worker."""
    tail = [f"{key}={value}" for key, value in keys.items() if value is not None]
    return tuple(word for word in (system, case, role, *tail) if word)
