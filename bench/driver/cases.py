"""Every case, in the order of a run: what the targets judge comes first, so that a
run whose time ends has it."""

from __future__ import annotations

from . import cases_flows as flows
from . import cases_sides as sides
from . import choice
from .model import Case
from .systems import FAST, OURS_KEYS

# The cases of a quick run, and who takes part beside the limits.
QUICK = {
    "stream-64": (*FAST, "unix", "zmq"),
    "stream-1k": (*OURS_KEYS, "classic"),
    "stream-1m": (*OURS_KEYS, "classic"),
    "runs-64": OURS_KEYS,
    "frames-1080p": OURS_KEYS,
    "place-1080p": (*OURS_KEYS, "iceoryx2"),
    "trip-64": FAST,
    "trip-8": (*OURS_KEYS, "classic", "boost"),
    "wake-64": OURS_KEYS,
    "python-64": ("py", "mp-pipe"),
    "idle": OURS_KEYS,
    "open-1m": OURS_KEYS,
    "open-1g-lazy": OURS_KEYS,
    "allocations": OURS_KEYS,
    "paced-1k": OURS_KEYS,
    "paced-full": OURS_KEYS,
    "pairs-64": OURS_KEYS,
    "fanout-4": OURS_KEYS,
}


def all_cases(quick: bool) -> list[Case]:
    """The cases of a full run, or of a quick one."""
    judged = [
        *flows.streams(), *flows.batches(), *flows.frames(), *sides.trips(), *sides.sleeping(),
        flows.python(), sides.idle(), *sides.opening(), sides.allocations(),
    ]  # fmt: skip
    cases = [*judged, *sides.paced(), *flows.pairs(), *flows.fanout(), *flows.more_streams()]
    if not quick:
        return cases
    return [choice.made_of(case, QUICK[case.key]) for case in cases if case.key in QUICK]
