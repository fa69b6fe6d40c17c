"""Two processes for systems whose ends have to be inherited: this one and a forked child."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FORK = multiprocessing.get_context("fork")


def run(child: Callable[[], object], parent: Callable[[], T]) -> T:
    """Run `child` in a forked process and `parent` here; return what `parent` returned."""
    process = FORK.Process(target=child, daemon=True)  # daemon: it ends with this process
    process.start()

    def child_ended(_signal: int, _frame: object) -> None:
        if process.exitcode not in (None, 0, 128 + signal.SIGTERM):  # SIGTERM: both were told to end
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
