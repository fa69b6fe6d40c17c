"""The Python package as the Subject of a vector script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import shmbuf
from model.script import Record, Result, pattern

# Most derived first: several are also ValueError or OSError.
STATUSES: list[tuple[type[BaseException], str]] = [
    (shmbuf.WouldBlock, "would_block"),
    (shmbuf.EndOfStream, "end_of_stream"),
    (shmbuf.ClosedError, "closed"),
    (shmbuf.TooLarge, "too_large"),
    (shmbuf.Busy, "busy"),
    (shmbuf.PeerDied, "peer_died"),
    (shmbuf.Retired, "retired"),
    (shmbuf.NotAChannel, "not_a_channel"),
    (shmbuf.UnknownVersion, "unknown_version"),
    (shmbuf.Damaged, "damaged"),
    (shmbuf.ShortBuffer, "short_buffer"),
    (shmbuf.NoSpace, "no_space"),
    (shmbuf.SegmentLost, "segment_lost"),
    (FileExistsError, "exists"),
    (FileNotFoundError, "missing"),
    (PermissionError, "no_permission"),
    (TimeoutError, "timeout"),
    (ValueError, "invalid"),
]


def status_of(error: BaseException) -> str:
    for kind, name in STATUSES:
        if isinstance(error, kind):
            return name
    return f"system: {type(error).__name__}: {error}"


def attempt(call: Callable[[], Any]) -> Result:
    """Run a call that returns nothing, False for would_block, or a number."""
    try:
        got = call()
    except Exception as error:
        return Result(status_of(error), n=getattr(error, "written", 0) or 0, need=getattr(error, "needed", 0))
    if got is None or got is True:
        return Result("ok")
    return Result("would_block" if got == 0 else "ok", n=int(got))


def array_of(record: Any) -> np.ndarray[Any, Any]:
    """The bytes in place. Arrays go when they are dropped; a `view` would stay with the record."""
    array: np.ndarray[Any, Any] = record.array if hasattr(record, "count") else record.array()
    return array.reshape(-1)


def address(record: Any) -> int | None:
    at: int = array_of(record).__array_interface__["data"][0]
    return at if len(record) else None


def put(record: Any, content: bytes) -> None:
    array_of(record)[:] = np.frombuffer(content, np.uint8)


class Library:
    def __init__(self, name: str) -> None:
        self.name, self.path = name, Path("/dev/shm") / name
        self.fd = -1
        self.producer: Any = None
        self.consumer: Any = None
        self.reservation: Any = None
        self.peeked: Any = None

    def finish(self) -> None:
        self.close("consumer")
        self.close("producer")
        if self.fd >= 0:
            os.close(self.fd)
        self.path.unlink(missing_ok=True)

    # -- life ----------------------------------------------------------------

    def create(self, options: dict[str, str]) -> str:
        def number(key: str) -> int | None:
            return int(options[key], 0) or None

        records = options["records"]
        try:
            self.producer = shmbuf.create(
                self.name,
                layout="classic" if options["layout"] == "classic" else "native",
                capacity=number("capacity"),
                record_size=int(records[6:]) if records.startswith("fixed:") else None,
                record_count=number("record_count"),
                alignment=number("alignment"),
                slots=int(options["slots"]),
                content_type=options["content_type"],
                times=options["times"] == "1",
                keep=options["keep"] == "1",
                start_position=number("start_position") or 0,
            )
        except Exception as error:
            return status_of(error)
        finally:
            self.follow()
        return "ok"

    def follow(self) -> None:
        """Turn to the object that has the name now, if there is one."""
        try:
            fd = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = fd

    def open(self) -> str:
        try:
            self.consumer = shmbuf.open(self.name)
        except Exception as error:
            return status_of(error)
        return "ok"

    def close(self, side: str) -> str:
        handle = self.producer if side == "producer" else self.consumer
        status = attempt(handle.close).status if handle is not None else "ok"
        # Only now: a peeked record that is dropped counts as released.
        if side == "producer":
            self.producer = self.reservation = None
        else:
            self.consumer = self.peeked = None
        return status

    def guards(self, side: str) -> int:
        handle = self.producer if side == "producer" else self.consumer
        hits: int = handle.stats.guard_hits
        return hits

    # -- producer ------------------------------------------------------------

    def write(self, payload: bytes, kind: int | None) -> str:
        return attempt(lambda: self.producer.try_write(payload, kind or 0)).status

    def batch(self, payloads: list[bytes]) -> Result:
        return attempt(lambda: self.producer.try_write_batch(payloads))

    def write_run(self, content: bytes, records: int) -> Result:
        return attempt(lambda: self.producer.try_write_run(content))

    def reserve(self, length: int, content: bytes) -> Result:
        got = self.try_reserve(length)
        if got.status == "ok":
            put(self.reservation, content)
        return got

    def try_reserve(self, size: int) -> Result:
        try:
            reservation = self.producer.try_reserve(size)
        except Exception as error:
            return Result(status_of(error))
        if reservation is None:
            return Result("would_block")
        self.reservation = reservation
        return Result("ok", n=len(reservation), address=address(reservation))

    def reserve_run(self, most: int, first_fill: int) -> Result:
        got = self.try_reserve(most)
        if got.status == "ok":
            size, got.n = self.producer.record_size, self.reservation.count
            content = b"".join(pattern(size, first_fill + k) for k in range(got.n))
            put(self.reservation, content)
        return got

    def commit(self, length: int, kind: int | None) -> str:
        return attempt(lambda: self.reservation.commit(length, kind=kind or 0)).status

    def commit_run(self, records: int) -> str:
        return attempt(lambda: self.reservation.commit(records)).status

    def abort(self) -> str:
        return attempt(self.reservation.abort).status

    # -- consumer ------------------------------------------------------------

    def read(self, size: int) -> Result:
        buffer = bytearray(size)
        try:
            n = self.consumer.try_read_into(buffer)
        except Exception as error:
            return Result(status_of(error), need=getattr(error, "needed", 0))
        return Result("would_block") if n is None else Result("ok", payload=bytes(buffer[:n]))

    def try_peek(self, most: int | None) -> Result:
        try:
            self.peeked = self.consumer.try_peek(most)
        except Exception as error:
            return Result(status_of(error))
        return Result("would_block" if self.peeked is None else "ok")

    def peek(self) -> Result:
        got = self.try_peek(1 if self.consumer.record_size else None)
        if got.status == "ok":
            p = self.peeked
            got.records = [Record(array_of(p).tobytes(), p.seq, p.kind, address(p))]
        return got

    def peek_run(self, most: int) -> Result:
        got = self.try_peek(most)
        if got.status == "ok":
            got.payload, got.address = array_of(self.peeked).tobytes(), address(self.peeked)
        return got

    def peek_batch(self, most: int) -> Result:
        """Python has batches as copies, which are released at once and tell no sequence numbers."""
        self.peeked = None
        try:
            records = self.consumer.try_read_batch(most)
        except Exception as error:
            return Result(status_of(error))
        return Result("ok" if records else "would_block", records=[Record(r, None) for r in records])

    def release(self) -> str:
        return attempt(self.peeked.release).status if self.peeked is not None else "ok"

    def release_run(self, records: int) -> str:
        return attempt(lambda: self.peeked.release(records)).status

    # -- bytes ---------------------------------------------------------------

    def raw(self, size: int, content: bytes) -> None:
        self.path.unlink(missing_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(fd, content)
        os.ftruncate(fd, size)
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = fd

    def pread(self, offset: int, size: int) -> bytes:
        return os.pread(self.fd, size, offset)

    def pwrite(self, offset: int, content: bytes) -> None:
        os.pwrite(self.fd, content, offset)

    def object_size(self) -> int:
        return os.fstat(self.fd).st_size

    def linked(self) -> bool:
        return os.fstat(self.fd).st_nlink > 0
