"""Cases of round trips, of waiting, of opening, and what messages cost."""

from __future__ import annotations

from . import contestants as who
from .allocations import Allocations
from .idle import Idle
from .limits import CoreToCore, Futex
from .model import LIMIT, OURS, Case, Contestant
from .sizes import size_key, size_name
from .streams import Paced
from .systems import EVERY, FAST, OURS_KEYS
from .trips import Open, Trip, Wake

THINK = 300_000  # ns: longer than anybody spins
IDLE_SPAN = 5.0
PACED_SPAN = 0.5


def trips() -> list[Case]:
    """Round trips of both sides spinning."""
    flags = Contestant("c2c", "two flags, no data", LIMIT, CoreToCore())
    found = []
    for size, systems in ((64, EVERY), (8, FAST), (1 << 10, FAST)):
        entries = (*(who.one(key, Trip, size) for key in systems), flags)
        found.append(
            Case(
                f"trip-{size_key(size)}",
                f"round trip, {size_name(size)}, spinning",
                "trip",
                "p50",
                entries,
                "c2c",
                size,
            )
        )
    return found


def sleeping() -> list[Case]:
    """Round trips of sides that are asleep."""
    peers = ("channel", "pipe", "unix", "shmipc", "nats", "zmq", "mp-pipe", "pyzmq")
    futex = Contestant("futex", "raw futex", LIMIT, Futex(THINK))
    entries = (*(who.one(key, Wake, 64, THINK) for key in (*OURS_KEYS, *peers)), futex)
    return [Case("wake-64", "round trip, 64 B, both sides asleep", "wake", "p50", entries, "futex", 64)]


def idle() -> Case:
    """What waiting costs."""
    peers = ("unix", "shmipc", "nats", "classic", "zmq", "pyzmq", "iceoryx2")
    entries = tuple(who.one(key, Idle, IDLE_SPAN) for key in (*OURS_KEYS, *peers))
    return Case("idle", "a waiter with nothing to read", "idle", "cpu", entries, bound=False)


def opening() -> list[Case]:
    """Creating and opening channels."""
    found = []
    for key, title, capacity, lazy in (
        ("open-1m", "a channel of 1 MiB", 1 << 20, False),
        ("open-1g-lazy", "a channel of 1 GiB, committed lazily", 1 << 30, True),
        ("open-1g", "a channel of 1 GiB, memory reserved up front", 1 << 30, False),
    ):
        entries = tuple(who.one(k, Open, capacity, lazy) for k in OURS_KEYS)
        most = 5 if key == "open-1g" else 0  # takes long
        found.append(
            Case(key, f"creating and opening {title}", "open", "both", entries, bound=False, most=most)
        )
    return found


def allocations() -> Case:
    """What Go's benchmarks count; it does not vary."""
    entries = (Contestant("go", "shmbuf, Go", OURS, Allocations(), ("go",)),)
    return Case(
        "allocations", "allocations per message", "allocations", "allocations", entries, bound=False, most=1
    )


def paced() -> list[Case]:
    """Processor time per million messages."""
    systems = (*OURS_KEYS, "unix", "zmq")
    found = []
    for key, title, rate in (
        ("1k", "1,000/s", 1000),
        ("100k", "100,000/s", 100_000),
        ("full", "as fast as it goes", 0),
    ):
        entries = tuple(who.one(k, Paced, 64, rate, PACED_SPAN) for k in systems)
        found.append(
            Case(f"paced-{key}", f"CPU time, 64 B at {title}", "paced", "cpu_per_million", entries, size=64)
        )
    return found
