"""Runs workers and reads what they answer."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .group import Ended, Group
from .limits import CoreToCore
from .trouble import Failed, Refused
from .work import Process, Results

UNSUPPORTED = "unsupported: "
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path("/dev/shm")


class Workers:
    """The programs, their environment, and the names that belong to this run."""

    def __init__(self, programs: Mapping[str, Sequence[str]], shared: Path = SHARED) -> None:
        self.programs = programs
        self.prefix = f"shmbench.{os.getpid()}"
        self._shared = shared
        self._temp = Path(tempfile.mkdtemp(prefix="shmbench-"))
        # NumPy's algebra threads, which nothing here uses, spin for a while when they start: longer than a
        # sample takes.
        self.env = {**os.environ, "TMPDIR": str(self._temp), "OPENBLAS_NUM_THREADS": "1"}
        self._number = 0
        self._calibration = CoreToCore()

    def name(self) -> str:
        """A name that no other sample has."""
        self._number += 1
        # The trailing dot keeps one name from being the beginning of another.
        return f"{self.prefix}.{self._number}.x"

    def argv(self, process: Process) -> list[str]:
        """The command line of a process."""
        command = self.programs.get(process.program)
        if not command:
            raise Refused(f"{process.program} is not built")
        return [*command, *process.words]

    def run(self, name: str, processes: list[Process], seconds: float) -> Results:
        """Run the processes of a sample to their ends; their results by role."""
        group = Group()
        try:
            for p in processes:
                group.start(p.role, self.argv(p), self.env)
            in_time = group.wait(seconds)
        finally:
            group.end()
            if len(group.ended) < len(processes) or any(e.code != 0 for e in group.ended.values()):
                self.clean(name)
        if not in_time:
            raise Failed(f"not done after {seconds:.0f} s{_said(group.ended)}")
        _judge(group.ended)
        return {p.role: _line(p, group.ended[p.role]) for p in processes}

    def calibrate(self) -> float:
        """Nanoseconds of a round trip between two flags."""
        work = self._calibration
        results = self.run("", work.processes("", work.rounds), work.timeout)
        return work.values(results)["mean"]

    def clean(self, name: str) -> None:
        """Remove what a sample that did not end well left under its name."""
        if not name or not self._shared.is_dir():
            return
        for path in self._shared.iterdir():
            if name in path.name:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove everything that was made under a name of this run."""
        self.clean(f"{self.prefix}.")
        shutil.rmtree(self._temp, ignore_errors=True)


def plain(text: str) -> str:
    """What is reported names no directory of this machine."""
    for place in (str(ROOT), tempfile.gettempdir(), str(Path.home())):
        text = text.replace(place + "/", "")
    return text


def _judge(ended: Mapping[str, Ended]) -> None:
    bad = {role: e for role, e in ended.items() if e.code > 0} or {
        role: e for role, e in ended.items() if e.code < 0
    }
    for e in bad.values():
        if e.code == 2 and e.err.startswith(UNSUPPORTED):
            raise Refused(plain(e.err[len(UNSUPPORTED) :]))
    if bad:
        raise Failed(_said(bad).removeprefix("; "))


def _said(ended: Mapping[str, Ended]) -> str:
    words = []
    for role, e in ended.items():
        how = f"signal {-e.code}" if e.code < 0 else f"exit {e.code}"
        if e.code or e.err:
            words.append(f"; {role} ({how}): {plain(e.err) or 'said nothing'}")
    return "".join(words)


def _line(process: Process, ended: Ended) -> dict[str, Any]:
    if process.role == "text":
        return {"stdout": ended.out}
    text = ended.out.strip()
    if not text:
        return {}
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if not isinstance(line, dict):
        raise Failed(f"{process.role} printed {text[:200]!r} instead of one line of JSON")
    return line
