"""How sizes and figures are written."""

from __future__ import annotations

FRAME = 6_220_800  # 1920 x 1080 pixels of three bytes


def size_name(size: int) -> str:
    """8 B, 4 KiB, 1 MiB, 1080p frame."""
    if size == FRAME:
        return "1080p frame"
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} B"


def size_key(size: int) -> str:
    """The same in the key of a case: 8, 4k, 1m, 1080p."""
    if size == FRAME:
        return "1080p"
    for unit, name in ((1 << 30, "g"), (1 << 20, "m"), (1 << 10, "k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit}{name}"
    return str(size)


def short(number: float) -> str:
    """Three digits that count."""
    if number == 0:
        return "0"
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}" if abs(number) >= 0.001 else f"{number:.1e}"


def scale(value: str, number: float) -> tuple[str, float]:
    """The unit in which a value of that order is written, and what it is divided by."""
    unit, divisor, _ = VALUES[value]
    if unit == "M/s" and 0 < number < 1e5:
        return ("k/s", 1e3) if number >= 100 else ("/s", 1.0)
    return unit, divisor


# value: (unit, divisor, whether more is better)
VALUES = {
    "rate": ("M/s", 1e6, True),
    "bandwidth": ("GB/s", 1e9, True),
    "deliveries": ("M/s", 1e6, True),
    "p50": ("ns", 1.0, False),
    "p90": ("ns", 1.0, False),
    "p99": ("ns", 1.0, False),
    "p999": ("ns", 1.0, False),
    "max": ("ns", 1.0, False),
    "mean": ("ns", 1.0, False),
    "to_c2c": ("x two flags", 1.0, False),
    "cpu": ("% of a CPU", 1.0, False),
    "wakes": ("/s", 1.0, False),
    "cpu_per_million": ("s per million", 1.0, False),
    "create": ("ms", 1e6, False),
    "open": ("ms", 1e6, False),
    "both": ("ms", 1e6, False),
    "allocations": ("per message", 1.0, False),
}
