"""Handles that several threads get hold of, and threads that are left at the end of the process."""

from __future__ import annotations

import random
import sys
import time

import pytest

import shmbuf

REFUSALS = (shmbuf.ClosedError, shmbuf.EndOfStream, shmbuf.PeerDied)


@pytest.mark.parametrize("size", [100, 200_000])
@pytest.mark.parametrize("layout", ["native", "classic"])
def test_closing_at_any_moment(names, thread, layout, size):
    """Whatever the others are in the middle of, they get all of a record or an exception."""
    data = bytes(range(256)) * (size // 256 + 1)
    moments = random.Random(3)
    for _ in range(25):
        name = names()
        producer = shmbuf.create(name, capacity=1 << 20, layout=layout)
        consumer = shmbuf.open(name)

        def write(producer=producer):
            try:
                while True:
                    producer.write(data)
            except REFUSALS:
                pass

        def read(consumer=consumer):
            count = 0
            try:
                while True:
                    with consumer.peek() as record:
                        assert record.view == data
                    assert consumer.read() == data
                    count += 2
            except REFUSALS:
                return count
            except ValueError as error:  # the view was taken away by close
                if "released" not in str(error):
                    raise

        writer, reader = thread(write), thread(read)
        time.sleep(moments.random() * 0.02)
        while True:
            try:
                moments.choice([producer, consumer]).close()
                break
            except BufferError:  # a view is out at this moment
                time.sleep(0)
        for handle in (producer, consumer):
            while handle.is_open:
                try:
                    handle.close()
                except BufferError:
                    time.sleep(0)
        writer.end()
        reader.end()


def test_closing_during_a_long_copy(names, thread):
    """The record is delivered once: by the read that close overtook, or to the next consumer."""
    data = bytes(8 << 20)
    moments = random.Random(7)
    name = names()
    with shmbuf.create(name, capacity=1 << 24) as producer:
        for _ in range(30):
            producer.write(data)
            consumer = shmbuf.open(name)

            def read(consumer=consumer):
                try:
                    return len(consumer.read())
                except shmbuf.ClosedError:
                    return 0

            reader = thread(read)
            time.sleep(moments.random() * 0.004)
            consumer.close()
            delivered = reader.end()
            with shmbuf.open(name) as successor:
                again = successor.try_read()
            assert delivered + len(again or b"") == len(data)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_that_runs_out_consumes_nothing(name, python):
    process = python(
        """
        import resource
        data = bytes(range(256)) * (1 << 17)
        with shmbuf.create(argv[0], capacity=1 << 26) as producer, shmbuf.open(argv[0]) as consumer:
            producer.write(data)
            pages = int(open("/proc/self/statm").read().split()[0])
            soft, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (4 << 20), hard))
            try:
                consumer.read()
            except MemoryError:
                failed = True
            else:
                failed = False
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
            assert failed
            assert consumer.try_read() == data
            print("end", flush=True)
        """,
        name,
    )
    assert process.end() == "end"


def test_two_threads_on_one_handle(name, thread):
    """The second gets an exception, never a torn record."""
    data = bytes(300_000)
    with shmbuf.create(name, capacity=1 << 20) as producer, shmbuf.open(name) as consumer:
        end = time.monotonic() + 1

        def use(call):
            refused = done = 0
            while time.monotonic() < end:
                try:
                    call()
                    done += 1
                except RuntimeError as error:
                    if "one thread" not in str(error):
                        raise
                    refused += 1
                except TimeoutError:
                    pass
            return done, refused

        def read():
            assert consumer.read(timeout=0.1) == data

        threads = [thread(lambda: use(lambda: producer.write(data, timeout=0.1))) for _ in range(2)]
        threads += [thread(lambda: use(read)) for _ in range(2)]
        results = [t.end() for t in threads]
        assert sum(done for done, _ in results) > 10
        assert sum(refused for _, refused in results) > 0


@pytest.mark.parametrize(
    "call", ["consumer.read()", "consumer.peek()", "next(consumer)", "producer.reserve(4000)"]
)
def test_a_daemon_thread_that_waits_at_exit(name, python, call):
    process = python(
        f"""
        import threading
        producer = shmbuf.create(argv[0], capacity=4096)
        consumer = shmbuf.open(argv[0])
        if "producer" in {call!r}:
            producer.write(b"x")
        threads = [threading.Thread(target=lambda: {call}, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        print("end", flush=True)
        """,
        name,
    )
    assert process.end() == "end"
