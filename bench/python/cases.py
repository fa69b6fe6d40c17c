"""The cases of the benchmark and their keys, as they come on the command line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeVar


class Unsupported(Exception):
    """The system cannot do what was asked for: no failure, there is just no figure."""


@dataclass(frozen=True)
class Stream:
    """One way, `count` records; the clock runs from record number `warm` to the last.

    `mode` is how this side does it, `peer` how the other one does; both sides the same
    unless they say so.
    """

    name: str
    size: int
    count: int
    warm: int = 0
    mode: str = "copy"
    peer: str = ""
    batch: int = 512
    ring: int = 1 << 20

    def __post_init__(self) -> None:
        """Refuse what no system can do."""
        if not self.peer:
            object.__setattr__(self, "peer", self.mode)
        at_least_8(self.size)
        after_warm(self.count, self.warm)
        if self.batch < 1:
            raise Unsupported(f"batch {self.batch}: at least 1")

    @property
    def fixed(self) -> bool:
        """Whether one of the two sides asks for records of fixed size."""
        return bool({self.mode, self.peer} & {"run", "array"})


@dataclass(frozen=True)
class Trip:
    """There and back, each round trip timed."""

    name: str
    size: int
    rounds: int
    warm: int = 0

    def __post_init__(self) -> None:
        """Refuse what no system can do."""
        at_least_8(self.size)
        after_warm(self.rounds, 0)


@dataclass(frozen=True)
class Wake:
    """There and back; each side is asleep when its message comes."""

    name: str
    size: int
    rounds: int
    warm: int = 0
    think: int = 300_000

    def __post_init__(self) -> None:
        """Refuse what no system can do."""
        object.__setattr__(self, "size", max(self.size, 16))  # two numbers travel
        after_warm(self.rounds, 0)


@dataclass(frozen=True)
class Idle:
    """One record, then nothing."""

    name: str


@dataclass(frozen=True)
class Fanout:
    """The same record on each of several channels."""

    name: str
    channels: int
    size: int
    count: int
    warm: int = 0
    ring: int = 1 << 20

    def __post_init__(self) -> None:
        """Refuse what no system can do."""
        at_least_8(self.size)
        after_warm(self.count, self.warm)
        if self.channels < 1:
            raise Unsupported(f"channels {self.channels}: at least 1")


@dataclass(frozen=True)
class Paced:
    """A record every 1/`rate` seconds; 0: as fast as they go."""

    name: str
    size: int
    rate: float
    count: int
    warm: int = 0
    ring: int = 1 << 20

    def __post_init__(self) -> None:
        """Refuse what no system can do."""
        at_least_8(self.size)
        after_warm(self.count, self.warm)


@dataclass(frozen=True)
class Open:
    """How long creating and opening take."""

    name: str
    capacity: int
    rounds: int
    lazy: int = 0


def at_least_8(size: int) -> None:
    """Records carry their number."""
    if size < 8:
        raise Unsupported(f"size {size}: records carry their number, so at least 8 bytes")


def after_warm(count: int, warm: int) -> None:
    """Something has to be left to measure."""
    if not 0 <= warm < count - 1:
        raise Unsupported(f"count {count}, warm {warm}: at least two records after the warm-up")


CASES: dict[str, type] = {
    "stream": Stream,
    "trip": Trip,
    "wake": Wake,
    "idle": Idle,
    "fanout": Fanout,
    "paced": Paced,
    "open": Open,
}

C = TypeVar("C")
_TYPES = {"str": str, "int": int, "float": float}


def parse(case: type[C], arguments: list[str]) -> C:
    """Make a case from key=value arguments."""
    fields = {f.name: f for f in dataclasses.fields(case)}  # type: ignore[arg-type]
    values: dict[str, object] = {}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals or key not in fields:
            known = ", ".join(fields)
            raise Unsupported(f"'{argument}' is no key=value of this case; it has {known}")
        try:
            values[key] = _TYPES[str(fields[key].type)](text)
        except ValueError:
            raise Unsupported(f"{key}={text}: not a number") from None
    missing = [n for n, f in fields.items() if f.default is dataclasses.MISSING and n not in values]
    if missing:
        raise Unsupported(f"{', '.join(missing)} missing")
    return case(**values)
