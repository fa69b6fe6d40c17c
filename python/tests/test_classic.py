"""The classes of existing programs, and peers that behave as those in the field do."""

from __future__ import annotations

import logging
import mmap
import os
import struct
from pathlib import Path

import pytest

import shmbuf
from shmbuf.classic import HEADER_SIZE, ByteRingBuffer, ShmConsumer, ShmProducer

SHM = Path("/dev/shm")


def test_ring_in_a_bytearray():
    buffer = bytearray(16 + 64)
    ring = ByteRingBuffer(memoryview(buffer), is_producer=True)
    assert ring.capacity == 64
    assert (ring.readable_bytes(), ring.writeable_bytes()) == (0, 64)
    assert not ring.has_data()
    assert ring.write(b"hello") is True
    assert (ring.readable_bytes(), ring.writeable_bytes()) == (9, 55)
    assert ring.has_data()
    assert bytes(buffer[16:25]) == b"\x05\0\0\0hello"
    assert ring.read() == b"hello"
    assert ring.read() is None
    assert ring.readable_bytes() == 0
    again = ByteRingBuffer(buffer, is_producer=True)
    assert struct.unpack_from("<4I", buffer) == (0, 0, 64, 0)
    for message in (b"msg1", b"message_two", b"3"):
        assert again.write(message)
    for message in (b"msg1", b"message_two", b"3"):
        assert again.read() == message


def test_two_ends_of_a_ring():
    buffer = bytearray(HEADER_SIZE + 100)
    with ByteRingBuffer(buffer, is_producer=True) as producer, ByteRingBuffer(buffer) as consumer:
        assert consumer.capacity == producer.capacity == 64, "rounded down"
        for i in range(500):
            message = bytes([i % 256]) * (i % 60 + 1)
            assert producer.write(message)
            assert consumer.readable_bytes() == len(message) + 4
            assert producer.readable_bytes() == len(message) + 4
            assert consumer.read() == message
            assert producer.writeable_bytes() == consumer.writeable_bytes() == 64


def test_full_and_too_large():
    ring = ByteRingBuffer(bytearray(16 + 16), is_producer=True)
    assert ring.write(b"X" * 12)
    assert ring.write(b"Y") is False
    assert ring.write(b"Z" * 13) is False
    assert ring.read() == b"X" * 12


def test_empty_records_are_refused_and_understood():
    buffer = bytearray(16 + 32)
    producer = ByteRingBuffer(buffer, is_producer=True)
    with pytest.raises(ValueError, match="0 bytes"):
        producer.write(b"")
    struct.pack_into("<I", buffer, 16, 0)  # what an existing producer writes
    struct.pack_into("<I", buffer, 0, 4)
    consumer = ByteRingBuffer(buffer)
    assert consumer.has_data()
    assert consumer.read() == b""
    assert consumer.read() is None


def test_a_buffer_is_held_until_close():
    buffer = bytearray(48)
    ring = ByteRingBuffer(buffer, is_producer=True)
    with pytest.raises(BufferError):
        buffer.extend(b"more")
    ring.close()
    ring.close()
    buffer.extend(b"more")
    for call in (ring.read, ring.has_data, lambda: ring.write(b"x"), lambda: ring.capacity):
        with pytest.raises(shmbuf.ClosedError):
            call()


def test_not_ready_yet():
    buffer = bytearray(48)
    ring = ByteRingBuffer(buffer)
    assert (ring.capacity, ring.read(), ring.has_data(), ring.readable_bytes()) == (0, None, False, 0)
    assert ring.write(b"x") is False
    ByteRingBuffer(buffer, is_producer=True).write(b"x")
    assert ring.read() == b"x"


@pytest.mark.parametrize("bad", [bytearray(31), bytearray(0), bytes(64), memoryview(bytes(64)), "text", 5])
def test_wrong_buffers(bad):
    with pytest.raises((ValueError, TypeError, BufferError)):
        ByteRingBuffer(bad, is_producer=True)


