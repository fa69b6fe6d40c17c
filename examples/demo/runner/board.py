"""The live progress display: bars with rich on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Protocol

try:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    HAVE_RICH = True
except ImportError:
    HAVE_RICH = False


@dataclass(frozen=True)
class Pair:
    """A producer and a consumer, by language."""

    producer: str
    consumer: str

    @property
    def title(self) -> str:
        """Name for people."""
        return f"{self.producer} → {self.consumer}"


class Board(Protocol):
    """What the demo tells while it runs."""

    def __enter__(self) -> Board: ...
    def __exit__(self, *_: object) -> None: ...
    def phase(self, producer: str, what: str) -> None:
        """Announce what the producer does next."""

    def frames(self, pair: Pair, done: int) -> None:
        """Tell how many frames have crossed in this phase."""


class Rate:
    """Frames per second over the last second or so."""

    def __init__(self) -> None:
        self._marks = [(time.monotonic(), 0)]

    def __call__(self, done: int) -> float:
        """Take a reading and return the rate."""
        now = time.monotonic()
        if done < self._marks[-1][1]:
            self._marks = []
        self._marks = [mark for mark in self._marks if now - mark[0] < 1.5] or [(now, done)]
        self._marks.append((now, done))
        since, before = self._marks[0]
        return (done - before) / (now - since) if now > since else 0.0


class RichBoard:
    """One bar for each pair."""

    def __init__(self, pairs: list[Pair], frames: int, frame_bytes: int) -> None:
        self._frame_bytes = frame_bytes
        self._progress = Progress(
            TextColumn("[bold]{task.description:<16}"),
            BarColumn(bar_width=None, complete_style="dark_orange", finished_style="green"),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]:>22}"),
            TextColumn("[dim]{task.fields[phase]:<9}"),
            TimeElapsedColumn(),
            expand=True,
        )
        self._tasks: dict[Pair, TaskID] = {
            pair: self._progress.add_task(pair.title, total=frames, start=False, speed="", phase="waits")
            for pair in pairs
        }
        self._rates = {pair: Rate() for pair in pairs}
        self._base = dict.fromkeys(pairs, 0)
        self._done = dict.fromkeys(pairs, 0)

    def __enter__(self) -> RichBoard:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def phase(self, producer: str, what: str) -> None:
        for pair, task in self._tasks.items():
            if pair.producer == producer:
                self._base[pair] += self._done[pair]
                self._done[pair] = 0
                if not self._progress.tasks[task].started:
                    self._progress.start_task(task)
                self._progress.update(task, phase=what, speed="")
            elif self._progress.tasks[task].started and not self._progress.tasks[task].finished:
                self._progress.stop_task(task)

    def frames(self, pair: Pair, done: int) -> None:
        if done == self._done[pair]:
            return
        self._done[pair] = done
        fps = self._rates[pair](done)
        speed = f"{fps:5.0f} fps {fps * self._frame_bytes / 1e9:5.2f} GB/s"
        self._progress.update(self._tasks[pair], completed=self._base[pair] + done, speed=speed)


class PlainBoard:
    """A line every two seconds, for logs."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._spoken = 0.0
        self._phase = ""
        self._counts: dict[str, int] = {}

    def __enter__(self) -> PlainBoard:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def phase(self, producer: str, what: str) -> None:
        self._phase = f"{producer} producer, {what}"
        self._counts = {}
        self._spoken = time.monotonic()
        print(f"{self._phase} …", flush=True)

    def frames(self, pair: Pair, done: int) -> None:
        self._counts[pair.consumer] = done
        if time.monotonic() - self._spoken >= 2:
            self._spoken = time.monotonic()
            counts = ", ".join(f"{consumer} {count}" for consumer, count in self._counts.items())
            print(f"{self._phase}: frames received: {counts}", flush=True)


def board(pairs: list[Pair], frames: int, frame_bytes: int) -> Board:
    """Choose the display that fits where the output goes."""
    if HAVE_RICH and Console().is_terminal and sys.stdout.isatty():
        return RichBoard(pairs, frames, frame_bytes)
    return PlainBoard(frames)
