"""Looking at channels without taking part: inspect, list, remove."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _native

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ConsumerInfo", "Info", "PeerInfo", "Stats", "inspect", "list", "remove"]


class Stats(NamedTuple):
    """Counters of one handle, since it was made."""

    records: int
    """Records written or read."""
    bytes: int
    """Payload bytes of these."""
    sleeps: int
    """Times it slept in the kernel because the ring was full or empty."""
    wakes: int
    """Times it woke the other side."""
    guard_hits: int
    """Classic: implausible positions of the other side that were refused."""
    discarded: int
    """Producer: records of a replaced segment that nobody was left to read."""


@dataclass(frozen=True)
class PeerInfo:
    """The producer of a channel, or the last one."""

    state: str
    """``none``, ``active``, ``closed`` or ``retired``."""
    alive: bool
    """Whether a live process holds the role."""
    pid: int
    """Its process id, in its own PID namespace; 0 when unknown."""
    epoch: int
    """1 for the first producer, one more for each that took the role."""
    language: str
    """``go``, ``cpp``, ``python`` or empty."""
    attached: datetime | None
    """When it took the role, UTC."""


@dataclass(frozen=True)
class ConsumerInfo:
    """One consumer slot of a channel."""

    slot: int
    state: str
    """``free``, ``joined``, ``attached`` or ``detached``."""
    alive: bool
    """Whether a live process holds the slot."""
    pid: int
    policy: str
    """``lossless``, ``lossy`` or ``latest``."""
    epoch: int
    language: str
    attached: datetime | None
    position: int
    """Its position in the ring."""
    lag_bytes: int
    """Bytes published and not yet consumed."""
    lag_records: int
    """Records published and not yet consumed."""
    lost_records: int
    lost_bytes: int


@dataclass(frozen=True)
class Info:
    """What a channel is and how it is doing, at one moment."""

    name: str
    layout: str
    """``native`` or ``classic``."""
    version: int
    format: str
    """``variable`` or ``fixed``."""
    capacity: int
    """Bytes of the ring."""
    record_size: int
    """Bytes of a fixed-size record; 0 when sizes vary."""
    record_count: int
    alignment: int
    slots: int
    content_type: str
    times: bool
    keep: bool
    segment_size: int
    """Bytes of the object in shared memory."""
    segment_id: int
    created: datetime | None
    mode: int
    """Permission bits."""
    position: int
    """Producer position."""
    records: int
    """Records published since the segment was created; 0 for classic, which does not count."""
    fill: float
    """Share of the ring in use, 0 to 1."""
    producer: PeerInfo
    consumers: tuple[ConsumerInfo, ...]


def inspect(name: str) -> Info:
    """Describe the channel `name`. Takes no role, changes nothing, does not block.

    Raises ``FileNotFoundError``, ``NotAChannel``, ``UnknownVersion``, ``Damaged``,
    ``PermissionError``, ``ValueError`` for an invalid name.
    """
    return _info(_native.inspect(name))


def list() -> builtins.list[Info]:
    """Describe all channels of this machine, sorted by name. Foreign objects are left out."""
    return sorted((_info(raw) for raw in _native.list()), key=lambda info: info.name)


def remove(name: str, *, force: bool = False) -> None:
    """Remove the channel `name`.

    Attached handles keep what they have mapped. Raises ``Busy`` while a live producer
    or consumer holds it, unless `force`; ``FileNotFoundError``; ``NotAChannel``.
    """
    _native.remove(name, force)


def _info(raw: Mapping[str, Any]) -> Info:
    fields = dict(raw)
    fields["created"] = _date(fields["created"])
    fields["producer"] = PeerInfo(**_dated(fields["producer"]))
    fields["consumers"] = tuple(ConsumerInfo(**_dated(consumer)) for consumer in fields["consumers"])
    return Info(**fields)


def _dated(peer: Mapping[str, Any]) -> dict[str, Any]:
    return {**peer, "attached": _date(peer["attached"])}


def _date(nanoseconds: int) -> datetime | None:
    """Return a date, or ``None`` for 0 (never) and for what is no date."""
    if nanoseconds == 0:
        return None
    try:
        return datetime.fromtimestamp(nanoseconds / 1e9, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return None
