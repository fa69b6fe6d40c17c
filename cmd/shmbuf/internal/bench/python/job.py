"""What a side has to do, and what sides have in common."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

import shmbuf

NUMBER = Struct("<Q")


@dataclass
class Job:
    """The words of the command line."""

    case: str
    role: str
    mode: str
    name: str
    size: int
    batch: int
    chunk: int
    every: int
    ring: int
    warm: int
    time: int  # nanoseconds
    think: int

    @property
    def back(self) -> str:
        """Name of the channel of the echoes."""
        return self.name + ".back"


def parse(words: list[str]) -> Job:
    """Read CASE ROLE key=value…."""
    case, role, *rest = words
    pairs = dict(word.split("=", 1) for word in rest)
    mode, name = pairs.pop("mode"), pairs.pop("name")
    return Job(case, role, mode, name, **{key: int(value) for key, value in pairs.items()})


def create(job: Job, name: str) -> shmbuf.Producer:
    """Create a channel with a ring as the job says."""
    if job.mode != "run":
        return shmbuf.create(name, exclusive=True, capacity=job.ring)
    count = 4
    while count * 2 * job.size <= job.ring:
        count *= 2
    return shmbuf.create(name, exclusive=True, record_size=job.size, record_count=count)  # type: ignore[return-value]


def connect(name: str) -> shmbuf.Consumer:
    """Open a channel that the other side is about to create."""
    return shmbuf.open(name, wait=10)


def demand_number(job: Job, record: bytes | bytearray | memoryview, want: int) -> None:
    """Demand that a record starts with this number."""
    (got,) = NUMBER.unpack_from(record)
    if got != want:
        raise ValueError(f"{job.name}: record {got} arrived where {want} was expected")
