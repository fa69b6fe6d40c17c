"""Fixed-size records as structured arrays: one array per run, in place."""

from __future__ import annotations

import numpy as np
import pytest

import shmbuf

POINT = np.dtype([("t", "<u8"), ("x", "<f4"), ("y", "<f4")])


def points(count, first=0):
    result = np.zeros(count, POINT)
    result["t"] = np.arange(first, first + count)
    result["x"] = result["t"] * 0.5
    result["y"] = -result["x"]
    return result


@pytest.fixture
def ends(name):
    with (
        shmbuf.create(name, dtype=POINT, record_count=64) as producer,
        shmbuf.open(name, dtype=POINT) as consumer,
    ):
        yield producer, consumer


def test_one_and_many(ends):
    producer, consumer = ends
    assert producer.record_size == consumer.record_size == 16
    assert producer.dtype == consumer.dtype == POINT
    producer.write(points(1)[0])
    producer.write(points(20, first=1))
    assert producer.try_write(points(1, first=21))
    assert producer.try_write_run(points(10, first=22)) == 10
    got = consumer.read_array()
    assert got.dtype == POINT
    assert (got == points(32)).all()
    assert got.flags.owndata or got.base is not None
    got["t"] = 0  # a copy: ours to change


def test_a_run_is_one_array_in_place(ends):
    producer, consumer = ends
    producer.write(points(50))
    with consumer.peek() as run:
        assert isinstance(run, shmbuf.Run)
        assert run.count == 50
        assert run.seq == 0
        assert len(run) == 50 * 16
        assert (run.array == points(50)).all()
        assert not run.array.flags.writeable
        assert run.array["x"].sum() == points(50)["x"].sum()
    with pytest.raises(BufferError), consumer_with(producer, consumer, points(2)) as run:
        kept = run.array["x"]
    assert kept.shape == (2,)
    del kept
    run.release()


def consumer_with(producer, consumer, data):
    producer.write(data)
    return consumer.peek()


def test_max_and_partial_release(ends):
    producer, consumer = ends
    producer.write(points(30))
    with consumer.peek(10) as run:
        assert run.array["t"].tolist() == list(range(10))
    with consumer.peek(max=20) as run:
        assert run.count == 20
        run.release(5)
    with consumer.peek(1) as run:
        assert run.seq == 15
        assert run.array["t"].tolist() == [15]
    with consumer.peek() as run:
        with pytest.raises(ValueError):
            run.release(run.count + 1)
        with pytest.raises(ValueError):
            run.release(-1)
    with pytest.raises(ValueError, match="max"):
        consumer.peek(0)


def test_runs_end_where_the_ring_ends(ends):
    producer, consumer = ends
    producer.write(points(60))
    consumer.read_array()
    producer.write(points(10, first=60))
    first, second = consumer.read_array(), consumer.read_array()
    assert (len(first), len(second)) == (4, 6)
    assert (np.concatenate([first, second]) == points(10, first=60)).all()


def test_reserve_a_run(ends):
    producer, consumer = ends
    with producer.reserve(16) as space:
        assert isinstance(space, shmbuf.RunReservation)
        assert space.count == 16
        space.array[:] = points(16)
    with producer.reserve(16) as space:
        space.array[:4] = points(4, first=16)
        space.commit(4)
    with pytest.raises(ZeroDivisionError), producer.reserve(3) as space:
        space.array["t"] = 99
        raise ZeroDivisionError
    assert (consumer.read_array() == points(20)).all()
    assert producer.try_reserve(5) is not None
    with pytest.raises(ValueError):
        producer.reserve(0)


def test_writing_more_than_the_ring_holds(ends, thread):
    producer, consumer = ends
    writer = thread(lambda: producer.write(points(1000)))
    got = []
    while sum(map(len, got)) < 1000:
        got.append(consumer.read_array())
    writer.end()
    assert (np.concatenate(got) == points(1000)).all()


