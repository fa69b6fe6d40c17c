"""Reference model of the classic layout: PROTOCOL.md section 2 over a bytearray."""

from __future__ import annotations

from .native import Damaged, Memory
from .script import Record, Result

M = 2**32 - 1
DATA = 16


def create(options: dict[str, str]) -> Memory:
    requested = int(options["capacity"], 0) or 1 << 20
    if not 16 <= requested <= 2**31:
        raise ValueError("capacity")
    m = Memory(requested + DATA)
    m.put32(8, 1 << requested.bit_length() - 1)
    start = int(options["start_position"], 0) & M
    m.put32(0, start)
    m.put32(4, start)
    return m


class Side:
    def __init__(self, m: Memory) -> None:
        self.m, self.capacity = m, m.u32(8)
        self.head, self.tail = m.u32(0), m.u32(4)
        self.guards = 0
        if (self.head - self.tail) & M > self.capacity:
            raise Damaged("head and tail")

    def copy_in(self, position: int, content: bytes) -> None:
        for k, byte in enumerate(content):
            self.m.bytes[DATA + (position + k) % self.capacity] = byte

    def copy_out(self, position: int, size: int) -> bytes:
        return bytes(self.m.bytes[DATA + (position + k) % self.capacity] for k in range(size))


class Producer(Side):
    reserved: bytearray | None = None

    def look(self) -> None:
        tail = self.m.u32(4)
        if (tail - self.tail) & M <= (self.head - self.tail) & M:
            self.tail = tail
        else:
            self.guards += 1

    def check(self, length: int) -> str:
        if length == 0:
            return "invalid"
        if length > self.capacity - 4:
            return "too_large"
        self.look()
        return "ok" if self.capacity - ((self.head - self.tail) & M) >= 4 + length else "would_block"

    def write(self, payload: bytes) -> str:
        status = self.check(len(payload))
        if status == "ok":
            self.copy_in(self.head, len(payload).to_bytes(4, "little") + payload)
            self.head = (self.head + 4 + len(payload)) & M
            self.m.put32(0, self.head)
        return status

    def commit(self, length: int) -> str:
        if self.reserved is None or not 0 < length <= len(self.reserved):
            return "invalid"
        content, self.reserved = bytes(self.reserved[:length]), None
        return self.write(content)


class Consumer(Side):
    pending = 0
    sequence = 0

    def look(self) -> int:
        head = self.m.u32(0)
        if (head - self.head) & M <= (self.tail + self.capacity - self.head) & M:
            self.head = head
        else:
            self.guards += 1
        return (self.head - self.tail) & M

    def next(self, tail: int, readable: int) -> bytes:
        length = int.from_bytes(self.copy_out(tail, 4), "little")
        if readable < 4 or length > readable - 4:
            raise Damaged("length")
        return self.copy_out((tail + 4) & M, length)

    def peek_batch(self, most: int) -> Result:
        readable = (self.head - self.tail) & M or self.look()
        if readable == 0:
            return Result("would_block" if self.m.linked else "retired")
        records: list[Record] = []
        used = 0
        while len(records) < most and used < readable:
            try:
                payload = self.next((self.tail + used) & M, readable - used)
            except Damaged:
                if records:
                    break
                raise
            records.append(Record(payload, self.sequence + len(records)))
            used += 4 + len(payload)
        self.pending, self.pending_records = used, len(records)
        return Result("ok", records=records)

    def release(self) -> str:
        if self.pending:
            self.tail = (self.tail + self.pending) & M
            self.sequence += self.pending_records
            self.pending = 0
            self.m.put32(4, self.tail)
        return "ok"

    def read(self, size: int) -> Result:
        got = self.peek_batch(1)
        if got.status != "ok":
            return got
        payload = got.records[0].payload
        if len(payload) > size:
            self.pending = 0
            return Result("short_buffer", need=len(payload))
        self.release()
        return Result("ok", payload=payload)
