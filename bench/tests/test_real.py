"""One tiny sample of each of our own workers, where they are built."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from driver import installed
from driver.contestants import one
from driver.model import OURS
from driver.streams import Stream
from driver.systems import CPP, OURS_KEYS, SYSTEMS
from driver.trips import Trip
from driver.workers import ROOT, Workers

PROGRAMS = installed.programs(ROOT / "build" / "bench", ROOT / "bench")


@pytest.fixture
def real() -> Iterator[Workers]:
    made = Workers(PROGRAMS)
    yield made
    made.close()


def built(key: str) -> None:
    if SYSTEMS[key].program not in PROGRAMS:
        pytest.skip(f"{SYSTEMS[key].program} is not built (scripts/bench-build builds it)")


@pytest.mark.parametrize("key", OURS_KEYS)
def test_a_stream_and_a_round_trip(real: Workers, key: str) -> None:
    built(key)
    s = SYSTEMS[key]
    values = Stream(s, s, 64).sample(real, real.name(), 1000, 1)
    assert values["rate"] > 0
    trip = one(key, Trip, 64)
    assert trip.kind == OURS
    values = trip.work.sample(real, real.name(), 200, 1)
    assert 0 < values["p50"] <= values["p99"] <= values["max"]


def test_calibration_reads_a_plausible_round_trip(real: Workers) -> None:
    if CPP not in PROGRAMS:
        pytest.skip(f"{CPP} is not built (scripts/bench-build builds it)")
    assert 5 < real.calibrate() < 1e6
