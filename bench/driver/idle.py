"""What a waiter costs that has nothing to do: read from /proc, from outside."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from .group import Group
from .systems import System
from .trouble import Failed, Refused
from .work import Process, Results, Work, words
from .workers import UNSUPPORTED, Workers, plain

APPEAR = 15.0  # seconds until the consumer must have said that it is ready
SETTLE = 1.0


@dataclass(frozen=True)
class Usage:
    """Processor time in seconds and voluntary switches of all tasks of a process."""

    seconds: float
    switches: int


def usage(pid: int, proc: Path = Path("/proc")) -> Usage:
    """Read both. Every return from a sleep was a voluntary switch before."""
    stat = (proc / str(pid) / "stat").read_text()
    fields = stat.rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])  # utime, stime
    switches, precise = 0, 0
    for task in (proc / str(pid) / "task").iterdir():
        status = (task / "status").read_text()
        switches += next(int(x.split()[1]) for x in status.splitlines() if x.startswith("voluntary_ctxt"))
        times = task / "schedstat"
        precise += int(times.read_text().split()[0]) if times.exists() else 0
    # A tick is 10 ms; schedstat, where the kernel has it, counts nanoseconds.
    return Usage(precise / 1e9 or ticks / os.sysconf("SC_CLK_TCK"), switches)


class Idle(Work):
    """A consumer that took one record and then waits for another that never comes."""

    def __init__(self, system: System, span: float) -> None:
        self.system, self.span = system, span
        self.typical = span / 2  # many are watched at once

    def first(self) -> int:
        """Seconds of the span."""
        return int(self.span)

    def processes(self, name: str, amount: int) -> list[Process]:
        """Producer and consumer; both run until they are ended."""
        s = self.system
        return [
            Process(s.program, role, words(s.argument, "idle", role, name=name))
            for role in ("consume", "produce")
        ]

    def values(self, results: Results) -> dict[str, float]:
        """Per cent of a processor, wake-ups a second."""
        seen = results["consume"]
        return {"cpu": 100 * seen["cpu"] / seen["span"], "wakes": seen["switches"] / seen["span"]}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """The span."""
        return self.span


class Waiter:
    """A running sample of Idle."""

    def __init__(self, workers: Workers, work: Idle) -> None:
        self.work = work
        self._workers = workers
        self.name = workers.name()
        self._group = Group()
        self.pid = 0
        try:
            for p in work.processes(self.name, work.first()):
                pid = self._group.start(p.role, workers.argv(p), workers.env)
                self.pid = pid if p.role == "consume" else self.pid
        except BaseException:
            self.end()
            raise

    def ready(self) -> None:
        """Wait until the consumer has its record."""
        until = time.monotonic() + APPEAR
        while '"ready"' not in self._group.said("consume"):
            self.check()
            if time.monotonic() > until:
                raise Failed(f"the consumer was not ready after {APPEAR:.0f} s")
            time.sleep(0.01)

    def check(self) -> None:
        """Complain when a process has ended by itself."""
        if not self.gone():
            return
        role, e = next(iter(self._group.ended.items()))
        if e.code == 2 and e.err.startswith(UNSUPPORTED):
            raise Refused(plain(e.err[len(UNSUPPORTED) :]))
        raise Failed(f"{role} ended by itself (exit {e.code}): {plain(e.err) or 'said nothing'}")

    def gone(self) -> bool:
        """Whether a process has ended by itself."""
        self._group.wait(0.0)
        return bool(self._group.ended)

    def usage(self) -> Usage:
        """What it has used so far; it must be there still."""
        self.check()
        return usage(self.pid)

    def end(self) -> None:
        """End both processes and remove what they made."""
        self._group.end()
        self._workers.clean(self.name)


def watch(waiters: list[Waiter], span: float) -> list[dict[str, float]]:
    """Let them wait, all at the same time; what each used."""
    time.sleep(SETTLE)
    begin = time.monotonic()
    first = [w.usage() for w in waiters]
    time.sleep(span)
    last = [w.usage() for w in waiters]
    took = time.monotonic() - begin
    seen = []
    for w, a, b in zip(waiters, first, last):
        used: Results = {
            "consume": {"cpu": b.seconds - a.seconds, "switches": b.switches - a.switches, "span": took}
        }
        seen.append(w.work.values(used))
    return seen
