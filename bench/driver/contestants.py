"""Contestants as the cases name them."""

from __future__ import annotations

from collections.abc import Callable

from .model import OURS, Contestant
from .streams import DEFAULT_RING, Stream
from .systems import SYSTEMS, System
from .work import Work


def single(system: System, work: Work) -> Contestant:
    """A system with its own name."""
    return Contestant(system.key, system.title, system.kind, work, (system.key,))


def one(key: str, work: Callable[..., Work], *arguments: object) -> Contestant:
    """A system by its key, doing one kind of work."""
    return single(SYSTEMS[key], work(SYSTEMS[key], *arguments))


def stream(
    key: str, size: int, send: str = "copy", receive: str = "", batch: int | None = None
) -> Contestant:
    """A stream within one system."""
    s = SYSTEMS[key]
    return single(s, Stream(s, s, size, send, receive, batch))


def modest(key: str, size: int) -> Contestant:
    """A copying stream over a ring of the default capacity."""
    s = SYSTEMS[key]
    return single(s, Stream(s, s, size, least=DEFAULT_RING))


def iterate(size: int) -> Contestant:
    """Python reading with a for loop what was sent in batches."""
    s = SYSTEMS["py"]
    work = Stream(s, s, size, "batch", "iterate", 64)
    return Contestant("py-iterate", f"{s.title}, iterating over batches", OURS, work, ("py",))


def array(batch: int) -> Contestant:
    """Python reading runs as arrays."""
    s = SYSTEMS["py"]
    return Contestant(
        "py-array", f"{s.title}, arrays of {batch:,}", OURS, Stream(s, s, 64, "run", "array", batch), ("py",)
    )


def pair(sender: str, receiver: str, size: int) -> Contestant:
    """A stream between two languages."""
    a, b = SYSTEMS[sender], SYSTEMS[receiver]
    names = [s.title.rsplit(", ", 1)[1] for s in (a, b)]
    return Contestant(f"{a.key}-{b.key}", " to ".join(names), OURS, Stream(a, b, size), (a.key, b.key))
