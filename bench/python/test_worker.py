"""Every case of every system that is installed, with a few records: python -m pytest bench/python."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
WORKER = str(HERE / "worker.py")
TWO = ("shmbuf", "zmq", "iceoryx2")
PAIR = ("mp-pipe", "mp-queue", "faster-fifo")
SECONDS = 20

_numbers = itertools.count()


def new_name() -> str:
    return f"worker-test.{os.getpid()}.{next(_numbers)}"


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, WORKER, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[str]) -> Any:
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    if process.returncode == 2 and "is not installed" in err:
        pytest.skip(err.strip())
    assert (process.returncode, err) == (0, "")
    return json.loads(out) if out else None


def run(system: str, case: str, roles: tuple[str, str], keys: str, mode: str = "", peer: str = "") -> Any:
    """Run both roles, or one pair; the result of the first."""
    words = [f"name={new_name()}", *keys.split()]
    own = [f"mode={mode}"] if mode else []
    if system in PAIR:
        return finish(start(system, case, "pair", *words, *own))
    other = peer or mode
    ways = ([*own, f"peer={other}"], [f"mode={other}", f"peer={mode}"]) if mode else ([], [])
    processes = [start(system, case, role, *words, *way) for role, way in zip(roles, ways)]
    results = []
    try:
        results = [finish(p) for p in processes]
    finally:
        for p in processes:
            p.kill()
            p.communicate()
    return results[0]


def leftovers() -> list[str]:
    places = [Path("/dev/shm"), Path(os.environ.get("TMPDIR", "/tmp"))]
    return [str(p) for place in places for p in place.iterdir() if f"worker-test.{os.getpid()}." in p.name]


@pytest.fixture(autouse=True)
def nothing_left() -> Any:
    yield
    assert leftovers() == []


@pytest.mark.parametrize("system", TWO + PAIR)
@pytest.mark.parametrize("size", [8, 6_220_800])
def test_stream(system: str, size: int) -> None:
    count = 500 if size == 8 else 6
    keys = f"size={size} count={count} warm=2 ring={1 << 25}"
    result = run(system, "stream", ("consume", "produce"), keys, "copy")
    assert result["records"] == count - 3
    assert result["seconds"] > 0


MODES = [("copy", "batch"), ("iterate", "copy"), ("iterate", "batch"), ("batch", "batch"), ("place", "place"),
         ("run", "run"), ("array", "array"), ("array", "run"), ("copy", "array"), ("batch", "run"),
         ("run", "batch"), ("run", "copy")]  # fmt: skip


@pytest.mark.parametrize(("mode", "peer"), MODES)
def test_ways_of_ours(mode: str, peer: str) -> None:
    result = run(
        "shmbuf", "stream", ("consume", "produce"), "size=24 count=1003 warm=9 batch=100", mode, peer
    )
    assert result["records"] == 993


@pytest.mark.parametrize(("system", "mode"), [("faster-fifo", "batch"), ("iceoryx2", "place")])
def test_ways_of_peers(system: str, mode: str) -> None:
    result = run(system, "stream", ("consume", "produce"), "size=64 count=1003 warm=9 batch=100", mode)
    assert result["records"] == 993


@pytest.mark.parametrize("system", TWO + PAIR)
@pytest.mark.parametrize("case", ["trip", "wake"])
def test_round_trips(system: str, case: str) -> None:
    result = run(system, case, ("ping", "pong"), "size=64 rounds=20 warm=2")
    assert set(result) == {"rounds", "p50", "p90", "p99", "p999", "max", "mean"}
    assert result["rounds"] == 20
    assert 0 < result["p50"] <= result["p90"] <= result["max"]


@pytest.mark.parametrize("system", TWO + PAIR)
def test_fanout(system: str) -> None:
    result = run(system, "fanout", ("consume", "produce"), "channels=3 size=64 count=200 warm=9")
    assert result["records"] == 190


@pytest.mark.parametrize("system", TWO + PAIR)
@pytest.mark.parametrize("rate", [0, 2000])
def test_paced(system: str, rate: int) -> None:
    result = run(system, "paced", ("consume", "produce"), f"rate={rate} size=64 count=200 warm=19")
    assert result["records"] == 180
    assert result["cpu"] > 0
    if rate:
        assert result["seconds"] > 0.05


@pytest.mark.parametrize("system", TWO + PAIR)
def test_idle(system: str) -> None:
    name = f"name={new_name()}"
    roles = ["pair"] if system in PAIR else ["consume", "produce"]
    processes = [start(system, "idle", role, name) for role in roles]
    try:
        assert processes[0].stdout is not None
        line = processes[0].stdout.readline()
        if not line:
            finish(processes[0])
        assert json.loads(line) == {"ready": True}
        for p in processes:
            p.send_signal(signal.SIGTERM)
            assert p.wait(SECONDS) in (-signal.SIGTERM, 128 + signal.SIGTERM)
    finally:
        for p in processes:
            p.kill()
            p.communicate()


def test_open() -> None:
    result = finish(start("shmbuf", "open", "pair", f"name={new_name()}", "capacity=65536", "rounds=3"))
    assert result["create_p50"] > 0
    assert result["open_p50"] > 0


@pytest.mark.parametrize("system", TWO + PAIR)
def test_version(system: str) -> None:
    assert finish(start(system, "version"))["version"]


REFUSED = [
    "soup stream produce name=x size=8 count=9",
    "shmbuf race produce name=x",
    "shmbuf stream ping name=x size=8 count=9",
    "shmbuf stream produce name=x size=8 count=9 colour=red",
    "shmbuf stream produce name=x size=8",
    "shmbuf stream produce name=x size=7 count=9",
    "shmbuf stream produce name=x size=many count=9",
    "shmbuf stream produce name=x size=8 count=9 mode=iterate",
    "mp-pipe stream pair name=x size=8 count=9 mode=batch",
    "mp-queue open pair name=x capacity=4096 rounds=3",
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_done(line: str) -> None:
    process = start(*line.split())
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("unsupported: ")
    assert err.count("\n") == 1
