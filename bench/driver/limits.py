"""Limits of the machine, measured like contestants: two flags, memcpy, a raw futex."""

from __future__ import annotations

from .systems import CPP
from .work import Process, Results, Work, words

PERCENTILES = ("p50", "p90", "p99", "p999", "max", "mean")


class CoreToCore(Work):
    """Round trips of two flags between two processes."""

    rounds = 50_000  # 3 to 30 ms: short beside a sample, long beside an interrupt
    fixed = True

    def first(self) -> int:
        """Always the same: this is the calibration."""
        return self.rounds

    def processes(self, name: str, amount: int) -> list[Process]:
        """One command that starts the second process itself."""
        return [Process(CPP, "limit", words("c2c", "", "", rounds=amount))]

    def values(self, results: Results) -> dict[str, float]:
        """Its mean, which is also what stands where others have their median."""
        ns = float(results["limit"]["ns"])
        return {"p50": ns, "mean": ns}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """From the mean."""
        return values["mean"] * amount / 1e9


class Memcpy(Work):
    """Copies of one size by one thread, one source and one destination."""

    crosses = False
    fixed = True
    typical = 0.1

    def __init__(self, size: int, record: int = 0) -> None:
        self.size = size
        self.record = record or size  # what a rate counts

    def first(self) -> int:
        """The worker repeats as often as it needs."""
        return 1

    def processes(self, name: str, amount: int) -> list[Process]:
        """One process."""
        return [Process(CPP, "limit", words("memcpy", "", "", size=self.size))]

    def values(self, results: Results) -> dict[str, float]:
        """Bandwidth, and records a second at that bandwidth."""
        bandwidth = float(results["limit"]["bytes_per_second"])
        best = float(results["limit"]["best"])
        return {"bandwidth": bandwidth, "rate": bandwidth / self.record, "best": best}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """What the contract says."""
        return 0.2


class Futex(Work):
    """Round trips of two processes that sleep in FUTEX_WAIT."""

    def __init__(self, think: int) -> None:
        self.think = think

    def first(self) -> int:
        """Takes about 30 ms."""
        return 40

    def processes(self, name: str, amount: int) -> list[Process]:
        """One command that starts the second process itself."""
        keys = {"size": 0, "rounds": amount, "warm": amount // 10, "think": self.think}
        return [Process(CPP, "limit", words("futex", "", "", **keys))]

    def values(self, results: Results) -> dict[str, float]:
        """Percentiles."""
        return {key: float(results["limit"][key]) for key in PERCENTILES}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """Round trips and the thinking between them."""
        return amount * (values["mean"] + 2 * self.think) / 1e9