def test_a_run_that_stops_half_way_says_where(ends):
    producer, consumer = ends
    with pytest.raises(TimeoutError, match="64 records") as caught:
        producer.write(points(100), timeout=0.1)
    assert caught.value.written == 64
    assert len(consumer.read_array()) == 64
    assert producer.write_run(points(100), timeout=0.1) == 64
    assert producer.try_write_run(points(5)) == 0
    with pytest.raises(TimeoutError):
        producer.write_run(points(5), timeout=0.06)


def test_wrong_arrays_are_refused(ends):
    producer, consumer = ends
    for bad in (np.zeros(4), np.zeros(2, "<u8"), np.zeros(2, [("a", "<u8"), ("x", "<f4"), ("y", "<f4")])):
        for call in (producer.write, producer.try_write, producer.write_run, producer.try_write_run):
            with pytest.raises(ValueError, match="dtype"):
                call(bad)
    with pytest.raises(ValueError, match="17 bytes"):
        producer.write(bytes(17))
    with pytest.raises((ValueError, BufferError)):
        producer.write(points(10)[::2])
    with pytest.raises(ValueError):
        producer.write(b"")
    with pytest.raises(ValueError):
        producer.write(points(1), kind=3)
    assert consumer.try_read() is None


def test_bytes_of_fixed_records(name):
    with shmbuf.create(name, record_size=5, record_count=8) as producer, shmbuf.open(name) as consumer:
        producer.write(b"aaaaabbbbb")
        assert producer.write_batch([b"ccccc", b"ddddd"]) == 2
        assert consumer.read() == b"aaaaa"
        with consumer.peek(1) as run:
            assert run.array.shape == (1, 5)
            assert bytes(run) == b"bbbbb"
        assert consumer.read_array().tobytes() == b"cccccddddd"
        producer.write(b"eeeeefffff")
        producer.close()
        assert list(consumer) == [b"eeeee", b"fffff"]


def test_dtype_and_record_size_must_agree(name, names):
    with pytest.raises(ValueError, match="16"):
        shmbuf.create(name, dtype=POINT, record_size=17)
    with pytest.raises(ValueError, match="objects"):
        shmbuf.create(name, dtype=object)
    with pytest.raises(ValueError, match="no size"):
        shmbuf.create(name, dtype="V0")
    with shmbuf.create(name, dtype=POINT):
        with pytest.raises(ValueError, match="16 bytes"):
            shmbuf.open(name, dtype="<u8")
        shmbuf.open(name, dtype=POINT).close()
    other = names()
    with shmbuf.create(other), pytest.raises(ValueError, match="varying"):
        shmbuf.open(other, dtype=POINT)
    with shmbuf.create(other) as producer, shmbuf.open(other) as consumer:
        with pytest.raises(ValueError, match="fixed-size"):
            consumer.read_array()
        with pytest.raises(ValueError, match="fixed-size"):
            consumer.peek(3)
        with pytest.raises(ValueError, match="fixed-size"):
            producer.write_run(b"x")


def test_runs_between_processes(name, python):
    process = python(
        """
        import numpy as np
        dtype = np.dtype([("t", "<u8"), ("x", "<f4"), ("y", "<f4")])
        with shmbuf.open(argv[0], wait=20, dtype=dtype) as consumer:
            seen = total = 0
            try:
                while True:
                    with consumer.peek() as run:
                        t = run.array["t"]
                        assert (t == np.arange(seen, seen + run.count)).all()
                        assert (run.array["y"] == -run.array["x"]).all()
                        seen += run.count
                        total += int(t.sum())
                        del t
            except shmbuf.EndOfStream:
                print(seen, total)
        """,
        name,
    )
    with shmbuf.create(name, dtype=POINT, record_count=1024) as producer:
        data = points(100_000)
        for start in range(0, 100_000, 777):
            producer.write(data[start : start + 777])
    assert process.end() == f"100000 {sum(range(100_000))}"
