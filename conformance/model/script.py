"""Parser and executor of the scripts in spec/vectors (format: spec/vectors/README.md).

The executor knows nothing about rings: it calls a Subject (the reference model, or
an adapter around a real library) and compares results and bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

CHANNEL_DEFAULTS = {
    "layout": "native",
    "records": "variable",
    "capacity": "0",
    "record_count": "0",
    "alignment": "0",
    "times": "0",
    "slots": "1",
    "keep": "0",
    "start_position": "0",
    "content_type": "",
}

REGIONS = {"object": 0, "static": 0, "producer": 0x1000, "event": 0x2000, "slot": 0x3000}


@dataclass
class Record:
    payload: bytes
    seq: int | None = 0  # None where the interface does not tell
    kind: int = 0
    address: int | None = None  # of the payload; None where it cannot be known


@dataclass
class Result:
    status: str
    n: int = 0
    payload: bytes = b""
    need: int = 0
    records: list[Record] = field(default_factory=list)
    address: int | None = None


class Subject(Protocol):
    """What a script acts on. No call blocks."""

    def create(self, options: dict[str, str]) -> str: ...
    def open(self) -> str: ...
    def close(self, side: str) -> str: ...
    def write(self, payload: bytes, kind: int | None) -> str: ...
    def batch(self, payloads: list[bytes]) -> Result: ...
    def reserve(self, length: int, content: bytes) -> Result: ...
    def commit(self, length: int, kind: int | None) -> str: ...
    def abort(self) -> str: ...
    def write_run(self, content: bytes, records: int) -> Result: ...
    def reserve_run(self, most: int, first_fill: int) -> Result: ...
    def commit_run(self, records: int) -> str: ...
    def read(self, size: int) -> Result: ...
    def peek(self) -> Result: ...
    def peek_batch(self, most: int) -> Result: ...
    def peek_run(self, most: int) -> Result: ...
    def release(self) -> str: ...
    def release_run(self, records: int) -> str: ...
    def guards(self, side: str) -> int: ...
    # the object's bytes
    def raw(self, size: int, content: bytes) -> None: ...
    def pread(self, offset: int, size: int) -> bytes: ...
    def pwrite(self, offset: int, content: bytes) -> None: ...
    def object_size(self) -> int: ...
    def linked(self) -> bool: ...


@dataclass
class Step:
    line: int
    text: str
    verb: str
    words: list[str]
    args: dict[str, str]
    status: str
    want: dict[str, str]

    def number(self, key: str, default: int = 0) -> int:
        return int(self.args[key], 0) if key in self.args else default


class Mismatch(AssertionError):
    pass


def parse(path: Path) -> list[Step]:
    steps = []
    for number, raw_line in enumerate(path.read_text().splitlines(), 1):
        text = raw_line.split("#", 1)[0].strip()
        if not text:
            continue
        left, _, right = text.partition("->")
        verb, *tokens = left.split()
        args = dict(t.split("=", 1) for t in tokens if "=" in t)
        words = [t for t in tokens if "=" not in t]
        answer = right.split()
        status = answer[0] if answer and "=" not in answer[0] else ""
        want = dict(t.split("=", 1) for t in answer if "=" in t)
        steps.append(Step(number, text, verb, words, args, status, want))
    return steps


def pattern(length: int, fill: int) -> bytes:
    """Byte j of a payload is (fill + j) mod 256."""
    base = bytes((fill + j) & 0xFF for j in range(256))
    return (base * (length // 256 + 1))[:length]


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Executor:
    def __init__(self, path: Path, subject: Subject) -> None:
        self.path, self.subject = path, subject
        self.options = dict(CHANNEL_DEFAULTS)

    def run(self) -> None:
        for step in parse(self.path):
            try:
                getattr(self, "do_" + step.verb)(step)
            except Mismatch as error:
                where = f"{self.path.name}:{step.line}: {step.text}"
                raise Mismatch(f"{where}\n    {error}") from None

    # -- comparing ---------------------------------------------------------

    @staticmethod
    def same(what: str, got: Any, want: Any) -> None:
        if got != want:
            raise Mismatch(f"{what}: got {got!r}, want {want!r}")

    def answer(self, step: Step, status: str) -> None:
        self.same("status", status, step.status or "ok")

    def payload(self, payload: bytes, fill: int) -> None:
        expected = pattern(len(payload), fill)
        if payload != expected:
            at = next(i for i in range(len(payload)) if payload[i] != expected[i])
            raise Mismatch(f"payload byte {at}: got {payload[at]}, want {expected[at]}")

    def aligned(self, step: Step, address: int | None) -> None:
        if "aligned" in step.want and address is not None:
            self.same("address modulo", address % int(step.want["aligned"]), 0)

    # -- life ----------------------------------------------------------------

    def do_channel(self, step: Step) -> None:
        self.options.update(step.args)

    def do_create(self, step: Step) -> None:
        self.answer(step, self.subject.create({**self.options, **step.args}))

    def do_open(self, step: Step) -> None:
        self.answer(step, self.subject.open())

    def do_close(self, step: Step) -> None:
        self.answer(step, self.subject.close(step.words[0]))

    # -- producer ------------------------------------------------------------

    def kind(self, step: Step) -> int | None:
        return step.number("kind") if "kind" in step.args else None

    def do_write(self, step: Step) -> None:
        content = pattern(step.number("len"), step.number("fill"))
        self.answer(step, self.subject.write(content, self.kind(step)))

    def do_batch(self, step: Step) -> None:
        lengths = [int(t) for t in step.args["lens"].split(",")]
        fill = step.number("fill")
        got = self.subject.batch([pattern(n, fill + k) for k, n in enumerate(lengths)])
        self.answer(step, got.status)
        self.same("n", got.n, int(step.want["n"]))

    def do_reserve(self, step: Step) -> None:
        length = step.number("len")
        got = self.subject.reserve(length, pattern(length, step.number("fill")))
        self.answer(step, got.status)
        if got.status == "ok":
            self.same("len", got.n, length)
        self.aligned(step, got.address)

    def do_commit(self, step: Step) -> None:
        self.answer(step, self.subject.commit(step.number("len"), self.kind(step)))

    def do_abort(self, step: Step) -> None:
        self.answer(step, self.subject.abort())

    def record_size(self) -> int:
        return int(self.options["records"].split(":")[1])

    def do_run(self, step: Step) -> None:
        count, fill, size = step.number("count"), step.number("fill"), self.record_size()
        content = b"".join(pattern(size, fill + k) for k in range(count))
        got = self.subject.write_run(content, count)
        self.answer(step, got.status)
        self.same("n", got.n, int(step.want["n"]))

    def do_reserve_run(self, step: Step) -> None:
        got = self.subject.reserve_run(step.number("max"), step.number("fill"))
        self.answer(step, got.status)
        if got.status == "ok":
            self.same("n", got.n, int(step.want["n"]))
        self.aligned(step, got.address)

    def do_commit_run(self, step: Step) -> None:
        self.answer(step, self.subject.commit_run(step.number("count")))

    # -- consumer ------------------------------------------------------------

    def do_read(self, step: Step) -> None:
        got = self.subject.read(step.number("cap", 1 << 20))
        self.answer(step, got.status)
        if "need" in step.want:
            self.same("need", got.need, int(step.want["need"]))
        if got.status == "ok":
            self.same("len", len(got.payload), int(step.want["len"]))
            self.payload(got.payload, int(step.want.get("fill", "0")))

    def do_peek(self, step: Step) -> None:
        got = self.subject.peek()
        self.answer(step, got.status)
        if got.status == "ok":
            (record,) = got.records
            self.same("len", len(record.payload), int(step.want["len"]))
            self.payload(record.payload, int(step.want.get("fill", "0")))
            for key in ("seq", "kind"):
                if key in step.want:
                    self.same(key, getattr(record, key), int(step.want[key], 0))
            self.aligned(step, record.address)

    def do_peek_batch(self, step: Step) -> None:
        got = self.subject.peek_batch(step.number("max"))
        self.answer(step, got.status)
        if got.status != "ok":
            return
        lengths = [int(t) for t in step.want["lens"].split(",")]
        self.same("lens", [len(r.payload) for r in got.records], lengths)
        for k, record in enumerate(got.records):
            self.payload(record.payload, int(step.want.get("fill", "0")) + k)
            if "seq" in step.want and record.seq is not None:
                self.same("seq", record.seq, int(step.want["seq"]) + k)

    def do_peek_run(self, step: Step) -> None:
        got = self.subject.peek_run(step.number("max"))
        self.answer(step, got.status)
        if got.status != "ok":
            return
        size, fill = self.record_size(), int(step.want.get("fill", "0"))
        self.same("n", len(got.payload) / size, int(step.want["n"]))
        for k in range(len(got.payload) // size):
            self.payload(got.payload[k * size : (k + 1) * size], fill + k)
        self.aligned(step, got.address)

    def do_release(self, step: Step) -> None:
        self.answer(step, self.subject.release())

    def do_release_run(self, step: Step) -> None:
        self.answer(step, self.subject.release_run(step.number("count")))

    def do_guards(self, step: Step) -> None:
        got, least = self.subject.guards(step.words[0]), int(step.want["min"])
        if got < least:
            raise Mismatch(f"guard counter of the {step.words[0]}: got {got}, want at least {least}")

    # -- bytes ---------------------------------------------------------------

    def offset(self, step: Step) -> int:
        region = step.args["region"]
        if region != "data":
            return REGIONS[region] + step.number("offset")
        base = 16
        if self.options["layout"] == "native":
            base = int.from_bytes(self.subject.pread(0x18, 8), "little")
        return base + step.number("offset")

    @staticmethod
    def literal(step: Step) -> bytes:
        if "hex" in step.args:
            return bytes.fromhex(step.args["hex"])
        if "text" in step.args:
            return step.args["text"].encode()
        width = 4 if "u32" in step.args else 8
        return int(step.args["u32" if width == 4 else "u64"], 0).to_bytes(width, "little")

    def do_poke(self, step: Step) -> None:
        self.subject.pwrite(self.offset(step), self.literal(step))

    def do_bytes(self, step: Step) -> None:
        want = self.literal(step)
        self.same("bytes", self.subject.pread(self.offset(step), len(want)).hex(), want.hex())

    def do_reseal(self, _step: Step) -> None:
        length = int.from_bytes(self.subject.pread(0x68, 4), "little")
        text = self.subject.pread(0x100, min(length, 3840))
        crc = crc32c(self.subject.pread(0x08, 0x64) + text)
        self.subject.pwrite(0x6C, crc.to_bytes(4, "little"))

    def do_raw(self, step: Step) -> None:
        self.subject.raw(step.number("size"), bytes.fromhex(step.args.get("hex", "")))

    def do_object(self, step: Step) -> None:
        if "size" in step.want:
            self.same("size", self.subject.object_size(), int(step.want["size"], 0))
        if step.status:
            self.same("object", "linked" if self.subject.linked() else "gone", step.status)

    def u(self, offset: int, width: int = 8) -> int:
        return int.from_bytes(self.subject.pread(offset, width), "little")

    def do_state(self, step: Step) -> None:
        fields = {
            "position": 0x1000,
            "frontier": 0x1080,
            "gate": 0x3000,
            "cursor": 0x3080,
            "sequence": 0x3088,
        }
        if not step.args or step.want:
            raise Mismatch("state says what it expects without an arrow")
        for key, text in step.args.items():
            if key in ("head", "tail"):
                got = self.u(0 if key == "head" else 4, 4)
            elif key in ("count", "before", "before_count"):
                got = self.journal()[("count", "before", "before_count").index(key)]
            else:
                got = self.u(fields[key])
            self.same(key, got, int(text, 0))

    def journal(self) -> tuple[int, int, int]:
        """Records published, then what the other journal cell says: its position and count."""
        position = self.u(0x1000)
        if self.u(0x28, 4) == 1:  # fixed-size records have no journal
            return (position - self.u(0x60)) & (2**64 - 1), 0, 0
        for cell, other in ((0x1090, 0x10A0), (0x10A0, 0x1090)):
            if self.u(cell) == position:
                return self.u(cell + 8), self.u(other), self.u(other + 8)
        raise Mismatch(f"no journal cell ends at position {position}")
