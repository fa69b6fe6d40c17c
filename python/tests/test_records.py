"""Copying calls: write and read in all their forms, batches, iteration."""

from __future__ import annotations

import array
import time

import pytest

import shmbuf


def test_two_lines_to_send_two_to_receive(name):
    with shmbuf.create(name) as producer:
        producer.write(b"hello")
        producer.write(b"")
        producer.write(bytearray(b"wor"))
        producer.write(memoryview(b"xldx")[1:3])
        with shmbuf.open(name) as consumer:
            assert [consumer.read() for _ in range(4)] == [b"hello", b"", b"wor", b"ld"]


def test_iteration_ends_with_the_stream(name):
    producer = shmbuf.create(name)
    consumer = shmbuf.open(name)
    messages = [bytes([i]) * i for i in range(200)]
    for message in messages:
        producer.write(message)
    producer.close()
    assert list(consumer) == messages
    with pytest.raises(shmbuf.EndOfStream):
        consumer.read()
    assert list(consumer) == []
    consumer.close()


def test_breaking_out_of_a_loop_loses_nothing(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        producer.write_batch([b"%d" % i for i in range(10)])
        for message in consumer:
            if message == b"3":
                break
        assert consumer.read() == b"4"
        consumer.close()
        with shmbuf.open(name) as successor:
            assert successor.read() == b"5"


def test_try_forms_never_wait(name):
    with shmbuf.create(name, capacity=4096) as producer, shmbuf.open(name) as consumer:
        assert consumer.try_read() is None
        assert consumer.try_read_into(bytearray(10)) is None
        assert consumer.try_read_batch() == []
        assert consumer.try_peek() is None
        sent = 0
        while producer.try_write(b"x" * 100):
            sent += 1
        assert sent > 10
        assert not producer.try_write(b"x" * 100)
        assert producer.try_reserve(1000) is None
        assert consumer.try_read() == b"x" * 100
        with pytest.raises(shmbuf.WouldBlock):
            producer.write(b"x" * 4000, timeout=0)


def test_timeouts(name):
    with shmbuf.create(name, capacity=4096) as producer, shmbuf.open(name) as consumer:
        start = time.monotonic()
        for call in (
            consumer.read,
            consumer.read_batch,
            consumer.peek,
            lambda timeout: consumer.read_into(bytearray(9), timeout),
        ):
            with pytest.raises(TimeoutError, match=name):
                call(timeout=0.08)
            with pytest.raises(shmbuf.WouldBlock, match=name):
                call(timeout=0)
        assert 0.3 < time.monotonic() - start < 5
        while producer.try_write(b"x" * 500):
            pass
        for call in (
            lambda timeout: producer.write(b"x" * 500, timeout=timeout),
            lambda timeout: producer.write_batch([b"x" * 500], timeout=timeout),
            lambda timeout: producer.reserve(500, timeout=timeout),
        ):
            with pytest.raises(TimeoutError, match=name):
                call(0.08)
            with pytest.raises(shmbuf.WouldBlock, match=name):
                call(0)


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan")])
def test_a_timeout_that_is_no_time(name, timeout):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        for call in (consumer.read, consumer.peek, consumer.read_batch):
            with pytest.raises(ValueError, match="timeout"):
                call(timeout=timeout)
        with pytest.raises(ValueError, match="timeout"):
            producer.write(b"", timeout=timeout)
        with pytest.raises(TypeError):
            producer.write(b"", timeout="soon")
    with pytest.raises(ValueError, match="timeout"):
        shmbuf.open(name, wait=timeout)


def test_kinds(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        producer.write(b"a", 7)
        producer.write(b"b", kind=65534)
        assert producer.try_write(b"c", kind=9)
        for kind in (7, 65534, 9):
            with consumer.peek() as record:
                assert record.kind == kind
        for kind in (-1, 65535, 1 << 70):
            with pytest.raises(ValueError, match="kind"):
                producer.write(b"", kind=kind)
        with pytest.raises(TypeError):
            producer.write(b"", kind="high")


def test_batches(name):
    messages = [b"m%d" % i * (i % 7) for i in range(500)]
    with shmbuf.create(name, capacity=1 << 16) as producer, shmbuf.open(name) as consumer:
        assert producer.write_batch(messages) == 500
        assert producer.write_batch([]) == 0
        assert producer.try_write_batch([]) == 0
        got = consumer.read_batch(200)
        assert len(got) == 200
        got += consumer.try_read_batch(1000)
        assert got == messages
        with pytest.raises(ValueError, match="max 0"):
            consumer.read_batch(0)
        with pytest.raises(TypeError):
            producer.write_batch([b"good", "text"])
        assert consumer.try_read() is None, "a batch that is refused writes nothing"


def test_a_batch_that_does_not_fit_says_how_many_were_sent(name):
    with shmbuf.create(name, capacity=4096) as producer, shmbuf.open(name) as consumer:
        first = producer.try_write_batch([b"x" * 100] * 1000)
        assert 0 < first < 1000
        assert producer.try_write_batch([b"y" * 100]) == 0
        assert consumer.read_batch(1000) == [b"x" * 100] * first
        sent = producer.write_batch([b"z" * 100] * 1000, timeout=0.1)
        assert 0 < sent < 1000
        assert consumer.read_batch(10_000) == [b"z" * 100] * sent


def test_a_long_batch_waits_for_room(name, thread):
    messages = [i.to_bytes(4, "little") * 50 for i in range(2000)]
    with shmbuf.create(name, capacity=8192) as producer, shmbuf.open(name) as consumer:
        writer = thread(lambda: producer.write_batch(messages))
        got = []
        while len(got) < len(messages):
            got += consumer.read_batch()
        assert got == messages
        assert writer.end() == 2000


def test_read_into(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        producer.write(b"0123456789")
        with pytest.raises(shmbuf.ShortBuffer) as caught:
            consumer.read_into(bytearray(4))
        assert caught.value.needed == 10
        buffer = bytearray(16)
        assert consumer.read_into(buffer) == 10, "the record was kept"
        assert buffer[:10] == b"0123456789"
        producer.write(b"ab")
        numbers = array.array("B", bytes(8))
        assert consumer.try_read_into(numbers) == 2
        assert numbers.tobytes()[:2] == b"ab"
        with pytest.raises((TypeError, BufferError)):
            consumer.read_into(b"read-only")


def test_records_longer_than_64_kib(name):
    big = bytes(range(256)) * 4096
    with shmbuf.create(name, capacity=1 << 21) as producer, shmbuf.open(name) as consumer:
        for _ in range(5):
            producer.write(big)
            assert consumer.read() == big
            assert producer.try_write(memoryview(big))
            buffer = bytearray(len(big) + 5)
            assert consumer.read_into(buffer) == len(big)
            assert buffer[: len(big)] == big
            assert producer.write_batch([big[:70000], big[:3]]) == 2
            assert consumer.read_batch() == [big[:70000], big[:3]]


def test_exact_fit_and_too_large(name):
    with shmbuf.create(name, capacity=4096) as producer, shmbuf.open(name) as consumer:
        assert producer.max_record == 4096 - 16
        longest = b"L" * producer.max_record
        for _ in range(3):
            producer.write(longest)
            assert consumer.read() == longest
        with pytest.raises(shmbuf.TooLarge, match=str(producer.max_record + 1)):
            producer.write(longest + b"!")
        with pytest.raises(shmbuf.TooLarge):
            producer.try_write(longest + b"!")
        with pytest.raises(shmbuf.TooLarge):
            producer.reserve(len(longest) + 1)


def test_wrong_types(name):
    with shmbuf.create(name) as producer:
        for bad in ("text", 5, None, [1]):
            with pytest.raises(TypeError):
                producer.write(bad)
        with pytest.raises(TypeError):
            producer.write()
        with pytest.raises(TypeError):
            producer.write(b"", knd=1)
        with pytest.raises(TypeError):
            producer.write(b"", 0, kind=0)
        with pytest.raises(TypeError):
            producer.write(b"", 0, None, None)


def test_times_and_sequence(name):
    with shmbuf.create(name, times=True) as producer, shmbuf.open(name) as consumer:
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        for _ in range(3):
            producer.write(b"x")
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        for number, record in zip(range(3), consumer.records()):
            assert record.seq == number
            assert before <= record.time <= after


def test_properties_and_stats(name):
    with (
        shmbuf.create(name, capacity=1 << 16, content_type="text/plain") as producer,
        shmbuf.open(name) as consumer,
    ):
        for handle in (producer, consumer):
            assert handle.name == name
            assert handle.capacity == 1 << 16
            assert handle.layout == "native"
            assert handle.content_type == "text/plain"
            assert handle.record_size == 0
            assert handle.dtype is None
            assert handle.is_open
            assert name in repr(handle)
        producer.write_batch([b"abc", b"de"])
        consumer.read()
        assert producer.stats.records == 2
        assert producer.stats.bytes == 5
        assert consumer.stats.records == 1
        assert consumer.stats.bytes == 3
    assert not producer.is_open
    assert "closed" in repr(consumer)


def test_classic_layout_through_the_same_api(name):
    with shmbuf.create(name, layout="classic", capacity=1024) as producer, shmbuf.open(name) as consumer:
        assert consumer.layout == producer.layout == "classic"
        for i in range(300):
            message = bytes([i % 256]) * (i % 200 + 1)
            producer.write(message)
            with consumer.peek() as record:
                assert bytes(record) == message
        with producer.reserve(10) as space:
            space.view[:] = b"0123456789"
        assert consumer.read() == b"0123456789"
        with pytest.raises(ValueError):
            producer.write(b"")
        with pytest.raises(ValueError), producer.reserve(10) as space:
            space.commit(0)


def test_a_lazy_ring_takes_memory_as_it_is_used(name):
    with shmbuf.create(name, capacity=1 << 24, lazy=True) as producer:
        producer.write(b"x")
        assert producer.capacity == 1 << 24
    with pytest.raises(ValueError, match="lazy"):
        shmbuf.create(name + "-classic", layout="classic", lazy=True)
