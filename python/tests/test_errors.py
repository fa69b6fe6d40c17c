"""The error table: every condition that Python can bring about gives its exception and says what to do."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import struct
import time
from pathlib import Path

import pytest

import shmbuf
from shmbuf import errors

SPEC = Path(__file__).resolve().parents[2] / "spec" / "errors.json"
SHM = Path("/dev/shm")


@pytest.mark.skipif(not SPEC.exists(), reason="outside a checkout")
def test_the_table_of_the_specification():
    import builtins

    for row in json.loads(SPEC.read_text())["conditions"]:
        kind, number = errors._BY_CODE[row["code"]]
        text = row["python"]
        if text.startswith("shmbuf."):
            name, base = text[len("shmbuf.") : -1].split("(")
            assert kind is getattr(shmbuf, name)
            assert issubclass(kind, getattr(builtins, base))
            assert issubclass(kind, shmbuf.Error)
        else:
            assert kind is getattr(builtins, text.split()[0])
        assert bool(number) == (issubclass(kind, OSError) and kind is not OSError)
    assert len(errors._BY_CODE) == len(json.loads(SPEC.read_text())["conditions"])


def raised(kind, call, *words):
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    for word in words:
        assert str(word) in str(caught.value)
    return caught.value


def test_would_block_end_of_stream_closed_too_large(name):
    producer = shmbuf.create(name, capacity=4096)
    consumer = shmbuf.open(name)
    error = raised(shmbuf.WouldBlock, lambda: consumer.read(timeout=0), name)
    assert error.errno == errno.EAGAIN
    assert isinstance(error, BlockingIOError)
    raised(shmbuf.TooLarge, lambda: producer.write(bytes(5000)), name, 5000)
    producer.close()
    for call in (
        lambda: producer.write(b""),
        lambda: producer.try_write(b""),
        lambda: producer.reserve(1),
        lambda: producer.write_batch([b""]),
    ):
        raised(shmbuf.ClosedError, call, name)
    producer.close()
    error = raised(shmbuf.EndOfStream, consumer.read, name)
    assert isinstance(error, EOFError)
    raised(shmbuf.EndOfStream, consumer.try_read, name)
    raised(shmbuf.EndOfStream, consumer.peek, name)
    consumer.close()
    for call in (
        consumer.read,
        consumer.try_read,
        consumer.peek,
        consumer.read_batch,
        lambda: next(consumer),
    ):
        raised(shmbuf.ClosedError, call, name)


def test_busy(name):
    with shmbuf.create(name), shmbuf.open(name):
        error = raised(shmbuf.Busy, lambda: shmbuf.create(name), name)
        assert error.errno == errno.EBUSY
        raised(shmbuf.Busy, lambda: shmbuf.open(name), name)
        raised(shmbuf.Busy, lambda: shmbuf.remove(name), name)


@pytest.mark.parametrize("call", ["read", "peek", "__next__"])
def test_peer_died_reading(name, python, call):
    process = python("p = shmbuf.create(argv[0]); p.write(b'last'); print(flush=True); time.sleep(60)", name)
    process.line()
    with shmbuf.open(name) as consumer:
        process.kill()
        assert consumer.read() == b"last", "what was committed arrives first"
        raised(shmbuf.PeerDied, getattr(consumer, call), name)


def test_peer_died_writing(name, python):
    with shmbuf.create(name, capacity=4096) as producer:
        process = python("c = shmbuf.open(argv[0]); print(flush=True); time.sleep(60)", name)
        process.line()
        process.kill()
        while producer.try_write(b"x" * 1000):
            pass
        error = raised(shmbuf.PeerDied, lambda: producer.write(b"x" * 1000), name)
        assert error.errno == errno.EPIPE
        with pytest.raises(shmbuf.PeerDied):
            producer.reserve(1000)


def repeat(call):
    """Repeat a call that waits 20 ms each time, for a second at most."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        with contextlib.suppress(TimeoutError):
            return call(timeout=0.02)
    raise AssertionError("a second of short waits has not noticed it")


