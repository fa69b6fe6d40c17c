"""Things to judge, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from driver.model import OURS, PEER, Case, Contestant, Outcome, Result, Sample
from driver.systems import OURS_KEYS
from driver.trouble import Failed, Refused
from driver.work import Lab, Process, Results, Work

NEAR = "one cache complex"


class Scripted(Work):
    """Gives the values it was given, one per sample; words stand for failures."""

    def __init__(self, script: Iterable[float | str], took: float = 1.0) -> None:
        self._script: Iterator[float | str] = iter(script)
        self.took = took
        self.amounts: list[int] = []

    def first(self) -> int:
        return 10

    def processes(self, name: str, amount: int) -> list[Process]:
        return [Process("none", "one", (name,))]

    def values(self, results: Results) -> dict[str, float]:
        raise AssertionError

    def seconds(self, values: dict[str, float], amount: int) -> float:
        return self.took * amount / 10

    def sample(self, lab: Lab, name: str, amount: int, expected: float) -> dict[str, float]:
        self.amounts.append(amount)
        value = next(self._script, 1.0)
        if value == "refuse":
            raise Refused("cannot")
        if isinstance(value, str):
            raise Failed(value)
        return {"rate": value, "p50": value}


class Room:
    """Calibrations from a list, the last one for ever; no processes."""

    def __init__(self, trips: Iterable[float] = ()) -> None:
        self._trips, self._last = iter(trips), 100.0
        self.calibrations = self.names = 0

    def run(self, name: str, processes: list[Process], seconds: float) -> Results:
        raise AssertionError

    def name(self) -> str:
        self.names += 1
        return f"n{self.names}"

    def calibrate(self) -> float:
        self.calibrations += 1
        self._last = next(self._trips, self._last)
        return self._last


def contestant(key: str, work: Work | None = None, kind: str = PEER) -> Contestant:
    return Contestant(key, key.title(), kind, work or Scripted([]), (key,))


def case(*contestants: Contestant, key: str = "stream-64", value: str = "rate", bound: bool = True) -> Case:
    return Case(key, key, key.split("-")[0], value, contestants, size=64, bound=bound)


def sample(regime: str | None, **values: float) -> Sample:
    return Sample("n", 0.0, 0.1, 10, values, 100.0, 100.0, regime)


def result(key: str, value: str, **medians: float) -> Result:
    """A case in which each contestant has one sample."""
    outcomes = [
        Outcome(contestant(name, kind=OURS if name in OURS_KEYS else PEER), [sample(NEAR, **{value: v})])
        for name, v in medians.items()
    ]
    return Result(case(*(o.contestant for o in outcomes), key=key, value=value), outcomes)
