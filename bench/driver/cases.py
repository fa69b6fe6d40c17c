"""Every case: what is measured, and who takes part. The targets' cases come first,
so that a run whose time ends has them."""

from __future__ import annotations

from . import contestants as who
from .allocations import Allocations
from .idle import Idle
from .limits import CoreToCore, Futex, Memcpy
from .model import LIMIT, OURS, Case, Contestant
from .sizes import FRAME, size_key, size_name
from .streams import Fanout, Paced
from .systems import OURS_KEYS, PEER_KEYS, SYSTEMS
from .trips import Open, Trip, Wake

RUN = 512  # records of 64 bytes in a run or batch: 32 KiB
THINK = 300_000  # ns: longer than anybody spins
SIZES = (8, 64, 1 << 10, 4 << 10, 64 << 10, 1 << 20, FRAME)
EVERY = (*OURS_KEYS, *PEER_KEYS)
FAST = (*OURS_KEYS, "classic", "boost", "iceoryx2")
IDLE_SPAN = 5.0
PACED_SPAN = 0.7


def all_cases(quick: bool) -> list[Case]:
    """The cases of a full run, or of a quick one."""
    first = [
        *streams(quick),
        *batches(quick),
        *frames(),
        *trips(quick),
        *sleeping(quick),
        python(),
        idle(quick),
    ]
    return [
        *first,
        *opening(quick),
        allocations(),
        *paced(quick),
        *pairs(),
        *fanout(quick),
        *more_streams(quick),
    ]


def copying(size: int, systems: tuple[str, ...]) -> Case:
    """Single-record calls, copying in and out."""
    limits = (memcpy(size),) if size >= 4 << 10 else ()
    entries = (*(who.stream(key, size) for key in systems), *limits)
    return Case(
        f"stream-{size_key(size)}", f"one-way stream, {size_name(size)}, copying", "stream", "rate", entries,
        limit="memcpy" if limits else "", size=size,
    )  # fmt: skip


def in_place(size: int, systems: tuple[str, ...]) -> Case:
    """Records reserved and looked at in place: only their first 8 bytes are touched."""
    entries = tuple(who.stream(key, size, "place") for key in systems)
    return Case(
        f"place-{size_key(size)}",
        f"one-way stream, {size_name(size)}, in place",
        "place",
        "rate",
        entries,
        size=size,
    )


def streams(quick: bool) -> list[Case]:
    """The sizes that every peer is asked for."""
    some = (*FAST, "channel", "unix", "zmq", "faster-fifo") if quick else EVERY
    large = (*OURS_KEYS, "classic", "iceoryx2", "unix") if quick else EVERY
    return [
        copying(64, EVERY if not quick else (*some, "mp-pipe")),
        copying(1 << 10, some),
        copying(1 << 20, large),
    ]


def more_streams(quick: bool) -> list[Case]:
    """The other sizes, beside the peers that come near."""
    if quick:
        return [in_place(1 << 20, ("go", "cpp", "iceoryx2"))]
    near = (*FAST, "unix", "zmq")
    found = [copying(size, near) for size in (8, 4 << 10, 64 << 10)]
    return found + [in_place(size, ("go", "cpp", "py", "iceoryx2")) for size in SIZES if size != FRAME]


def batches(quick: bool) -> list[Case]:
    """Several 64-byte records per call."""
    fixed = Contestant("memcpy", f"memcpy of {size_name(RUN * 64)}", LIMIT, Memcpy(RUN * 64, 64))
    runs = (*(who.stream(key, 64, "run", batch=RUN) for key in ("go", "cpp")), who.array(RUN), fixed)
    batch = (*(who.stream(key, 64, "batch", batch=RUN) for key in OURS_KEYS), fixed)
    found = [
        Case(
            "runs-64",
            f"fixed-size 64 B records in runs of {RUN}",
            "batch",
            "rate",
            runs,
            limit="memcpy",
            size=64,
        ),
        Case(
            "batch-64", f"64 B records in batches of {RUN}", "batch", "rate", batch, limit="memcpy", size=64
        ),
    ]
    if not quick:
        kib = tuple(who.stream(key, 1 << 10, "batch", batch=64) for key in OURS_KEYS)
        found.append(Case("batch-1k", "1 KiB records in batches of 64", "batch", "rate", kib, size=1 << 10))
    return found


def frames() -> list[Case]:
    """Pictures: copied in and read in place, in place on both sides, copied twice."""
    mixed = (*(who.stream(key, FRAME, "copy", "place") for key in OURS_KEYS), memcpy(FRAME))
    peers = (*OURS_KEYS, "classic", "iceoryx2", "unix", "mp-pipe")
    return [
        Case(
            "frames-1080p", "1080p frames, copied in, read in place", "frames", "rate", mixed,
            limit="memcpy", size=FRAME,
        ),
        in_place(FRAME, (*OURS_KEYS, "iceoryx2")),
        copying(FRAME, peers),
    ]  # fmt: skip


