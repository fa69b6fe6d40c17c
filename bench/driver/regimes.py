"""Regimes: where the two processors of a sample lay, told by a round trip of two flags.

Virtual processors move on their host, and every figure that crosses between two of
them moves along, up to tenfold. A sample therefore counts only when the round trip
before it and the one after it name the same regime.
"""

from __future__ import annotations

import math

# A round trip below so many nanoseconds is the regime of that name.
LIMITS = (
    (85.0, "one core"),
    (260.0, "one cache complex"),
    (2000.0, "far apart"),
    (math.inf, "sharing a processor"),
)
NAMES = tuple(name for _, name in LIMITS)
ANY = "any"  # of figures that do not depend on where the processors are


def regime(nanoseconds: float) -> str:
    """The name for a round trip."""
    if not nanoseconds > 0:
        raise ValueError(f"a round trip of {nanoseconds} ns is no calibration")
    return next(name for limit, name in LIMITS if nanoseconds < limit)


def during(before: float, after: float) -> str | None:
    """The regime of a sample between two calibrations; None when it changed."""
    first, last = regime(before), regime(after)
    return first if first == last else None


def order(name: str) -> int:
    """Sorts regimes from near to far."""
    return NAMES.index(name) if name in NAMES else len(NAMES)