def test_headers_and_records_that_lie():
    buffer = bytearray(16 + 64)
    for capacity in (3, 128, 0xFFFFFFFF, 1 << 31):
        struct.pack_into("<4I", buffer, 0, 0, 0, capacity, 0)
        with pytest.raises(shmbuf.NotAChannel, match=str(capacity)):
            ByteRingBuffer(buffer)
    struct.pack_into("<4I", buffer, 0, 100, 0, 64, 0)
    with pytest.raises(shmbuf.Damaged):
        ByteRingBuffer(buffer).read()
    struct.pack_into("<4I", buffer, 0, 20, 0, 64, 0)
    for length in (17, 0xFFFFFFFF, 0x80000000):
        struct.pack_into("<I", buffer, 16, length)
        with pytest.raises(shmbuf.Damaged, match=str(length)):
            ByteRingBuffer(buffer).read()


def test_positions_wrap_at_two_to_the_32():
    buffer = bytearray(16 + 64)
    start = (1 << 32) - 37
    struct.pack_into("<4I", buffer, 0, start, start, 64, 0)
    producer, consumer = ByteRingBuffer(buffer), ByteRingBuffer(buffer)
    for i in range(200):
        assert producer.write(b"%d" % i * 5)
        assert consumer.read() == b"%d" % i * 5
    assert struct.unpack_from("<I", buffer)[0] < 1 << 20


def test_a_position_that_flashes_zero_is_not_believed():
    buffer = bytearray(16 + 64)
    start = 1000
    struct.pack_into("<4I", buffer, 0, start, start, 64, 0)
    producer, consumer = ByteRingBuffer(buffer), ByteRingBuffer(buffer)
    assert producer.write(b"abc")
    assert consumer.read() == b"abc"
    head = struct.unpack_from("<I", buffer)[0]
    struct.pack_into("<I", buffer, 0, 0)
    assert consumer.read() is None
    assert consumer.readable_bytes() == 0
    struct.pack_into("<I", buffer, 0, head)
    assert producer.writeable_bytes() == 64
    tail = struct.unpack_from("<I", buffer, 4)[0]
    struct.pack_into("<I", buffer, 4, 0)
    assert producer.writeable_bytes() == 64
    struct.pack_into("<I", buffer, 4, tail)
    assert producer.write(b"def")
    assert consumer.read() == b"def"


def test_channel(name, caplog):
    with caplog.at_level(logging.WARNING, "shmbuf"):
        producer = ShmProducer(name, 4000)
    assert "4000" in caplog.text
    assert "2048" in caplog.text
    assert (SHM / name).stat().st_size == 4016
    assert producer.capacity == 2048
    assert producer.is_valid
    assert producer.writeable_bytes() == 2048
    consumer = ShmConsumer(name, size=4016)
    assert consumer.capacity == 2048
    assert (consumer.read(), consumer.has_data(), consumer.readable_bytes()) == (None, False, 0)
    assert producer.write(b"one")
    assert producer.write(bytearray(b"two"))
    assert (consumer.has_data(), consumer.readable_bytes()) == (True, 14)
    assert producer.writeable_bytes() == 2048 - 14
    assert consumer.read() == b"one"
    producer.close()
    assert (producer.is_valid, producer.write(b"x"), producer.writeable_bytes(), producer.capacity) == (
        False,
        False,
        0,
        0,
    )
    assert consumer.is_valid
    assert consumer.read() == b"two"
    consumer.close()
    assert (consumer.is_valid, consumer.read(), consumer.has_data(), consumer.capacity) == (
        False,
        None,
        False,
        0,
    )
    consumer.close()
    producer.destroy()
    assert (SHM / name).exists(), "it was closed before"
    shmbuf.remove(name)