def python() -> Case:
    """Python's own way to read: iterating."""
    entries = (who.iterate(64), *(who.stream(key, 64) for key in ("py", "faster-fifo", "mp-pipe", "pyzmq")))
    return Case(
        "python-64", "64 B records in Python, iterating and by call", "python", "rate", entries, size=64
    )


def trips(quick: bool) -> list[Case]:
    """Round trips of both sides spinning."""
    flags = Contestant("c2c", "two flags, no data", LIMIT, CoreToCore())
    found = []
    for size, systems in ((64, FAST if quick else EVERY), (8, FAST), (1 << 10, OURS_KEYS if quick else FAST)):
        entries = (*(one(key, Trip(SYSTEMS[key], size)) for key in systems), flags)
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


def sleeping(quick: bool) -> list[Case]:
    """Round trips of sides that are asleep."""
    peers = ("unix",) if quick else ("channel", "pipe", "unix", "shmipc", "nats", "zmq", "mp-pipe", "pyzmq")
    futex = Contestant("futex", "raw futex", LIMIT, Futex(THINK))
    entries = (*(one(key, Wake(SYSTEMS[key], 64, THINK)) for key in (*OURS_KEYS, *peers)), futex)
    return [Case("wake-64", "round trip, 64 B, both sides asleep", "wake", "p50", entries, "futex", 64)]


def idle(quick: bool) -> Case:
    """What waiting costs."""
    peers = () if quick else ("unix", "shmipc", "nats", "classic", "zmq", "pyzmq", "iceoryx2")
    entries = tuple(one(key, Idle(SYSTEMS[key], IDLE_SPAN)) for key in (*OURS_KEYS, *peers))
    return Case("idle", "a waiter with nothing to read", "idle", "cpu", entries, bound=False)


def opening(quick: bool) -> list[Case]:
    """Creating and opening channels."""
    found = []
    for key, title, capacity, lazy in (
        ("open-1m", "a channel of 1 MiB", 1 << 20, False),
        ("open-1g-lazy", "a channel of 1 GiB, committed lazily", 1 << 30, True),
        ("open-1g", "a channel of 1 GiB, memory reserved up front", 1 << 30, False),
    ):
        entries = tuple(one(k, Open(SYSTEMS[k], capacity, lazy)) for k in OURS_KEYS)
        if not (quick and key == "open-1g"):
            found.append(
                Case(
                    key,
                    f"creating and opening {title}",
                    "open",
                    "both",
                    entries,
                    bound=False,
                    most=5 if key == "open-1g" else 0,
                )
            )
    return found


def allocations() -> Case:
    """What Go's benchmarks count; it does not vary."""
    entries = (Contestant("go", "shmbuf, Go", OURS, Allocations(), ("go",)),)
    return Case(
        "allocations", "allocations per message", "allocations", "allocations", entries, bound=False, most=1
    )


def paced(quick: bool) -> list[Case]:
    """Processor time per million messages."""
    systems = OURS_KEYS if quick else (*OURS_KEYS, "unix", "zmq", "nats")
    found = []
    for key, title, rate in (
        ("1k", "1,000/s", 1000),
        ("100k", "100,000/s", 100_000),
        ("full", "as fast as it goes", 0),
    ):
        entries = tuple(one(k, Paced(SYSTEMS[k], 64, rate, PACED_SPAN)) for k in systems)
        found.append(
            Case(f"paced-{key}", f"CPU time, 64 B at {title}", "paced", "cpu_per_million", entries, size=64)
        )
    return found


def pairs() -> list[Case]:
    """Every language to every language."""
    entries = tuple(who.pair(a, b, 64) for a in OURS_KEYS for b in OURS_KEYS)
    return [Case("pairs-64", "language pairs, 64 B, copying", "pairs", "rate", entries, size=64)]


def fanout(quick: bool) -> list[Case]:
    """One producer, several channels."""
    systems = OURS_KEYS if quick else (*OURS_KEYS, "classic", "zmq")
    found = []
    for channels in (1, 4) if quick else (1, 2, 4, 8):
        entries = tuple(one(key, Fanout(SYSTEMS[key], 64, channels)) for key in systems)
        title = f"64 B messages, each to {channels} channel{'s' if channels > 1 else ''}"
        found.append(Case(f"fanout-{channels}", title, "fanout", "rate", entries, size=channels))
    return found


def one(key: str, work: Trip | Idle | Open | Paced | Fanout) -> Contestant:
    """A system on its own."""
    return who.single(SYSTEMS[key], work)


def memcpy(size: int) -> Contestant:
    """The bandwidth of the machine at a size."""
    return Contestant("memcpy", f"memcpy of {size_name(size)}", LIMIT, Memcpy(size))
