"""Waits: other threads go on, signals get through, closing wakes, processes find each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import shmbuf


def test_other_threads_go_on_while_one_waits(name, thread):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        reader = thread(consumer.read)
        count = 0
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            count += 1
        assert reader.is_alive()
        assert count > 1000
        producer.write(b"now")
        assert reader.end() == b"now"


def test_other_threads_go_on_during_a_long_copy(name):
    """A thread that counts is not stopped for the length of a copy of 256 MiB."""
    size = 256 << 20
    data = bytes(size)
    with shmbuf.create(name, capacity=2 * size) as producer, shmbuf.open(name) as consumer:
        stop = threading.Event()
        ticks: list[float] = []

        def tick() -> None:
            while not stop.is_set():
                ticks.append(time.monotonic())
                time.sleep(0.001)

        ticker = threading.Thread(target=tick)
        ticker.start()
        spans = []
        buffer = bytearray(size)
        for call in (
            lambda: producer.write(data),
            lambda: consumer.read_into(buffer),
            lambda: producer.write_batch([data]),
            lambda: len(consumer.read()),
        ):
            start = time.monotonic()
            call()
            spans.append((start, time.monotonic()))
        stop.set()
        ticker.join()
        for start, end in spans:
            if end - start > 0.02:
                assert sum(start < t < end for t in ticks) >= 3, (end - start, spans)


@pytest.mark.parametrize(
    "call",
    [
        "consumer.read()",
        "consumer.read(timeout=60)",
        "next(consumer)",
        "consumer.peek()",
        "consumer.read_into(bytearray(8))",
        "consumer.read_batch()",
        "list(consumer.records())",
        "producer.write(b'x' * 2000)",
        "producer.reserve(2000)",
        "producer.write_batch([b'x' * 2000] * 5)",
        "shmbuf.open(name + '-no', wait=None)",
        "shmbuf.open(name + '-no', wait=60)",
    ],
)
def test_ctrl_c_ends_a_wait(names, python, call):
    name = names()
    names_of_missing = name + "-no"
    process = python(
        f"""
        name = argv[0]
        producer = shmbuf.create(name, capacity=4096)
        consumer = shmbuf.open(name)
        if "producer" in {call!r}:
            while producer.try_write(b"x" * 1000):
                pass
        print("ready", flush=True)
        try:
            {call}
        except KeyboardInterrupt:
            print("interrupted", time.monotonic(), flush=True)
        print(producer.is_open, consumer.is_open)
        consumer.close()
        producer.close()
        """,
        name,
    )
    assert process.line() == "ready"
    time.sleep(0.15)
    sent = time.monotonic()
    process.popen.send_signal(signal.SIGINT)
    word, when = process.line().split()
    assert word == "interrupted"
    assert float(when) - sent < 1.0
    assert process.end() == "True True"
    assert not os.path.exists(f"/dev/shm/{names_of_missing}")


def test_a_signal_handler_that_returns_does_not_end_a_wait(name):
    calls = []
    before = signal.signal(signal.SIGUSR1, lambda *_: calls.append(1))
    try:
        with shmbuf.create(name), shmbuf.open(name) as consumer:
            timer = threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1))
            timer.start()
            start = time.monotonic()
            with pytest.raises(TimeoutError):
                consumer.read(timeout=0.4)
            assert time.monotonic() - start >= 0.39
            assert calls == [1]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_handler_that_raises_ends_a_wait(name):
    def stop(*_: object) -> None:
        raise LookupError("stop")

    before = signal.signal(signal.SIGUSR1, stop)
    try:
        with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
            threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
            with pytest.raises(LookupError):
                consumer.read()
            producer.write(b"still works")
            assert consumer.read() == b"still works"
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("side", ["reader", "iterator", "peeker", "writer", "reserver"])
def test_close_from_another_thread_wakes(name, thread, side):
    producer = shmbuf.create(name, capacity=4096)
    consumer = shmbuf.open(name)
    if side in ("writer", "reserver"):
        while producer.try_write(b"x" * 1000):
            pass
    call, handle = {
        "reader": (consumer.read, consumer),
        "iterator": (lambda: next(consumer), consumer),
        "peeker": (consumer.peek, consumer),
        "writer": (lambda: producer.write(b"x" * 2000), producer),
        "reserver": (lambda: producer.reserve(2000), producer),
    }[side]
    waiting = thread(call)
    time.sleep(0.1)
    with pytest.raises(RuntimeError, match="one thread"):
        call()
    handle.close()
    with pytest.raises(shmbuf.ClosedError, match=name):
        waiting.end(2)
    assert not handle.is_open
    consumer.close()
    producer.close()


def test_the_consumer_may_start_first(name, python):
    process = python("c = shmbuf.open(argv[0], wait=20); print('open', flush=True); print(list(c))", name)
    time.sleep(0.3)
    assert process.popen.poll() is None
    with shmbuf.create(name) as producer:
        assert process.line() == "open"
        producer.write_batch([b"a", b"b"])
    assert process.end() == "[b'a', b'b']"


def test_the_producer_may_start_first(name, python):
    with shmbuf.create(name) as producer:
        producer.write_batch([b"a", b"b"])
    process = python("print(list(shmbuf.open(argv[0])))", name)
    assert process.end() == "[b'a', b'b']"
    with pytest.raises(FileNotFoundError):
        shmbuf.inspect(name)


def test_waiting_for_a_channel_that_never_comes(name):
    start = time.monotonic()
    with pytest.raises(FileNotFoundError, match=name):
        shmbuf.open(name, wait=0.2)
    assert 0.19 < time.monotonic() - start < 2


def test_ping_pong_between_processes(names, python):
    there, back = names(), names()
    process = python(
        """
        with shmbuf.open(argv[0], wait=20) as consumer, shmbuf.create(argv[1]) as producer:
            for message in consumer:
                producer.write(message[::-1])
        """,
        there,
        back,
    )
    with shmbuf.create(there) as producer, shmbuf.open(back, wait=20) as consumer:
        for i in range(2000):
            message = b"%d" % i
            producer.write(message)
            assert consumer.read(timeout=20) == message[::-1]
        producer.close()
        process.end()
        with pytest.raises(shmbuf.EndOfStream):
            consumer.read(timeout=20)


def test_back_pressure_between_processes(name, python):
    process = python(
        """
        import random, hashlib
        random.seed(5)
        digest = hashlib.sha256()
        for number, message in enumerate(shmbuf.open(argv[0], wait=20)):
            digest.update(message)
            if number % 5000 == 0:
                time.sleep(0.02)
        print(number + 1, digest.hexdigest())
        """,
        name,
    )
    import hashlib
    import random

    random.seed(7)
    digest = hashlib.sha256()
    noise = random.randbytes(1 << 16)
    with shmbuf.create(name, capacity=1 << 16) as producer:
        for i in range(50_000):
            start = random.randrange(1 << 15)
            message = noise[start : start + random.randrange(600 if i % 100 else 20_000)]
            digest.update(message)
            producer.write(message)
    assert process.end() == f"50000 {digest.hexdigest()}"


IDLE = """
import signal, sys, shmbuf
# A job started in the background inherits SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
with shmbuf.open(sys.argv[1]) as consumer:
    print("ready", flush=True)
    try:
        consumer.read()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems look for the peer")
def test_an_idle_wait_hardly_wakes_up_and_takes_ctrl_c_at_once(name):
    def sleeps() -> int:
        total = 0
        for status in Path(f"/proc/{child.pid}/task").glob("*/status"):
            total += int(status.read_text().split("voluntary_ctxt_switches:")[1].split()[0])
        return total

    with shmbuf.create(name):
        child = subprocess.Popen([sys.executable, "-c", IDLE, name], stdout=subprocess.PIPE, text=True)
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(1)
            before = sleeps()
            time.sleep(2)
            assert sleeps() - before <= 4
            start = time.monotonic()
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "interrupted\n"
            assert time.monotonic() - start < 0.3
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