def test_context_managers(name):
    with ShmProducer(name, 64) as producer:
        with ShmConsumer(name) as consumer:
            producer.write(b"x")
            assert consumer.read() == b"x"
        assert (SHM / name).exists()
    assert not (SHM / name).exists()


def test_a_producer_replaces_the_object(name):
    producer = ShmProducer(name, 64)
    consumer = ShmConsumer(name)
    producer.write(b"old")
    producer.close()
    with ShmProducer(name, 128) as producer:
        producer.write(b"new")
        assert consumer.is_valid, "there is a record left"
        assert consumer.read() == b"old"
        assert not consumer.is_valid, "time to open the name again"
        consumer.close()
        with ShmConsumer(name) as consumer:
            assert consumer.capacity == 128
            assert consumer.read() == b"new"


def test_destroy_leaves_a_successor_alone(names):
    name = names()
    old = ShmProducer(name, 64)
    (SHM / name).unlink()
    with ShmProducer(name, 64):
        old.destroy()
        assert (SHM / name).exists()


def test_refusals(names):
    native, foreign, missing, classic = names(), names(), names(), names()
    with pytest.raises(FileNotFoundError, match=missing):
        ShmConsumer(missing)
    with shmbuf.create(native):
        with pytest.raises(shmbuf.NotAChannel, match="native"):
            ShmConsumer(native)
        with pytest.raises(shmbuf.NotAChannel, match="native"):
            ShmProducer(native, 64)
    (SHM / foreign).write_bytes(b"something else" * 9)
    for call in (ShmConsumer, lambda n: ShmProducer(n, 64)):
        with pytest.raises(shmbuf.NotAChannel, match=foreign):
            call(foreign)
    with ShmProducer(classic, 64), ShmConsumer(classic):
        with pytest.raises(shmbuf.Busy, match=classic):
            ShmProducer(classic, 64)
        with pytest.raises(shmbuf.Busy, match=classic):
            ShmConsumer(classic)
        with pytest.raises(FileExistsError):
            shmbuf.create(classic)
    for capacity in (0, 15, -1, (1 << 31) + 1, 1 << 70):
        with pytest.raises(ValueError, match=str(capacity)):
            ShmProducer(missing, capacity)
    for name in ("", "a/b", "x" * 201):
        with pytest.raises(ValueError):
            ShmProducer(name, 64)
        with pytest.raises(ValueError):
            ShmConsumer(name)
    with pytest.raises(TypeError):
        ShmProducer(missing, "64")


def test_a_half_made_object_is_waited_for(name):
    (SHM / name).write_bytes(b"")
    with ShmConsumer(name) as consumer:
        assert (consumer.is_valid, consumer.read(), consumer.capacity) == (True, None, 0)
        (SHM / name).write_bytes(bytes(16 + 64))
        assert consumer.read() is None
        (SHM / name).write_bytes(struct.pack("<4I", 0, 0, 64, 0) + bytes(64))
        assert consumer.read() is None
        assert consumer.capacity == 64
    (SHM / name).write_bytes(bytes(16 + 64))
    with pytest.raises(shmbuf.NotAChannel):
        shmbuf.open(name, wait=0.2)


def test_with_the_general_api(names):
    one, two = names(), names()
    with ShmProducer(one, 1024) as producer, shmbuf.open(one) as consumer:
        producer.write(b"to open()")
        assert consumer.read() == b"to open()"
    with shmbuf.create(two, layout="classic", capacity=1024) as general, ShmConsumer(two) as classic:
        general.write(b"from create()")
        assert classic.read() == b"from create()"


