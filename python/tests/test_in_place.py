"""Reserved and peeked records: what is published, how long views live, what closing does to them."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import shmbuf


@pytest.fixture
def ends(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        yield producer, consumer


def test_a_block_commits_all_of_it(ends):
    producer, consumer = ends
    with producer.reserve(5) as space:
        assert len(space) == 5
        space.view[:] = b"hello"
        assert consumer.try_read() is None, "nothing is visible before the commit"
    assert consumer.read() == b"hello"


def test_commit_of_less_and_with_a_kind(ends):
    producer, consumer = ends
    with producer.reserve(100) as space:
        space.view[:3] = b"abc"
        space.commit(3, kind=42)
        assert space.released
        with pytest.raises(ValueError, match="already"):
            space.commit(1)
        space.abort()
    with consumer.peek() as record:
        assert (bytes(record), record.kind) == (b"abc", 42)


def test_bad_commits_leave_the_reservation(ends):
    producer, consumer = ends
    with producer.reserve(4) as space:
        for size, kind in ((5, 0), (-1, 0), (4, 65535), (4, -1)):
            with pytest.raises(ValueError):
                space.commit(size, kind=kind)
        space.view[:] = b"good"
    assert consumer.read() == b"good"


def test_an_exception_aborts(ends):
    producer, consumer = ends
    with pytest.raises(ZeroDivisionError), producer.reserve(8) as space:
        space.view[:] = b"12345678"
        raise ZeroDivisionError
    with producer.reserve(8) as space:
        space.abort()
    producer.write(b"next")
    assert consumer.read() == b"next"


def test_a_reservation_that_is_dropped_aborts(ends):
    producer, consumer = ends
    space = producer.reserve(8)
    del space
    gc.collect()
    producer.write(b"next")
    assert consumer.read() == b"next"


def test_one_outstanding_at_a_time(ends):
    producer, consumer = ends
    producer.write_batch([b"a", b"b"])
    with producer.reserve(8):
        for call in (
            lambda: producer.reserve(1),
            lambda: producer.write(b"x"),
            lambda: producer.try_write(b"x"),
        ):
            with pytest.raises(ValueError, match="outstanding"):
                call()
    consumer_view = consumer.peek()
    for call in (consumer.peek, consumer.read, consumer.try_read, lambda: next(consumer)):
        with pytest.raises(ValueError, match="outstanding"):
            call()
    consumer_view.release()
    assert consumer.read() == b"b"


def test_views_raise_after_the_block(ends):
    producer, consumer = ends
    producer.write(b"hello")
    with consumer.peek() as record:
        view = record.view
        assert view is record.view
        assert view.readonly
        with pytest.raises(TypeError):
            view[0] = 1
        assert bytes(view) == b"hello"
    with pytest.raises(ValueError, match="released"):
        view[0]
    with pytest.raises(ValueError, match="released"):
        _ = record.view
    with pytest.raises(ValueError, match="released"):
        record.array()
    record.release()  # again: nothing happens
    with producer.reserve(3) as space:
        view = space.view
    with pytest.raises(ValueError, match="released"):
        view[0] = 1


def test_an_array_that_is_alive_stops_the_release(ends):
    producer, consumer = ends
    producer.write_batch([b"first", b"second"])
    with pytest.raises(BufferError, match="still alive"), consumer.peek() as record:
        kept = record.array()
    assert bytes(kept) == b"first", "it does not dangle"
    with pytest.raises(ValueError, match="outstanding"):
        consumer.read()
    with pytest.raises(BufferError):
        record.release()
    with pytest.raises(BufferError):
        consumer.close()
    assert consumer.is_open
    del kept
    record.release()
    assert consumer.read() == b"second"


@pytest.mark.parametrize(
    "make",
    [
        lambda record: record.array("u1")[2:],
        lambda record: record.view[1:3],
        lambda record: np.frombuffer(record.view, "u1"),
        lambda record: memoryview(record.view),
        lambda record: np.asarray(record.view).reshape(2, 4),
    ],
)
def test_all_ways_to_keep_a_view(ends, make):
    producer, consumer = ends
    producer.write(b"01234567")
    record = consumer.peek()
    kept = make(record)
    with pytest.raises(BufferError):
        record.release()
    assert not record.released
    del kept
    record.release()
    assert record.released
    space = producer.reserve(8)
    kept = make(space)
    for call in (space.commit, space.abort, producer.close):
        with pytest.raises(BufferError):
            call()
    del kept
    space.commit()
    assert len(consumer.read()) == 8


def test_an_exception_in_the_block_is_not_hidden_by_live_arrays(ends):
    producer, consumer = ends
    producer.write_batch([b"first", b"second"])
    with pytest.raises(KeyError), consumer.peek() as record:
        kept = record.array()
        raise KeyError("mine")
    assert bytes(kept) == b"first"
    assert record.released
    with pytest.raises(ValueError, match="outstanding"):
        consumer.read()
    with pytest.raises(ValueError):
        _ = record.view
    del kept  # the last view: the record is released now
    assert consumer.read() == b"second"
    with pytest.raises(KeyError), producer.reserve(4) as space:
        kept = np.frombuffer(space.view, "u1")
        raise KeyError("mine")
    with pytest.raises(BufferError):
        producer.close()
    del kept
    producer.write(b"third")
    assert consumer.read() == b"third"


def test_an_array_outlives_the_names_of_its_channel(name):
    producer = shmbuf.create(name)
    producer.write(b"12345678")
    kept = shmbuf.open(name).peek().array("<u4")
    del producer
    gc.collect()
    assert kept.tobytes() == b"12345678"
    assert not kept.flags.writeable


def test_arrays_over_payloads(ends):
    producer, consumer = ends
    with producer.reserve(24) as space:
        space.array("<f8")[:] = [1.5, 2.5, 3.5]
    with consumer.peek() as record:
        assert record.array("<f8").tolist() == [1.5, 2.5, 3.5]
        assert record.array("u1", (4, 6)).shape == (4, 6)
        with pytest.raises(ValueError, match="whole number"):
            record.array("V7")
        with pytest.raises(ValueError, match="objects"):
            record.array(object)
        with pytest.raises(ValueError):
            record.array("<f8")[0] = 9.0
    producer.write(b"")
    with consumer.peek() as record:
        assert record.array().shape == (0,)
        assert bytes(record) == b""
        assert len(record.view) == 0


def test_alignment_of_payloads(name):
    with shmbuf.create(name, alignment=64) as producer, shmbuf.open(name) as consumer:
        for size in (1, 100, 64, 1000):
            with producer.reserve(size) as space:
                assert space.array().ctypes.data % 64 == 0
            with consumer.peek() as record:
                assert record.array().ctypes.data % 64 == 0


def test_records_in_a_loop(ends):
    producer, consumer = ends
    producer.write_batch([b"%d" % i for i in range(5)])
    producer.close()
    seen = []
    views = []
    for record in consumer.records():
        seen.append((record.seq, bytes(record.view)))
        views.append(record.view)
    assert seen == [(i, b"%d" % i) for i in range(5)]
    for view in views:
        with pytest.raises(ValueError, match="released"):
            view.tobytes()


def test_leaving_a_loop_releases_its_record(ends):
    producer, consumer = ends
    producer.write_batch([b"a", b"b"])
    loop = consumer.records()
    assert bytes(next(loop)) == b"a"
    loop.close()
    assert consumer.read() == b"b"


def test_closing_inside_a_block(ends):
    producer, consumer = ends
    producer.write(b"a")
    with consumer.peek() as record:
        consumer.close()
        with pytest.raises(ValueError):
            _ = record.view
    with pytest.raises(shmbuf.ClosedError), producer.reserve(4) as space:
        producer.close()
        space.commit()


def test_native_objects_cannot_be_made_by_hand():
    from shmbuf import _native

    with pytest.raises(TypeError):
        _native.InPlace()
    with pytest.raises((TypeError, RuntimeError, ValueError)):
        shmbuf.Consumer.__new__(shmbuf.Consumer).read()
    with pytest.raises((TypeError, RuntimeError, ValueError)):
        shmbuf.Producer.__new__(shmbuf.Producer).write(b"")
