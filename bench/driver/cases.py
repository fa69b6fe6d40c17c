"""Every case, in the order of a run: what the targets judge comes first, so that a
run whose time ends has it."""

from __future__ import annotations

from . import cases_flows as flows
from . import cases_sides as sides
from .model import Case


def all_cases(quick: bool) -> list[Case]:
    """The cases of a full run, or of a quick one."""
    judged = [
        *flows.streams(quick), *flows.batches(quick), *flows.frames(), *sides.trips(quick),
        *sides.sleeping(quick), flows.python(), sides.idle(quick), *sides.opening(quick), sides.allocations(),
    ]  # fmt: skip
    return [*judged, *sides.paced(quick), *flows.pairs(), *flows.fanout(quick), *flows.more_streams(quick)]
