"""Cases of records in one direction."""

from __future__ import annotations

from . import contestants as who
from .limits import Memcpy
from .model import LIMIT, Case, Contestant
from .sizes import FRAME, size_key, size_name
from .streams import Fanout
from .systems import EVERY, FAST, OURS_KEYS

RUN = 512  # records of 64 bytes in a run or batch: 32 KiB
ARRAY = 4096  # in Python, where a step costs as much as copying some hundred records
SIZES = (8, 64, 1 << 10, 4 << 10, 64 << 10, 1 << 20, FRAME)


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


def streams() -> list[Case]:
    """The sizes that every peer is asked for."""
    small = tuple(who.modest(key, 64) for key in FAST)
    title = "one-way stream, 64 B, copying, ring of 1 MiB (the default)"
    default = Case("default-ring-64", title, "stream", "rate", small, size=64)
    return [copying(64, EVERY), default, *(copying(size, EVERY) for size in (1 << 10, 1 << 20))]


def more_streams() -> list[Case]:
    """The other sizes, beside the peers that come near."""
    found = [copying(size, FAST) for size in (8, 4 << 10, 64 << 10)]
    return found + [in_place(size, ("go", "cpp", "py", "iceoryx2")) for size in SIZES if size != FRAME]


def batches() -> list[Case]:
    """Several 64-byte records per call."""
    fixed = Contestant("memcpy", f"memcpy of {size_name(RUN * 64)}", LIMIT, Memcpy(RUN * 64, 64))
    runs = (*(who.stream(key, 64, "run", batch=RUN) for key in ("go", "cpp")), who.array(ARRAY), fixed)
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
    kib = tuple(who.stream(key, 1 << 10, "batch", batch=64) for key in OURS_KEYS)
    return [*found, Case("batch-1k", "1 KiB records in batches of 64", "batch", "rate", kib, size=1 << 10)]


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


def pairs() -> list[Case]:
    """Every language to every language."""
    entries = tuple(who.pair(a, b, 64) for a in OURS_KEYS for b in OURS_KEYS)
    return [Case("pairs-64", "language pairs, 64 B, copying", "pairs", "rate", entries, size=64)]


def fanout() -> list[Case]:
    """One producer, several channels."""
    systems = (*OURS_KEYS, "classic")
    found = []
    for channels in (1, 2, 4, 8):
        entries = tuple(who.one(key, Fanout, 64, channels) for key in systems)
        title = f"64 B messages, each to {channels} channel{'s' if channels > 1 else ''}"
        found.append(Case(f"fanout-{channels}", title, "fanout", "rate", entries, size=channels))
    return found


def memcpy(size: int) -> Contestant:
    """The bandwidth of the machine at a size."""
    return Contestant("memcpy", f"memcpy of {size_name(size)}", LIMIT, Memcpy(size))
