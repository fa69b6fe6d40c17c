"""Fixtures: channel names that are cleaned up, other processes, a limit on the time of each test."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import subprocess
import sys
import textwrap
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import shmbuf

SHM = Path("/dev/shm")
LIMIT = 60.0  # seconds for one test


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """Fail a test that hangs: first by a signal, which every wait must notice, then by force."""

    def late(*_: object) -> None:
        raise AssertionError(f"the test took more than {LIMIT} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    faulthandler.dump_traceback_later(2 * LIMIT, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def names() -> Iterator[Callable[[], str]]:
    """Make channel names that nobody else has, and remove their channels afterwards."""
    prefix = f"py-test-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    made: list[str] = []

    def new() -> str:
        made.append(f"{prefix}-{len(made)}")
        return made[-1]

    yield new
    for name in made:
        with contextlib.suppress(FileNotFoundError):
            if SHM.is_dir():
                (SHM / name).unlink()
            else:
                shmbuf.remove(name, force=True)


@pytest.fixture
def name(names: Callable[[], str]) -> str:
    """One channel name."""
    return names()


class Process:
    """Another Python process that runs a piece of code; its arguments are in `argv`."""

    def __init__(self, code: str, *args: object) -> None:
        head = (
            "import sys, os, time, signal, shmbuf\nargv = sys.argv[1:]\n"
            # A job started in the background inherits SIGINT ignored.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        )
        self.popen = subprocess.Popen(
            [sys.executable, "-c", head + textwrap.dedent(code), *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Wait for its next line of output."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line:
            raise AssertionError(
                f"the process ended: {self.popen.stderr.read() if self.popen.stderr else None}"
            )
        return line.strip()

    def tell(self, text: str = "") -> None:
        """Send it a line."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(text + "\n")
        self.popen.stdin.flush()

    def end(self, status: int | None = 0) -> str:
        """Wait for its end, check its exit status and return what it wrote."""
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        assert self.popen.stderr is not None
        with contextlib.suppress(BrokenPipeError):
            self.popen.stdin.close()
        # Not communicate(): what readline() has buffered would be lost.
        out, err = self.popen.stdout.read(), self.popen.stderr.read()
        self.popen.wait(LIMIT)
        if status is not None:
            assert self.popen.returncode == status, err
        return out.strip()

    def kill(self) -> None:
        """Kill it as the operating system would."""
        self.popen.kill()
        self.popen.wait()


@pytest.fixture
def python() -> Iterator[Callable[..., Process]]:
    """Start Python processes; whatever is left of them at the end is killed."""
    started: list[Process] = []

    def start(code: str, *args: object) -> Process:
        started.append(Process(code, *args))
        return started[-1]

    yield start
    for process in started:
        if process.popen.poll() is None:
            process.kill()
        for pipe in (process.popen.stdin, process.popen.stdout, process.popen.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Thread(threading.Thread):
    """A thread whose result or exception `end` hands over."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            self._error = error

    def end(self, timeout: float = 20) -> Any:
        self.join(timeout)
        assert not self.is_alive(), "the thread hangs"
        if self._error is not None:
            raise self._error
        return self._result


@pytest.fixture
def thread() -> Callable[[Callable[[], Any]], Thread]:
    return Thread
