"""One playing of the pictures: a producer feeds three consumers, all separate processes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trouble import DemoError

import shmbuf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pictures import Pictures

    from peers import Peer

PREFIX = "shmbuf-make-demo-"
STALL = 30.0  # seconds without a frame after which something is wrong
PIPE_BYTES = 1 << 20  # what Linux lets everybody have


@dataclass
class Result:
    """What the processes reported."""

    sent: dict[str, Any]
    seen: dict[str, dict[str, Any]]  # by language of the consumer


@dataclass(frozen=True)
class Setting:
    """How to play."""

    pictures: Pictures
    paced: bool
    frames: int
    capacity: int
    logs: Path
    thumbs: Path
    thumb_numbers: list[int]


def channel(producer: Peer, consumer: Peer) -> str:
    """Name the channel of a pair; the process id keeps two demos apart."""
    return f"{PREFIX}{os.getpid()}-{producer.key}-{consumer.key}"


def play(
    producer: Peer, consumers: list[Peer], setting: Setting, progress: Callable[[str, int], None]
) -> Result:
    """Run everything to its end; `progress` hears how many frames each consumer has had."""
    names = {peer.key: channel(producer, peer) for peer in consumers}
    with Processes(setting.logs) as processes, no_channels_left(list(names.values())):
        source, sink = pipe()
        with source, sink:
            command = producer_command(producer, list(names.values()), setting)
            processes.start("producer", command, stdin=source)
            for peer in consumers:
                processes.start(peer.key, consumer_command(peer, names[peer.key], setting))
            wait_until_attached(processes, list(names.values()))
            processes.start("pictures", setting.pictures.play(setting.paced, setting.frames), stdout=sink)
        watch(processes, names, progress)
        if processes.reports_complete():
            return Result(processes.report("producer"), {key: processes.report(key) for key in names})
        raise DemoError("a program ended without its report")


def producer_command(peer: Peer, names: list[str], setting: Setting) -> list[str]:
    """Build the command of a producer."""
    pictures = setting.pictures
    return [
        *peer.producer,
        *["--channels", ",".join(names), "--capacity", str(setting.capacity)],
        *["--width", str(pictures.width), "--height", str(pictures.height)],
        *["--rate", f"{pictures.rate.numerator}/{pictures.rate.denominator}"],
    ]


def consumer_command(peer: Peer, name: str, setting: Setting) -> list[str]:
    """Build the command of a consumer; the Python one also makes thumbnails."""
    command = [*peer.consumer, "--channel", name]
    if peer.key == "python" and setting.thumb_numbers:
        numbers = ",".join(map(str, setting.thumb_numbers))
        command += ["--thumbs", str(setting.thumbs), "--thumb-numbers", numbers]
    return command


def pipe() -> tuple[Any, Any]:
    """Make the pipe for decoded frames, as wide as it goes."""
    reading, writing = os.pipe()
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0)


def wait_until_attached(processes: Processes, names: list[str]) -> None:
    """Wait for all consumers, so that no frame waits for a program to start."""
    deadline = time.monotonic() + STALL
    while not all(info and info.consumers[0].state == "attached" for info in map(look, names)):
        processes.check()
        if time.monotonic() > deadline:
            raise DemoError(f"the consumers of {', '.join(names)} did not attach within {STALL:.0f} s")
        time.sleep(0.02)


def watch(processes: Processes, names: dict[str, str], progress: Callable[[str, int], None]) -> None:
    """Report progress, read off the channels from outside, until all processes have ended."""
    last, changed = 0, time.monotonic()
    while processes.check():
        total = 0
        for key, name in names.items():
            info = look(name)
            if info is not None:
                frames = info.records - info.consumers[0].lag_records
                progress(key, frames)
                total += frames
        if total != last:
            last, changed = total, time.monotonic()
        if time.monotonic() - changed > STALL:
            raise DemoError(f"no frame has moved for {STALL:.0f} s")
        time.sleep(0.05)


def look(name: str) -> shmbuf.Info | None:
    """Inspect a channel that may not be there yet, or no more."""
    try:
        return shmbuf.inspect(name)
    except (FileNotFoundError, shmbuf.NotAChannel, shmbuf.Retired):
        return None


@contextlib.contextmanager
def no_channels_left(names: list[str]) -> Iterator[None]:
    """Remove the channels if the block fails; if it succeeds they must be gone by themselves."""
    try:
        yield
    except BaseException:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                shmbuf.remove(name, force=True)
        raise
    left = [name for name in names if look(name)]
    for name in left:
        shmbuf.remove(name, force=True)
    if left:
        raise DemoError(f"channels were left behind by their programs: {', '.join(left)}")


def remove_stale(say: Callable[[str], None]) -> None:
    """Remove what a demo that was killed has left; channels in use are not touched."""
    for info in shmbuf.list():
        if info.name.startswith(PREFIX):
            with contextlib.suppress(FileNotFoundError, shmbuf.Busy):
                shmbuf.remove(info.name)
                say(f"removed {info.name}, left by a demo that was killed")


class Processes:
    """The processes of one playing; leaving the block ends those that still run."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, key: str, command: list[str], stdin: Any = subprocess.DEVNULL, stdout: Any = None
    ) -> None:
        """Start a process in a group of its own, so that Ctrl-C reaches the runner alone."""
        with contextlib.ExitStack() as files:
            if stdout is None:
                stdout = files.enter_context((self.logs / f"{key}.out").open("wb"))
            stderr = files.enter_context((self.logs / f"{key}.err").open("wb"))
            self.running[key] = subprocess.Popen(
                command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
            )

    def check(self) -> bool:
        """Tell whether any process runs. Raises when one has failed, naming the one that knows why."""
        codes = {key: process.poll() for key, process in self.running.items()}
        failed = [key for key, code in codes.items() if code]
        if failed:
            time.sleep(0.2)  # the others may be about to say more
            raise DemoError("; ".join(self.reason(key) for key in failed))
        return any(code is None for code in codes.values())

    def reason(self, key: str) -> str:
        """Say how a process failed."""
        lines = (self.logs / f"{key}.err").read_text(errors="replace").strip().splitlines()
        code = self.running[key].returncode
        ending = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        who = key if key in ("producer", "pictures") else f"{key} consumer"
        return f"{who} ({ending}): {lines[-1] if lines else 'said nothing'}"

    def report(self, key: str) -> dict[str, Any]:
        """Return what a program reported on its last line."""
        report: dict[str, Any] = json.loads((self.logs / f"{key}.out").read_text().splitlines()[-1])
        return report

    def reports_complete(self) -> bool:
        """Tell whether every program but the source of the pictures has reported."""
        return all((self.logs / f"{key}.out").stat().st_size for key in self.running if key != "pictures")

    def __enter__(self) -> Processes:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what still runs: politely, then not."""
        alive = [process for process in self.running.values() if process.poll() is None]
        for process in alive:
            process.terminate()
        for process in alive:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
