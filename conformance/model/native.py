"""Reference model of the native layout: PROTOCOL.md section 3 over a bytearray.

Written for reading, not for speed, and apart from the real implementations: one
thread, no locks, no atomics. All positions are modulo 2^64.
"""

from __future__ import annotations

import struct

from .script import Record, Result, crc32c

M = 2**64 - 1
MAGIC = b"\x89SHMBUF\n"
PAD = 0xFFFF
POSITION, FRONTIER, JOURNAL, STATE, EPOCH = 0x1000, 0x1080, 0x1090, 0x1100, 0x1108
GATE, CURSOR, SEQUENCE, SLOT_STATE, SLOT_EPOCH = 0x3000, 0x3080, 0x3088, 0x3100, 0x3110
DATA_WAITERS, SPACE_WAITER = 0x2000, 0x2080


class Damaged(Exception):
    pass


class Memory:
    """Little-endian words of one object."""

    def __init__(self, size: int) -> None:
        self.bytes = bytearray(size)
        self.linked = True

    def u32(self, at: int) -> int:
        return int.from_bytes(self.bytes[at : at + 4], "little")

    def u64(self, at: int) -> int:
        return int.from_bytes(self.bytes[at : at + 8], "little")

    def put32(self, at: int, value: int) -> None:
        struct.pack_into("<I", self.bytes, at, value)

    def put64(self, at: int, value: int) -> None:
        struct.pack_into("<Q", self.bytes, at, value & M)


def power_of_two(n: int) -> bool:
    return n > 0 and n & (n - 1) == 0


