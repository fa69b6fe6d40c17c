"""Channels over time: restart, removal, inspection, fork and spawn, the resource tracker."""

from __future__ import annotations

import logging
import multiprocessing
import os
from pathlib import Path

import pytest

import shmbuf

SHM = Path("/dev/shm")


def test_removed_when_both_have_left(name):
    with shmbuf.create(name) as producer:
        producer.write(b"x")
    assert (SHM / name).exists(), "nobody has read it"
    with shmbuf.open(name) as consumer:
        consumer.read()
    assert not (SHM / name).exists()


def test_keep(name):
    with shmbuf.create(name, keep=True):
        shmbuf.open(name).close()
    assert (SHM / name).exists()
    shmbuf.remove(name)
    assert not (SHM / name).exists()


def test_keep_by_the_consumer(name):
    with shmbuf.create(name) as producer:
        producer.write(b"x")
    with shmbuf.open(name, keep=True) as consumer:
        assert consumer.read() == b"x"
    assert (SHM / name).exists()
    assert not shmbuf.inspect(name).keep, "the channel itself is an ordinary one"
    shmbuf.open(name).close()
    assert not (SHM / name).exists(), "this one did not ask for it"


def test_force_remove(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        shmbuf.remove(name, force=True)
        assert not (SHM / name).exists()
        producer.write(b"still mapped")
        assert consumer.read() == b"still mapped"


def test_producer_restart_continues(name, python):
    process = python("p = shmbuf.create(argv[0]); p.write_batch([b'0', b'1']); os.kill(os.getpid(), 9)", name)
    process.end(None)
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        producer.write(b"2")
        with consumer.peek() as record:
            assert (record.seq, bytes(record)) == (0, b"0")
        assert [consumer.read(), consumer.read()] == [b"1", b"2"]
        assert shmbuf.inspect(name).producer.epoch == 2


def test_consumer_restart_resumes(name, python):
    with shmbuf.create(name) as producer:
        producer.write_batch([b"%d" % i for i in range(10)])
        process = python(
            """
            c = shmbuf.open(argv[0])
            print([c.read(), c.read()], flush=True)
            held = c.peek()
            os.kill(os.getpid(), 9)
            """,
            name,
        )
        assert process.end(None) == "[b'0', b'1']"
        producer.close()
        with shmbuf.open(name) as consumer:
            assert list(consumer) == [b"%d" % i for i in range(2, 10)]


def test_inspect_and_list(name):
    with shmbuf.create(
        name, capacity=1 << 16, content_type="text/plain", times=True, alignment=64, mode=0o640
    ) as producer:
        producer.write_batch([b"x" * 100] * 4)
        info = shmbuf.inspect(name)
        assert (info.name, info.layout, info.version, info.format) == (name, "native", 1, "variable")
        assert (info.capacity, info.alignment, info.slots) == (1 << 16, 64, 1)
        assert (info.content_type, info.times, info.keep) == ("text/plain", True, False)
        assert info.mode & 0o777 == 0o640
        assert info.records == 4
        assert info.position == 4 * 128
        assert 0 < info.fill < 0.1
        assert info.segment_size == (SHM / name).stat().st_size
        assert info.created is not None
        assert info.producer.alive
        assert (info.producer.state, info.producer.pid, info.producer.language) == (
            "active",
            os.getpid(),
            "python",
        )
        (slot,) = info.consumers
        assert (slot.slot, slot.policy, slot.alive) == (0, "lossless", False)
        with shmbuf.open(name) as consumer:
            consumer.read()
            (slot,) = shmbuf.inspect(name).consumers
            assert (slot.alive, slot.state, slot.pid, slot.language) == (
                True,
                "attached",
                os.getpid(),
                "python",
            )
            assert slot.lag_records == 3
            assert slot.lag_bytes == 3 * 128
        listed = [i for i in shmbuf.list() if i.name == name]
        assert len(listed) == 1
        assert listed[0].segment_id == info.segment_id
        with pytest.raises(AttributeError):
            info.name = "other"


def test_list_leaves_foreign_objects_out(names):
    foreign, fixed, classic = names(), names(), names()
    (SHM / foreign).write_bytes(b"not ours" * 50)
    with shmbuf.create(fixed, record_size=32), shmbuf.create(classic, layout="classic", capacity=1000):
        found = {i.name: i for i in shmbuf.list()}
        assert foreign not in found
        assert (found[fixed].format, found[fixed].record_size) == ("fixed", 32)
        assert (found[classic].layout, found[classic].capacity) == ("classic", 512)
        assert list(found) == sorted(found)


def test_a_rounded_capacity_is_logged(names, caplog):
    caplog.set_level(logging.WARNING, "shmbuf")
    with shmbuf.create(names(), layout="classic", capacity=1000) as producer:
        assert producer.capacity == 512
    assert "512" in caplog.text
    assert "1000" in caplog.text
    caplog.clear()
    with shmbuf.create(names(), layout="classic", capacity=1024):
        assert caplog.text == ""


def _child(name: str, back: str) -> None:
    with shmbuf.open(name, wait=20) as consumer, shmbuf.create(back) as producer:
        for message in consumer:
            producer.write(message.upper())


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_multiprocessing(names, method):
    there, back = names(), names()
    process = multiprocessing.get_context(method).Process(target=_child, args=(there, back))
    process.start()
    with shmbuf.create(there) as producer, shmbuf.open(back, wait=20) as consumer:
        for i in range(100):
            producer.write(b"message %d" % i)
            assert consumer.read(timeout=20) == b"MESSAGE %d" % i
        producer.close()
        process.join(20)
        assert process.exitcode == 0
        assert list(consumer) == []


def test_a_forked_child_cannot_use_its_parents_handles(name):
    producer = shmbuf.create(name)
    consumer = shmbuf.open(name)
    producer.write_batch([b"for the parent", b"too"])
    record = consumer.peek()
    array = record.array()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            refused = 0
            for call in (
                lambda: producer.write(b"x"),
                consumer.read,
                lambda: producer.reserve(1),
                lambda: next(consumer),
            ):
                try:
                    call()
                except shmbuf.ClosedError as error:
                    refused += "parent" in str(error)
            refused += not producer.is_open
            producer.close()
            consumer.close()
            del array, record, producer, consumer  # nothing of this may reach the parent
            status = 0 if refused == 5 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert bytes(array) == b"for the parent"
    del array
    record.release()
    assert shmbuf.inspect(name).producer.state == "active"
    with pytest.raises(shmbuf.Busy):
        shmbuf.create(name)
    producer.write(b"x")
    assert consumer.read_batch() == [b"too", b"x"]
    producer.close()
    consumer.close()


@pytest.mark.parametrize("layout", ["native", "classic"])
def test_the_resource_tracker_never_hears_of_it(names, python, layout):
    """A consumer process that exits, cleanly or not, leaves the segment alone."""
    name = names()
    with shmbuf.create(name, layout=layout) as producer:
        for end in ("", "consumer.close()", "os._exit(0)"):
            producer.write(b"x")
            process = python(
                f"""
                from multiprocessing import resource_tracker
                consumer = shmbuf.open(argv[0])
                consumer.read()
                assert resource_tracker._resource_tracker._fd is None
                print("done", flush=True)
                {end}
                """,
                name,
            )
            assert process.end() == "done"
            assert (SHM / name).exists()
        producer.write(b"last")
        assert shmbuf.open(name).read() == b"last"


def test_start_position(name):
    start = (1 << 32) - 128
    with shmbuf.create(name, start_position=start, capacity=4096) as producer, shmbuf.open(name) as consumer:
        for i in range(100):
            producer.write(b"%d" % i)
            assert consumer.read() == b"%d" % i
        assert shmbuf.inspect(name).position > 1 << 32


def test_handles_are_closed_when_they_are_dropped(name):
    producer = shmbuf.create(name)
    producer.write(b"x")
    del producer
    assert list(shmbuf.open(name)) == [b"x"]
    assert not (SHM / name).exists()


def test_a_record_peeked_at_close_is_the_successors(name):
    with shmbuf.create(name) as p:
        p.write(b"first")
        c = shmbuf.open(name)
        record = c.peek()
        assert record.seq == 0  # never released
        c.close()
        with shmbuf.open(name) as successor:
            assert successor.read(timeout=5) == b"first"