def test_short_waits_see_that_the_peer_died(name, python):
    process = python("p = shmbuf.create(argv[0]); print(flush=True); time.sleep(60)", name)
    process.line()
    with shmbuf.open(name) as consumer:
        with pytest.raises(TimeoutError):
            consumer.read(timeout=0.02)
        process.kill()
        with pytest.raises(shmbuf.PeerDied):
            repeat(consumer.read)


@pytest.mark.parametrize("layout", ["native", "classic"])
def test_waits_of_every_length_see_that_the_channel_was_removed(name, layout):
    with shmbuf.create(name, layout=layout, capacity=4096) as producer:
        while producer.try_write(b"x" * 1000):
            pass
        with pytest.raises(TimeoutError):
            producer.write(b"x" * 1000, timeout=0.02)
        shmbuf.remove(name, force=True)
        with pytest.raises(shmbuf.Retired):
            repeat(lambda timeout: producer.write(b"x" * 1000, timeout=timeout))
        start = time.monotonic()
        with pytest.raises(shmbuf.Retired):
            producer.write(b"x" * 1000)
        assert time.monotonic() - start < 1


def test_await_peer_waits_for_a_successor(name, python, thread):
    process = python("p = shmbuf.create(argv[0]); p.write(b'one'); print(flush=True); time.sleep(60)", name)
    process.line()
    with shmbuf.open(name, await_peer=True) as consumer:
        process.kill()
        assert consumer.read() == b"one"
        with pytest.raises(TimeoutError):
            consumer.read(timeout=0.3)
        reader = thread(consumer.read)
        with shmbuf.create(name) as producer:
            producer.write(b"two")
            assert reader.end() == b"two"


def test_retired(name):
    producer = shmbuf.create(name, capacity=4096)
    consumer = shmbuf.open(name)
    producer.write(b"old")
    producer.close()
    with shmbuf.create(name, capacity=8192) as producer:
        producer.write(b"new")
        assert consumer.read() == b"old"
        error = raised(shmbuf.Retired, consumer.read, name)
        assert isinstance(error, ConnectionResetError)
        consumer.close()
        with shmbuf.open(name) as consumer:
            assert consumer.read() == b"new"


def test_not_a_channel(name):
    (SHM / name).write_bytes(b"something else, longer than a header" * 100)
    for call in (shmbuf.open, shmbuf.create, shmbuf.inspect, shmbuf.remove):
        raised(shmbuf.NotAChannel, lambda call=call: call(name), name)
    assert (SHM / name).exists()
    (SHM / name).write_bytes(b"short")
    raised(shmbuf.NotAChannel, lambda: shmbuf.open(name), name)


def test_unknown_version_and_damage(name):
    with shmbuf.create(name, keep=True):
        pass
    path = SHM / name
    good = path.read_bytes()

    def patch(offset, value):
        data = bytearray(good)
        data[offset : offset + len(value)] = value
        path.write_bytes(data)

    patch(8, struct.pack("<I", 77))
    raised(shmbuf.UnknownVersion, lambda: shmbuf.open(name), name, 77)
    patch(0x10, struct.pack("<Q", 12345))
    raised(shmbuf.Damaged, lambda: shmbuf.open(name), name)
    path.write_bytes(good)
    shmbuf.open(name).close()


def test_damage_while_reading(name):
    with shmbuf.create(name) as producer:
        producer.write(b"x" * 100)
        with shmbuf.open(name) as consumer, (SHM / name).open("r+b") as file:
            file.seek(0x10000)
            data_offset = struct.unpack("<Q", (SHM / name).read_bytes()[0x18:0x20])[0]
            file.seek(data_offset)
            file.write(struct.pack("<Q", 1 << 40))
            file.flush()
            raised(shmbuf.Damaged, consumer.read, name)
            raised(shmbuf.Damaged, consumer.peek, name)


def test_exists_and_missing(name):
    raised(FileNotFoundError, lambda: shmbuf.open(name), name)
    raised(FileNotFoundError, lambda: shmbuf.inspect(name), name)
    error = raised(FileNotFoundError, lambda: shmbuf.remove(name), name)
    assert error.errno == errno.ENOENT
    with shmbuf.create(name, keep=True):
        pass
    error = raised(FileExistsError, lambda: shmbuf.create(name, exclusive=True), name)
    assert error.errno == errno.EEXIST