class Geometry:
    """The static page. Raises ValueError for options that break a rule."""

    def __init__(self, options: dict[str, str]) -> None:
        fixed = options["records"].startswith("fixed:")
        self.format = 1 if fixed else 0
        self.times = int(options["times"])
        self.flags = self.times | int(options["keep"]) << 1
        self.slots = int(options["slots"])
        self.start = int(options["start_position"], 0)
        self.text = options["content_type"].encode()
        self.alignment = int(options["alignment"])
        if fixed:
            self.record_size = int(options["records"].split(":")[1])
            self.alignment = self.alignment or min(8, self.record_size & -self.record_size)
            self.record_count = int(options["record_count"])
            while not self.record_count or (
                not int(options["record_count"]) and self.record_count * 2 * self.record_size <= 1 << 20
            ):
                self.record_count = self.record_count * 2 or 2
            self.capacity = self.record_size * self.record_count
            self.header = 0
        else:
            self.record_size = self.record_count = 0
            self.alignment = self.alignment or 8
            self.capacity = int(options["capacity"], 0) or 1 << 20
            self.header = 24 if self.times else 16
        self.control = -(-(0x3000 + 512 * self.slots) // 65536) * 65536
        self.data = self.control + (-self.header) % self.alignment
        self.size = self.data + self.capacity
        self.check()

    def check(self) -> None:
        low = 1 if self.format else 8
        good = (
            power_of_two(self.alignment)
            and low <= self.alignment <= 4096
            and 1 <= self.slots <= 1024
            and len(self.text) <= 3840
            and self.capacity <= 2**40
        )
        if self.format == 0:
            good = good and power_of_two(self.capacity) and self.capacity >= 4096
            good = good and self.start % self.alignment == 0
        else:
            good = good and power_of_two(self.record_count) and self.record_count >= 2
            good = good and self.record_size % self.alignment == 0 and not self.times
        if not good:
            raise ValueError("geometry")

    def key(self) -> tuple[object, ...]:
        return (self.format, self.flags, self.slots, self.text, self.alignment,
                self.capacity, self.record_size, self.record_count)  # fmt: skip

    @property
    def lap(self) -> int:
        """Positions in one lap."""
        return self.record_count if self.format else self.capacity

    def write(self, m: Memory) -> None:
        struct.pack_into(
            "<IIQQQIIQQIIIIQqQI", m.bytes, 8, 1, self.control, self.capacity, self.data, self.size,
            self.format, self.alignment, self.record_size, self.record_count, self.header,
            self.slots, 512, self.flags, 0x1122334455667788, 1, self.start, len(self.text),
        )  # fmt: skip
        m.bytes[0x100 : 0x100 + len(self.text)] = self.text
        m.put32(0x6C, crc32c(bytes(m.bytes[8:0x6C]) + self.text))
        for at in (POSITION, FRONTIER, JOURNAL, JOURNAL + 16, GATE, CURSOR):
            m.put64(at, self.start)
        m.put32(SLOT_STATE, 1)
        m.put32(STATE, 1)
        m.put64(EPOCH, 1)
        m.bytes[0:8] = MAGIC

    @staticmethod
    def read(m: Memory) -> Geometry:
        """The validated private copy. Raises Damaged."""
        names = struct.unpack_from("<IIQQQIIQQIIIIQqQII", m.bytes, 8)
        (_, control, capacity, data, size, fmt, alignment, record_size, record_count,
         header, slots, slot_size, flags, _, _, start, text_length, crc) = names  # fmt: skip
        if text_length > 3840 or fmt > 1 or flags & ~3 or slot_size != 512 or not 1 <= slots <= 1024:
            raise Damaged("static page")
        text = bytes(m.bytes[0x100 : 0x100 + text_length])
        if crc32c(bytes(m.bytes[8:0x6C]) + text) != crc:
            raise Damaged("static crc")
        if fmt == 1 and (record_size == 0 or record_count == 0):
            raise Damaged("record size")
        if not power_of_two(alignment):
            raise Damaged("alignment")
        options = {
            "records": f"fixed:{record_size}" if fmt else "variable",
            "times": str(flags & 1), "keep": str(flags >> 1), "slots": str(slots),
            "start_position": str(start), "content_type": text.decode(), "alignment": str(alignment),
            "record_count": str(record_count), "capacity": str(capacity or 1),
        }  # fmt: skip
        try:
            g = Geometry(options)
        except ValueError as error:
            raise Damaged(str(error)) from None
        if (g.control, g.capacity, g.data, g.size, g.header, g.record_size, g.record_count) != (
            control, capacity, data, size, header, record_size, record_count
        ):  # fmt: skip
            raise Damaged("geometry")
        if len(m.bytes) < g.size:
            raise Damaged("object smaller than segment")
        return g


class Producer:
    def __init__(self, m: Memory, g: Geometry) -> None:
        self.m, self.g = m, g
        self.position = m.u64(POSITION)
        self.gate = m.u64(GATE)
        self.reserved: tuple[int, int] | None = None  # (start of the record, length)
        self.batching = False
        self.count = self.find_count()

    def find_count(self) -> int:
        if self.g.format:
            return (self.position - self.g.start) & M
        for cell in (JOURNAL, JOURNAL + 16):
            if self.m.u64(cell) == self.position:
                return self.m.u64(cell + 8)
        raise Damaged("journal")

    def validate(self) -> None:
        """Take-over: gate <= cursor <= position, position - gate <= a lap."""
        gate, cursor = self.m.u64(GATE), self.m.u64(CURSOR)
        used = (self.position - gate) & M
        if used > self.g.lap or (cursor - gate) & M > used:
            raise Damaged("positions")

    def look(self) -> None:
        gate = self.m.u64(GATE)
        if (gate - self.gate) & M > (self.position - self.gate) & M:
            raise Damaged("gate")
        self.gate = gate

    def free(self, need: int) -> bool:
        for _ in range(2):
            if (self.position + need - self.gate) & M <= self.g.lap:
                return True
            self.look()
        return False

    def publish(self, end: int, records: int) -> None:
        self.count += records
        self.position = end & M
        if not self.batching:
            self.show()

    def show(self) -> None:
        """Store the position; before it the journal, in the cell that does not hold the published one."""
        published = self.m.u64(POSITION)
        if self.position == published:
            return
        if not self.g.format:
            current = next(c for c in (JOURNAL, JOURNAL + 16) if self.m.u64(c) == published)
            cell = JOURNAL + 16 if current == JOURNAL else JOURNAL
            self.m.put64(cell, self.position)
            self.m.put64(cell + 8, self.count)
        self.m.put64(POSITION, self.position)
        self.m.put32(DATA_WAITERS, 0)

    def stride(self, length: int) -> int:
        a = self.g.alignment
        return (self.g.header + length + a - 1) // a * a

    def reserve(self, length: int) -> Result:
        if length > self.g.capacity - self.g.header:
            return Result("too_large")
        s = self.stride(length)
        while True:
            rest = self.g.capacity - self.position % self.g.capacity
            need = s if s <= rest else rest + s
            if self.free(need):
                break
            if s > rest and rest + s > self.g.capacity and self.free(rest):
                self.pad(rest)
                self.publish(self.position + rest, 0)
                continue
            return Result("would_block")
        start = self.position if s <= rest else (self.position + rest) & M
        self.reserved = (start, length)
        self.m.put64(FRONTIER, self.position + need)
        return Result("ok", n=length, address=self.g.data + start % self.g.capacity + self.g.header)

    def pad(self, rest: int) -> None:
        self.m.put64(FRONTIER, self.position + rest)
        self.m.put64(self.g.data + self.position % self.g.capacity, rest | PAD << 48)

    def payload_at(self) -> int:
        assert self.reserved
        return self.g.data + self.reserved[0] % self.g.capacity + self.g.header

    def commit(self, length: int, kind: int, publish: bool = True) -> str:
        if self.reserved is None or length > self.reserved[1] or kind == PAD:
            return "invalid"
        start, _ = self.reserved
        if start != self.position:
            self.pad((start - self.position) & M)
        at = self.g.data + start % self.g.capacity
        self.m.put64(at, length | kind << 48)
        self.m.put64(at + 8, self.count)
        end = start + self.stride(length)
        self.m.put64(FRONTIER, end)
        self.publish(end, 1)
        self.reserved = None
        return "ok"

    def write(self, payload: bytes, kind: int) -> str:
        if kind == PAD:
            return "invalid"
        if self.g.format:
            if len(payload) != self.g.record_size:
                return "invalid"
            return self.write_run(payload).status
        got = self.reserve(len(payload))
        if got.status != "ok":
            return got.status
        at = self.payload_at()
        self.m.bytes[at : at + len(payload)] = payload
        return self.commit(len(payload), kind)

    def abort(self) -> str:
        self.reserved = None
        self.m.put64(FRONTIER, self.position)
        return "ok"

    # fixed-size records
    def room(self, most: int) -> int:
        if not self.free(most):
            most = (self.g.lap - ((self.position - self.gate) & M)) & M
        return most

    def write_run(self, content: bytes) -> Result:
        size, lap = self.g.record_size, self.g.lap
        wanted = len(content) // size
        n = self.room(wanted)
        for k in range(n):
            at = self.g.data + (self.position + k) % lap * size
            self.m.bytes[at : at + size] = content[k * size : (k + 1) * size]
        self.m.put64(FRONTIER, self.position + n)
        if n:
            self.publish(self.position + n, n)
        return Result("ok" if n or not wanted else "would_block", n=n)

    def reserve_run(self, most: int) -> Result:
        n = min(self.room(min(most, self.g.lap)), self.g.lap - self.position % self.g.lap)
        if n == 0:
            return Result("would_block")
        self.reserved = (self.position, n)
        self.m.put64(FRONTIER, self.position + n)
        return Result("ok", n=n, address=self.g.data + self.position % self.g.lap * self.g.record_size)

    def commit_run(self, records: int) -> str:
        if self.reserved is None or records > self.reserved[1]:
            return "invalid"
        self.reserved = None
        self.m.put64(FRONTIER, self.position + records)
        self.publish(self.position + records, records)
        return "ok"


class Consumer:
    def __init__(self, m: Memory, g: Geometry) -> None:
        self.m, self.g = m, g
        self.cursor = self.seen = m.u64(CURSOR)  # seen: the last position believed
        self.gate = m.u64(GATE)
        self.sequence = m.u64(SEQUENCE)
        self.expected: int | None = None
        self.pending: tuple[int, int] | None = None  # (cursor, sequence) after release
        m.put32(SLOT_STATE, 2)
        m.put64(SLOT_EPOCH, m.u64(SLOT_EPOCH) + 1)
        if self.gate != self.cursor:
            self.publish_gate()

    def available(self, cursor: int) -> int:
        """Positions between cursor and the producer; 0 publishes the gate."""
        if self.seen == cursor:
            position = self.m.u64(POSITION)
            if (position - cursor) & M > self.g.lap:
                raise Damaged("position")
            self.seen = position
        return (self.seen - cursor) & M

    def publish_gate(self) -> None:
        self.gate = self.cursor
        self.m.put64(GATE, self.cursor)
        self.m.put32(SPACE_WAITER, 0)

    def move(self, cursor: int) -> None:
        """The cursor moves; the gate follows by the rule of 1/16."""
        self.cursor = cursor
        self.m.put64(CURSOR, cursor)
        if (cursor - self.gate) & M >= max(1, self.g.lap // 16) or self.m.u32(SPACE_WAITER):
            self.publish_gate()

    def empty(self, cursor: int) -> Result:
        self.cursor = cursor  # pads that were skipped need no release
        self.m.put64(CURSOR, cursor)
        self.publish_gate()
        state = self.m.u32(STATE)
        return Result({2: "end_of_stream", 3: "retired"}.get(state, "would_block"))

    def next(self, c: int, expected: int | None) -> tuple[int, Record] | Result:
        while True:
            available = self.available(c)
            if available == 0:
                return Result("empty", need=c)
            rest = self.g.capacity - c % self.g.capacity
            at = self.g.data + c % self.g.capacity
            word = self.m.u64(at)
            length, kind = word & (1 << 48) - 1, word >> 48
            if kind == PAD:
                if length != rest or rest > available:
                    raise Damaged("pad")
                behind = (c + rest) & M
                if c == self.cursor:  # nothing is peeked before it: released at once
                    self.move(behind)
                c = behind
                continue
            stride = -(-(self.g.header + length) // self.g.alignment) * self.g.alignment
            if stride > rest or stride > available:
                raise Damaged("length")
            sequence = self.m.u64(at + 8)
            if expected is not None and sequence != expected:
                raise Damaged("sequence")
            at += self.g.header
            record = Record(bytes(self.m.bytes[at : at + length]), sequence, kind, at)
            return (c + stride) & M, record

    def peek_batch(self, most: int) -> Result:
        if self.g.format:
            got = self.peek_run(1)
            if got.status != "ok":
                return got
            seq = (self.cursor - self.g.start) & M
            return Result("ok", records=[Record(got.payload, seq, 0, got.address)])
        records: list[Record] = []
        c, expected = self.cursor, self.expected
        while len(records) < most:
            try:
                found = self.next(c, expected)
            except Damaged:
                if records:  # what came before it is whole; the next call reports it
                    break
                raise
            if isinstance(found, Result):
                if not records:
                    return self.empty(found.need)
                break
            c, record = found
            assert record.seq is not None
            expected = (record.seq + 1) & M
            records.append(record)
            if self.seen == c and records:  # never look further than one publication
                break
        self.pending = (c, expected or 0)
        return Result("ok", records=records)

    def peek_run(self, most: int) -> Result:
        n = min(most, self.available(self.cursor), self.g.lap - self.cursor % self.g.lap)
        if n == 0:
            return self.empty(self.cursor)
        self.pending = ((self.cursor + n) & M, (self.cursor + n - self.g.start) & M)
        at = self.g.data + self.cursor % self.g.lap * self.g.record_size
        return Result("ok", payload=bytes(self.m.bytes[at : at + n * self.g.record_size]), address=at)

    def release(self, records: int | None = None) -> str:
        if self.pending is None:
            return "ok"
        end, sequence = self.pending
        if records is not None:
            if records > (end - self.cursor) & M:
                return "invalid"
            end = (self.cursor + records) & M
            sequence = (end - self.g.start) & M
        self.pending, self.expected = None, sequence
        self.m.put64(SEQUENCE, sequence)
        self.move(end)
        return "ok"

    def read(self, size: int) -> Result:
        got = self.peek_batch(1)
        if got.status != "ok":
            return got
        payload = got.records[0].payload
        if len(payload) > size:
            self.pending = None
            return Result("short_buffer", need=len(payload))
        self.release()
        return Result("ok", payload=payload)

    def close(self) -> None:
        self.pending = None
        self.publish_gate()
        self.m.put32(SLOT_STATE, 3)
