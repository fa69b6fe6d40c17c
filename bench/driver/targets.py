"""The targets: for each row who is measured, by which statistic, against which bound.

The statistic is always the median of the samples of one regime.
"""

from __future__ import annotations

from .systems import PEER_KEYS
from .verdicts import Bound, Figure, Target

VARIABLE_CPP = ("classic", "zmq")  # C++ peers that carry messages of any size
MS = 1e6  # nanoseconds


def targets() -> list[Target]:
    """Every row, in the order of the table."""
    return [*_streams(), *_trips(), *_frames(), *_python(), *_cost()]


def _target(row: str, words: str, *bounds: Bound) -> Target:
    return Target(row, words, bounds)


def _streams() -> list[Target]:
    go, cpp = Figure("stream-64", "go", "rate"), Figure("stream-64", "cpp", "rate")
    run, batch = Figure("runs-64", "go", "rate"), Figure("batch-64", "go", "rate")
    row = "Go to Go, 64 B stream, single-record calls, copying"
    return [
        _target(
            row, "≥ 2 x the best C++ peer that carries variable-size messages", Bound(go, 2.0, VARIABLE_CPP)
        ),
        _target(row, "≥ 1 x boost spsc with fixed 64-byte elements", Bound(go, 1.0, ("boost",))),
        _target(
            "Go to Go, fixed 64 B runs or batches", "≥ 250 M records/s, or ≥ 80 % of memcpy of the run",
            *(b for f in (run, batch) for b in (Bound(f, 250e6), Bound(f, 0.8, ("memcpy",)))),
        ),
        _target("C++ to C++, 64 B stream", "≥ Go's figure", Bound(cpp, 1.0, ("go",))),
        _target("C++ to C++, 64 B stream", "≥ 1.2 x boost spsc", Bound(cpp, 1.2, ("boost",))),
    ]  # fmt: skip


def _trips() -> list[Target]:
    found = []
    for key, title, factors in (("go", "Go", (1.7, 2.2)), ("cpp", "C++", (1.5, 2.0))):
        for size, factor in zip((8, 64), factors):
            row = f"{title} to {title} round trip, spinning, {size} B"
            ratio = Figure(f"trip-{size}", key, "to_c2c")
            found.append(_target(row, f"≤ {factor} x two flags", Bound(ratio, factor)))
            ours = Figure(f"trip-{size}", key, "p50")
            found.append(_target(row, "below every peer", Bound(ours, 1.0, PEER_KEYS, strict=True)))
    wake = Figure("wake-64", "go", "p50")
    found.append(
        _target("Go to Go round trip, both asleep", "≤ 1.15 x raw futex", Bound(wake, 1.15, ("futex",)))
    )
    return found


def _frames() -> list[Target]:
    found = []
    for key, title in (("go", "Go"), ("cpp", "C++"), ("py", "Python")):
        figure = Figure("frames-1080p", key, "bandwidth")
        row = f"1080p frames, copying in, in place out, {title}"
        found.append(_target(row, "≥ 90 % of memcpy of that size", Bound(figure, 0.9, ("memcpy",))))
    for key, title in (("go", "Go"), ("cpp", "C++")):
        figure = Figure("place-1080p", key, "rate")
        found.append(
            _target(f"1080p frames, in place both sides, {title}", "≥ 1 M frames/s", Bound(figure, 1e6))
        )
    return found


def _python() -> list[Target]:
    return [
        _target(
            "Python, 64 B, iterating over bytes", "≥ 8 M messages/s",
            Bound(Figure("python-64", "py-iterate", "rate"), 8e6),
        ),
        _target(
            "Python, fixed 64 B runs as arrays", "≥ 150 M records/s",
            Bound(Figure("runs-64", "py-array", "rate"), 150e6),
        ),
        _target(
            "Python, 1080p frames in place", "≥ 200 k frames/s",
            Bound(Figure("place-1080p", "py", "rate"), 200e3),
        ),
        _target("Python round trip, spinning, 64 B", "≤ 3 µs", Bound(Figure("trip-64", "py", "p50"), 3000)),
    ]  # fmt: skip


def _cost() -> list[Target]:
    found = []
    for key, title in (("go", "Go"), ("cpp", "C++"), ("py", "Python")):
        row = f"idle consumer, {title}"
        found.append(_target(row, "< 0.1 % of a CPU", Bound(Figure("idle", key, "cpu"), 0.1, strict=True)))
        found.append(_target(row, "0 wake-ups/s", Bound(Figure("idle", key, "wakes"), 0.0)))
    allocations = Figure("allocations", "go", "allocations")
    found.append(_target("allocations per message in Go", "0", Bound(allocations, 0.0)))
    for case, size in (("open-1m", "1 MiB"), ("open-1g-lazy", "1 GiB, lazily committed")):
        for value, verb in (("create", "creating"), ("open", "opening")):
            for key, title in (("go", "Go"), ("cpp", "C++"), ("py", "Python")):
                row = f"{verb} a channel of {size}, {title}"
                found.append(_target(row, "< 1 ms", Bound(Figure(case, key, value), 1 * MS, strict=True)))
    return found