def test_timeout_and_short_buffer(name):
    with shmbuf.create(name) as producer, shmbuf.open(name) as consumer:
        error = raised(TimeoutError, lambda: consumer.read(timeout=0.06), name)
        assert error.errno == errno.ETIMEDOUT
        producer.write(bytes(1234))
        raised(shmbuf.ShortBuffer, lambda: consumer.read_into(bytearray(1)), name, 1234)


def test_no_space(name):
    free = os.statvfs(SHM)
    want = 1 << 40
    if free.f_bavail * free.f_frsize >= want:
        pytest.skip("more than 1 TiB of shared memory")
    error = raised(shmbuf.NoSpace, lambda: shmbuf.create(name, capacity=want), name)
    assert error.errno == errno.ENOSPC
    assert not (SHM / name).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_no_permission(name, python):
    with shmbuf.create(name):
        process = python(
            """
            os.setuid(65534)
            for call in (shmbuf.open, shmbuf.create, shmbuf.inspect):
                try:
                    call(argv[0])
                except PermissionError as error:
                    assert argv[0] in str(error), error
                    print("refused")
            """,
            name,
        )
        assert process.end().split() == ["refused"] * 3


@pytest.mark.parametrize("bad", ["", "a/b", "/a", "-a", ".a", "a b", "ä", "x" * 201, "a\0b"])
def test_invalid_names(bad):
    for call in (shmbuf.create, shmbuf.open, shmbuf.inspect, shmbuf.remove):
        raised(ValueError, lambda call=call: call(bad))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"capacity": 5000}, "5000"),
        ({"capacity": 2048}, "2048"),
        ({"capacity": 0}, "capacity 0"),
        ({"capacity": -1}, "-1"),
        ({"capacity": 1 << 41}, 1 << 41),
        ({"capacity": 1 << 80}, 1 << 80),
        ({"alignment": 3}, "alignment"),
        ({"alignment": 8192}, 8192),
        ({"alignment": 4}, "alignment"),
        ({"slots": 0}, "slots 0"),
        ({"slots": 1025}, 1025),
        ({"record_size": 0}, "record_size 0"),
        ({"record_size": 10, "record_count": 3}, "record_count"),
        ({"record_size": 8, "record_count": 16, "capacity": 128}, "capacity is 128"),
        ({"record_size": 8, "capacity": 4096}, "capacity is 4096"),
        ({"record_size": 10, "record_count": 1}, "record_count"),
        ({"record_count": 8}, "record_count"),
        ({"record_size": 12, "alignment": 8}, "alignment"),
        ({"record_size": 16, "times": True}, "times"),
        ({"content_type": "x" * 3841}, 3841),
        ({"mode": 0}, "mode"),
        ({"mode": 0o1000}, "mode"),
        ({"layout": "modern"}, "modern"),
        ({"layout": "classic", "capacity": 15}, 15),
        ({"layout": "classic", "record_size": 8}, "record_size"),
        ({"layout": "classic", "content_type": "x"}, "content_type"),
        ({"layout": "classic", "keep": True}, "keep"),
        ({"start_position": 3}, "start"),
    ],
)
def test_invalid_options(name, options, word):
    raised(ValueError, lambda: shmbuf.create(name, **options), name, word)
    assert not (SHM / name).exists()


def test_options_of_the_wrong_type(name):
    for options in (
        {"capacity": "1 MiB"},
        {"capacity": 4096.0},
        {"content_type": 5},
        {"times": "yes"},
        {"depth": 1},
    ):
        with pytest.raises(TypeError):
            shmbuf.create(name, **options)
    with pytest.raises(TypeError):
        shmbuf.create(5)
    with pytest.raises((TypeError, ValueError)):
        shmbuf.open(name, slot=-1)
    with pytest.raises(ValueError, match="slot"), shmbuf.create(name):
        shmbuf.open(name, slot=3)


def test_errors_are_caught_as_a_family():
    for kind in (shmbuf.Busy, shmbuf.TooLarge, shmbuf.Damaged, shmbuf.EndOfStream):
        assert issubclass(kind, shmbuf.Error)
    assert not issubclass(FileNotFoundError, shmbuf.Error)
    assert str(shmbuf.Busy(errno.EBUSY, "the message")) == "the message"
    assert str(shmbuf.Busy()) == ""
