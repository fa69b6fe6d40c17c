"""The processes of one sample: started together, watched without polling, ended by id."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

GRACE = 1.0  # seconds that processes get to clean up after SIGTERM
TAIL = 2000  # characters of what a failed process said


@dataclass
class Ended:
    """How a process ended: its exit code (negative: the signal), and what it said."""

    code: int
    out: str
    err: str


class Group:
    """Processes, each the leader of a group of its own, so that its children end with it."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._texts: dict[str, tuple[IO[bytes], IO[bytes]]] = {}
        self.ended: dict[str, Ended] = {}

    def start(self, key: str, argv: Sequence[str], env: Mapping[str, str]) -> int:
        """Start a process; returns its id."""
        texts = (tempfile.TemporaryFile(), tempfile.TemporaryFile())  # noqa: SIM115, closed by end()
        self._texts[key] = texts
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=texts[0], stderr=texts[1], env=env, start_new_session=True
        )
        self._running[key] = process
        return process.pid

    def wait(self, seconds: float) -> bool:
        """Wait until all have ended, or one has failed; False when the time ran out."""
        until = time.monotonic() + seconds
        while self._running:
            if not self._collect(max(until - time.monotonic(), 0.0)):
                return False
            if any(e.code != 0 for e in self.ended.values()):
                # The others wait for it in vain, unless they are just failing as well.
                while self._running and self._collect(0.3):
                    pass
                return True
        return True

    def said(self, key: str) -> str:
        """What a process has printed so far."""
        return _text(self._texts[key][0])

    def end(self) -> None:
        """End what still runs, first politely."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self._running:
                break
            for process in self._running.values():
                _signal(process.pid, number)
            until = time.monotonic() + GRACE
            while self._running and self._collect(max(until - time.monotonic(), 0.0)):
                pass
        for texts in self._texts.values():
            for text in texts:
                text.close()

    def _collect(self, seconds: float) -> bool:
        """Take in the first processes that end; False when none did."""
        poll = select.poll()
        handles = {}
        try:
            for key, process in self._running.items():
                handle = os.pidfd_open(process.pid)
                handles[handle] = key
                poll.register(handle, select.POLLIN)
            done = [handles[handle] for handle, _ in poll.poll(seconds * 1000)]
        finally:
            for handle in handles:
                os.close(handle)
        for key in done:
            process = self._running.pop(key)
            # It is a zombie until wait() takes it, so its group is certainly its own.
            _signal(process.pid, signal.SIGKILL)
            code = process.wait()
            out, err = self._texts[key]
            self.ended[key] = Ended(code, _text(out), _text(err)[-TAIL:].strip())
        return bool(done)


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _text(file: IO[bytes]) -> str:
    return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace")
