"""One line that says what is being measured."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

from .budget import Budget
from .model import Case, Contestant


class Progress:
    """Rewrites its line on a terminal; prints one line per case elsewhere."""

    def __init__(self, cases: int, budget: Budget, out: TextIO = sys.stderr) -> None:
        self._cases, self._budget, self._out = cases, budget, out
        self._live = out.isatty()
        self._number = 0
        self._last = ""

    def __call__(self, case: Case, contestant: Contestant, samples: int) -> None:
        """A sample of a contestant begins."""
        fresh = case.key != self._last
        self._number += fresh
        self._last = case.key
        spent = f"{_clock(self._budget.spent())} of {_clock(self._budget.seconds)}"
        head = f"[{self._number}/{self._cases}] {spent}  {case.title}"
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            line = f"{head}: {contestant.title}, sample {samples + 1}"
            self._out.write("\r\x1b[K" + line[:width])
        elif fresh:
            self._out.write(head + "\n")
        self._out.flush()

    def say(self, text: str) -> None:
        """A line that stays."""
        self._out.write(("\r\x1b[K" if self._live else "") + text + "\n")
        self._out.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
