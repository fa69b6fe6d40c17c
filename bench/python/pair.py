"""Two processes for systems whose ends have to be inherited: this one and a forked child."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FORK = multiprocessing.get_context("fork")

_SIGNAL_ON_PARENT_DEATH = 1  # PR_SET_PDEATHSIG


def _die_with(parent: int) -> None:
    """End when the parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_ON_PARENT_DEATH, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(0)


def run(child: Callable[[], object], parent: Callable[[], T]) -> T:
    """Run `child` in a forked process and `parent` here; return what `parent` returned."""
    # Nothing here has a name to remove, and some calls that block in C never get to a handler.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    own = os.getpid()

    def run_child() -> None:
        _die_with(own)
        child()

    process = FORK.Process(target=run_child, daemon=True)
    process.start()

    def child_ended(_signal: int, _frame: object) -> None:
        if process.exitcode not in (None, 0, -signal.SIGTERM):  # SIGTERM: both were told to end
            raise RuntimeError(f"the other process failed with exit code {process.exitcode}")

    before = signal.signal(signal.SIGCHLD, child_ended)  # else we would wait for its records for ever
    try:
        result = parent()
        process.join(10)
    finally:
        signal.signal(signal.SIGCHLD, before)
    if process.exitcode != 0:
        raise RuntimeError(f"the other process did not end well: exit code {process.exitcode}")
    return result
