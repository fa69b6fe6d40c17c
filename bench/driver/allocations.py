"""Allocations per message in Go, counted by its benchmarks."""

from __future__ import annotations

import re

from .work import Lab, Process, Results, Work

PROGRAM = "shmbuf.test"
LINE = re.compile(r"^Benchmark(\S+?)(?:-\d+)?\s+\d+\s.*\s(\d+) allocs/op$", re.MULTILINE)


class Allocations(Work):
    """The hot paths of the Go package; what its test binary reports."""

    fixed = True

    def first(self) -> int:
        """Enough that a single allocation of the start vanishes."""
        return 20_000

    def processes(self, name: str, amount: int) -> list[Process]:
        """The test binary."""
        flags = ("-test.run=^$", "-test.bench=.", "-test.benchmem", f"-test.benchtime={amount}x")
        return [Process(PROGRAM, "text", flags)]

    def values(self, results: Results) -> dict[str, float]:
        """The most of all paths."""
        found = counts(str(results["text"]["stdout"]))
        if not found:
            raise ValueError("the Go benchmarks reported no allocations per operation")
        return {"allocations": float(max(found.values()))}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """Unknown, and of no interest."""
        return 1.0

    def sample(self, lab: Lab, name: str, amount: int, expected: float) -> dict[str, float]:
        """Take one; it may take longer than others."""
        return super().sample(lab, name, amount, expected + 40)


def counts(text: str) -> dict[str, int]:
    """Allocations per operation by benchmark."""
    return {name: int(number) for name, number in LINE.findall(text)}
