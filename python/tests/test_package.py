"""The package itself: what it exports, how it is typed, that NumPy is optional."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import shmbuf
from shmbuf import _native, classic, frame

PACKAGE = Path(shmbuf.__file__).parent
ROOT = Path(__file__).resolve().parents[1]

TYPED = """
from typing import Any
import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type
import shmbuf
from shmbuf import frame
from shmbuf.classic import ByteRingBuffer, ShmConsumer, ShmProducer

def general() -> None:
    with shmbuf.create("a", capacity=1 << 20, content_type="text/plain") as p:
        assert_type(p, shmbuf.Producer[shmbuf.Reservation])
        p.write(b"x", kind=1, timeout=0.5)
        p.write(np.zeros(3))
        assert_type(p.try_write(bytearray(b"x")), bool)
        assert_type(p.write_batch([b"a", memoryview(b"b")]), int)
        with p.reserve(10) as r:
            assert_type(r.view, memoryview)
            assert_type(r.array("<f4"), NDArray[Any])
            r.commit(5, kind=2)
    with shmbuf.open("a", wait=None) as c:
        assert_type(c, shmbuf.Consumer[shmbuf.Record])
        assert_type(c.read(), bytes)
        assert_type(c.try_read(), "bytes | None")
        assert_type(c.read_into(bytearray(9)), int)
        assert_type(c.read_batch(5), list[bytes])
        for message in c:
            assert_type(message, bytes)
        for record in c.records():
            assert_type(record.seq, int)
        assert_type(c.stats.bytes, int)

def fixed() -> None:
    with shmbuf.create("a", dtype=np.dtype("<f8"), record_count=8) as p:
        with p.reserve(4) as run:
            run.array[:] = 1
            run.commit(run.count)
    with shmbuf.open("a", dtype="<f8") as c, c.peek(max=5) as got:
        assert_type(got, shmbuf.Run)
        assert_type(got.array, NDArray[Any])
        assert_type(c.read_array(7), NDArray[Any])

def frames(p: shmbuf.Producer, c: shmbuf.Consumer) -> None:
    frame.write(p, np.zeros((4, 4, 3), np.uint8), pixel_format="bgr24")
    with frame.peek(c) as f:
        assert_type(f.array, NDArray[Any])
        assert_type(f.header.width, int)

def old() -> None:
    with ShmProducer("a", 1024) as p, ShmConsumer("a") as c:
        assert_type(p.write(b"x"), bool)
        assert_type(c.read(), "bytes | None")
    with ByteRingBuffer(bytearray(99), is_producer=True) as ring:
        assert_type(ring.capacity, int)

def looking() -> None:
    for info in shmbuf.list():
        assert_type(info.consumers, tuple[shmbuf.ConsumerInfo, ...])
"""


def test_exports():
    for module in (shmbuf, classic, frame):
        for name in module.__all__:
            assert getattr(module, name) is not None
    assert (PACKAGE / "py.typed").exists()
    assert (PACKAGE / "_native.pyi").exists()
    assert (
        re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.M)[1] == shmbuf.__version__
    )


def test_everything_public_is_documented():
    for module in (shmbuf, classic, frame):
        for name in module.__all__:
            thing = getattr(module, name)
            if not callable(thing):
                continue
            assert thing.__doc__, name
            if inspect.isclass(thing):
                for method, value in inspect.getmembers(thing):
                    if not method.startswith("_") and callable(value):
                        assert value.__doc__, f"{name}.{method}"


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_types_as_users_see_them(tmp_path):
    (tmp_path / "user.py").write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "user.py"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_stub_tells_the_truth():
    """Every class and method of the stub exists, and the other way round."""
    stub = (PACKAGE / "_native.pyi").read_text()
    said: dict[str, set[str]] = {}
    current = ""
    for line in stub.splitlines():
        if match := re.match(r"class (\w+)", line):
            current = match[1]
            said[current] = set()
        elif match := re.match(r"    def (\w+)", line):
            said[current].add(match[1])
        elif match := re.match(r"def (\w+)", line):
            assert callable(getattr(_native, match[1]))
    for name, methods in said.items():
        real = vars(getattr(_native, name))
        public = {key for key in real if not key.startswith("__")}
        assert public == {key for key in methods if not key.startswith("__")}, name


def test_without_numpy(name, python):
    process = python(
        """
        sys.modules["numpy"] = None  # as if it were not installed
        from shmbuf import frame
        with shmbuf.create(argv[0]) as producer, shmbuf.open(argv[0]) as consumer:
            producer.write(b"x")
            with consumer.peek() as record:
                assert bytes(record.view) == b"x"
                open_typed = lambda: shmbuf.open(argv[0], dtype="u1")
                for call in (record.array, open_typed, lambda: frame.read(consumer)):
                    try:
                        call()
                    except ImportError as error:
                        assert "shmbuf[numpy]" in str(error)
                        print("said so")
                    except ValueError as error:
                        assert "outstanding" in str(error)
        """,
        name,
    )
    assert process.end().split("\n")[:2] == ["said so", "said so"]


def test_the_example(names):
    result = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "points.py")],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert result.stdout == "1000000 points, sum of x*y = 1000000\n"
