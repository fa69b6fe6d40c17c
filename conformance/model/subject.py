"""The reference model as a Subject of the vector scripts: one name, no files."""

from __future__ import annotations

from . import classic, native
from .native import MAGIC, Damaged, Geometry, Memory, power_of_two
from .script import Result, pattern


def recognise(m: Memory) -> str:
    """PROTOCOL.md 1.1, for an open that does not wait."""
    if len(m.bytes) < 16:
        return "not_a_channel"
    version, control = m.u32(8), m.u32(12)
    if bytes(m.bytes[:8]) == MAGIC:
        if control == 0:
            return "not_a_channel"
        return "native" if version == 1 else "unknown_version"
    if control == 0 and power_of_two(version) and version <= len(m.bytes) - 16:
        return "classic"
    return "not_a_channel"


class Model:
    def __init__(self) -> None:
        self.m: Memory | None = None
        self.producer: native.Producer | classic.Producer | None = None
        self.consumer: native.Consumer | classic.Consumer | None = None

    # -- life ----------------------------------------------------------------

    def create(self, options: dict[str, str]) -> str:
        try:
            return (
                self.create_classic(options)
                if options["layout"] == "classic"
                else self.create_native(options)
            )
        except ValueError:
            return "invalid"
        except Damaged:
            return "damaged"

    def existing(self) -> str:
        return recognise(self.m) if self.m and self.m.linked else ""

    def create_classic(self, options: dict[str, str]) -> str:
        m = classic.create(options)
        found = self.existing()
        if found not in ("", "classic"):
            return "not_a_channel"
        if found and self.producer:
            return "busy"
        if self.m:
            self.m.linked = False
        self.m = m
        self.producer = classic.Producer(m)
        return "ok"

    def create_native(self, options: dict[str, str]) -> str:
        g = Geometry(options)
        found = self.existing()
        if found == "classic":
            return "exists"
        if found not in ("", "native"):
            return found
        if found:
            assert self.m
            if self.producer:
                return "busy"
            old = Geometry.read(self.m)
            if self.m.u32(native.STATE) != 3 and old.key() == g.key():
                return self.take_over(old)
            self.m.put32(native.STATE, 3)
            self.m.linked = False
        self.m = Memory(g.size)
        g.write(self.m)
        self.producer = native.Producer(self.m, g)
        return "ok"

    def take_over(self, g: Geometry) -> str:
        assert self.m
        producer = native.Producer(self.m, g)
        producer.validate()
        self.m.put64(native.FRONTIER, producer.position)
        self.m.put64(native.EPOCH, self.m.u64(native.EPOCH) + 1)
        self.m.put32(native.STATE, 1)
        self.producer = producer
        return "ok"

    def open(self) -> str:
        found = self.existing()
        if not found:
            return "missing"
        if found not in ("native", "classic"):
            return found
        if self.consumer and self.consumer.m is self.m:
            return "busy"
        assert self.m
        try:
            if found == "classic":
                self.consumer = classic.Consumer(self.m)
            else:
                self.consumer = native.Consumer(self.m, Geometry.read(self.m))
        except Damaged:
            return "damaged"
        return "ok"

    def close(self, side: str) -> str:
        if side == "producer":
            producer, self.producer = self.producer, None
            if isinstance(producer, native.Producer):
                producer.m.put32(native.STATE, 2)
                producer.m.put32(native.DATA_WAITERS, 0)
                self.remove_when_done(producer.m)
        else:
            consumer, self.consumer = self.consumer, None
            if isinstance(consumer, native.Consumer):
                consumer.close()
                self.remove_when_done(consumer.m)
        return "ok"

    def remove_when_done(self, m: Memory) -> None:
        """Whoever closes last removes the name; a live producer's lock forbids it."""
        left = m.u32(native.SLOT_STATE) == 3 and m.u64(native.CURSOR) == m.u64(native.POSITION)
        if self.producer is None and left and m.u32(native.STATE) == 2 and not m.u32(0x4C) & 2:
            m.put32(native.STATE, 3)
            m.linked = False

    # -- producer ------------------------------------------------------------

    def write(self, payload: bytes, kind: int | None) -> str:
        p = self.producer
        try:
            if isinstance(p, native.Producer):
                return "invalid" if p.reserved else p.write(payload, kind or 0)
            assert p
            if kind:
                return "invalid"
            return p.write(payload)
        except Damaged:
            return "damaged"

    def batch(self, payloads: list[bytes]) -> Result:
        p = self.producer
        if isinstance(p, native.Producer):  # one publication
            p.batching = True
            got = self.write_each(payloads)
            p.batching = False
            p.show()
            return got
        return self.write_each(payloads)

    def write_each(self, payloads: list[bytes]) -> Result:
        for n, payload in enumerate(payloads):
            status = self.write(payload, None)
            if status != "ok":
                return Result("ok" if status == "would_block" and n else status, n=n)
        return Result("ok", n=len(payloads))

    def reserve(self, length: int, content: bytes) -> Result:
        p = self.producer
        if isinstance(p, classic.Producer):
            status = p.check(length)
            if status == "ok":
                p.reserved = bytearray(content)
            return Result(status, n=length)
        assert p
        got = p.reserve(length)
        if got.status == "ok":
            at = p.payload_at()
            p.m.bytes[at : at + length] = content
        return got

    def commit(self, length: int, kind: int | None) -> str:
        p = self.producer
        if isinstance(p, classic.Producer):
            return p.commit(length)
        assert p
        return p.commit(length, kind or 0)

    def abort(self) -> str:
        p = self.producer
        if isinstance(p, native.Producer):
            return p.abort()
        assert p
        p.reserved = None
        return "ok"

    def write_run(self, content: bytes, records: int) -> Result:
        assert isinstance(self.producer, native.Producer)
        return self.producer.write_run(content)

    def reserve_run(self, most: int, first_fill: int) -> Result:
        p = self.producer
        assert isinstance(p, native.Producer)
        got = p.reserve_run(most)
        if got.status == "ok":
            assert got.address is not None
            size = p.g.record_size
            for k in range(got.n):
                at = got.address + k * size
                p.m.bytes[at : at + size] = pattern(size, first_fill + k)
        return got

    def commit_run(self, records: int) -> str:
        assert isinstance(self.producer, native.Producer)
        return self.producer.commit_run(records)

    # -- consumer ------------------------------------------------------------

    def read(self, size: int) -> Result:
        assert self.consumer
        if self.consumer.pending:
            return Result("invalid")
        try:
            return self.consumer.read(size)
        except Damaged:
            return Result("damaged")

    def peek(self) -> Result:
        return self.peek_batch(1)

    def peek_batch(self, most: int) -> Result:
        assert self.consumer
        try:
            return self.consumer.peek_batch(most)
        except Damaged:
            return Result("damaged")

    def peek_run(self, most: int) -> Result:
        assert isinstance(self.consumer, native.Consumer)
        try:
            return self.consumer.peek_run(most)
        except Damaged:
            return Result("damaged")

    def release(self) -> str:
        assert self.consumer
        return self.consumer.release()

    def release_run(self, records: int) -> str:
        assert isinstance(self.consumer, native.Consumer)
        return self.consumer.release(records)

    def guards(self, side: str) -> int:
        handle = self.producer if side == "producer" else self.consumer
        assert isinstance(handle, classic.Side)
        return handle.guards

    # -- bytes ---------------------------------------------------------------

    def raw(self, size: int, content: bytes) -> None:
        self.m = Memory(size)
        self.m.bytes[: len(content)] = content

    def pread(self, offset: int, size: int) -> bytes:
        assert self.m
        return bytes(self.m.bytes[offset : offset + size])

    def pwrite(self, offset: int, content: bytes) -> None:
        assert self.m
        self.m.bytes[offset : offset + len(content)] = content

    def object_size(self) -> int:
        assert self.m
        return len(self.m.bytes)

    def linked(self) -> bool:
        assert self.m
        return self.m.linked