def test_waits_notice_what_is_wrong_for_good(name):
    """A position that stays impossible, and an object that is gone, end a wait without a timeout."""
    path = SHM / name
    with shmbuf.create(name, layout="classic", capacity=1024) as producer, shmbuf.open(name) as consumer:
        with path.open("r+b") as file:
            file.write(struct.pack("<I", 500_000))
        with pytest.raises(shmbuf.Damaged, match="500000"):
            consumer.read()
        while producer.try_write(b"x" * 100):
            pass
        with path.open("r+b") as file:
            file.seek(4)
            file.write(struct.pack("<I", 700_000))
        with pytest.raises(shmbuf.Damaged, match="700000"):
            producer.write(b"x" * 100)
    path.unlink()
    with shmbuf.create(name, layout="classic"), shmbuf.open(name) as consumer:
        path.unlink()
        with pytest.raises(shmbuf.Retired, match=name):
            consumer.read()


def test_large_records(name):
    data = os.urandom(300_000)
    with ShmProducer(name, 1 << 19) as producer, ShmConsumer(name) as consumer:
        for _ in range(5):
            assert producer.write(data)
            assert consumer.read() == data


def test_an_existing_kind_of_producer(name, python):
    """A producer as found in the field: plain stores of the position, a zero before each."""
    process = python(
        """
        import mmap, struct
        size = 16 + 4096
        with open("/dev/shm/" + argv[0], "w+b") as file:
            file.truncate(size)
            memory = mmap.mmap(file.fileno(), size)
        u32 = struct.Struct("<I")
        u32.pack_into(memory, 8, 4096)
        print(flush=True)
        head = 0
        for i in range(20000):
            payload = b"%d" % i * (1 + i % 20)
            record = u32.pack(len(payload)) + payload
            tail = memory[4:8]
            while head - u32.unpack_from(memory, 4)[0] + len(record) > 4096:
                time.sleep(0)
            for k, byte in enumerate(record):
                memory[16 + (head + k) % 4096] = byte
            head += len(record)
            u32.pack_into(memory, 0, head)
        """,
        name,
    )
    process.line()
    with ShmConsumer(name) as consumer:
        for i in range(20000):
            while (message := consumer.read()) is None:
                pass
            assert message == b"%d" % i * (1 + i % 20)
    process.end()


def test_an_existing_kind_of_consumer(name, python):
    with ShmProducer(name, 4096) as producer:
        process = python(
            """
            import mmap, struct
            with open("/dev/shm/" + argv[0], "r+b") as file:
                memory = mmap.mmap(file.fileno(), 16 + 4096)
            u32 = struct.Struct("<I")
            print(flush=True)
            tail = count = 0
            while count < 20000:
                head = u32.unpack_from(memory, 0)[0]
                if head == tail:
                    time.sleep(0)
                    continue
                raw = bytes(memory[16 + (tail + k) % 4096] for k in range(4))
                length = u32.unpack(raw)[0]
                payload = bytes(memory[16 + (tail + 4 + k) % 4096] for k in range(length))
                assert payload == b"%d" % count * (1 + count % 20), (count, payload)
                tail += 4 + length
                count += 1
                u32.pack_into(memory, 4, tail)
            """,
            name,
        )
        process.line()
        for i in range(20000):
            while not producer.write(b"%d" % i * (1 + i % 20)):
                pass
        process.end()


def test_fork(name):
    producer = ShmProducer(name, 64)
    consumer = ShmConsumer(name)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            refused = 0
            for call in (lambda: producer.write(b"x"), consumer.read):
                try:
                    call()
                except shmbuf.ClosedError:
                    refused += 1
            refused += not producer.is_valid
            producer.destroy()
            consumer.close()
            status = 0 if refused == 3 else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (SHM / name).exists()
    with pytest.raises(shmbuf.Busy):
        ShmProducer(name, 64)
    assert producer.write(b"x")
    assert consumer.read() == b"x"
    consumer.close()
    producer.destroy()


def test_in_a_mapping():
    memory = mmap.mmap(-1, 16 + 1024)
    with ByteRingBuffer(memory, is_producer=True) as ring:
        assert ring.write(b"x" * 1000)
        assert ring.read() == b"x" * 1000
        with pytest.raises(BufferError):
            memory.close()
    memory.close()
