"""Regimes, summaries, budget, sizes, names of cases."""

from __future__ import annotations

import pytest
from made import case, contestant

from driver import choice, regimes
from driver.allocations import counts
from driver.budget import Budget
from driver.cases import all_cases
from driver.sizes import FRAME, short, size_key, size_name
from driver.streams import Stream, ring_for, split
from driver.summary import summary
from driver.systems import SYSTEMS


@pytest.mark.parametrize(
    ("ns", "name"),
    [(50, "one core"), (84.9, "one core"), (85, "one cache complex"), (115, "one cache complex"),
     (550, "far apart"), (5000, "sharing a processor")],
)  # fmt: skip
def test_a_round_trip_names_its_regime(ns: float, name: str) -> None:
    assert regimes.regime(ns) == name


@pytest.mark.parametrize("ns", [0, -1, float("nan")])
def test_nonsense_is_no_calibration(ns: float) -> None:
    with pytest.raises(ValueError, match="calibration"):
        regimes.regime(ns)


def test_a_sample_counts_when_both_calibrations_agree() -> None:
    assert regimes.during(90, 250) == "one cache complex"
    assert regimes.during(84, 86) is None
    assert regimes.during(100, 550) is None


def test_summary_has_median_quartiles_and_extremes() -> None:
    s = summary([5, 1, 4, 2, 3])
    assert (s.median, s.low, s.high, s.least, s.most, s.samples) == (3, 2, 4, 1, 5, 5)
    assert summary([7]).low == summary([7]).high == 7
    with pytest.raises(ValueError, match="no values"):
        summary([])


def test_budget_shares_what_is_left() -> None:
    now = [100.0]
    budget = Budget(60, lambda: now[0])
    now[0] = 110
    assert (budget.spent(), budget.left()) == (10, 50)
    assert budget.share(1, 10) == pytest.approx(10 + 1.5 * 50 / 10)
    assert budget.share(5, 5) == pytest.approx(60)  # the last case has all, but not more
    now[0] = 200
    assert budget.share(1, 2) == pytest.approx(100)  # no time: it must stop at once


def test_figures_are_written_with_three_digits() -> None:
    assert [short(x) for x in (0, 1234.5, 12.345, 0.5, 0.00012)] == ["0", "1,234", "12.3", "0.5", "1.2e-04"]
    assert [size_name(x) for x in (8, 1024, 65536, 1 << 20, FRAME)] == [
        "8 B", "1 KiB", "64 KiB", "1 MiB", "1080p frame",
    ]  # fmt: skip
    assert [size_key(x) for x in (8, 4096, FRAME)] == ["8", "4k", "1080p"]


def test_small_records_use_the_default_ring_and_large_ones_find_room() -> None:
    assert ring_for(64) == ring_for(64 << 10) == 1 << 20
    assert ring_for(1 << 20) == 4 << 20
    assert ring_for(FRAME) == 16 << 20


def test_warming_goes_once_around_the_ring_but_stays_below_half() -> None:
    assert split(1_000_000, 64, 1 << 20) == (1_100_000, 100_000)
    assert split(50_000, 64, 1 << 20) == (50_000 + 16_385, 16_385)
    assert split(10, 64, 1 << 20) == (15, 5)


def test_both_sides_of_a_stream_are_told_the_same() -> None:
    py = SYSTEMS["py"]
    consume, produce = (str(p) for p in Stream(py, py, 64, "run", "array", 512).processes("n1", 1000))
    assert "consume name=n1 size=64 count=1500 warm=500 batch=512 ring=8388608 mode=array peer=run" in consume
    assert "produce name=n1 size=64 count=1500 warm=500 batch=512 ring=8388608 mode=run peer=array" in produce


def test_every_case_has_its_own_name_and_ours_in_it() -> None:
    for quick in (True, False):
        cases = all_cases(quick)
        assert len({c.key for c in cases}) == len(cases)
        for c in cases:
            keys = [x.key for x in c.contestants]
            assert len(set(keys)) == len(keys), c.key
            assert not c.limit or c.limit in keys, c.key


def test_cases_are_chosen_by_name_group_or_beginning() -> None:
    cases = [case(contestant("go"), key=key) for key in ("stream-64", "stream-64k", "trip-64")]

    def keys(*words: str) -> list[str]:
        return [c.key for c in choice.chosen(cases, words, ())]

    assert keys("stream-64") == ["stream-64"]
    assert keys("stream") == ["stream-64", "stream-64k"]
    assert keys("tr") == ["trip-64"]
    assert choice.unmatched(cases, ["trip", "trap"]) == ["trap"]
    assert choice.chosen(cases, (), ["boost"]) == []


def test_allocations_are_read_from_the_output_of_go() -> None:
    text = (
        "goos: linux\n"
        "BenchmarkWriteRead/native-64-2   20000   51.2 ns/op  1249.1 MB/s   0 B/op   0 allocs/op\n"
        "BenchmarkBatch   20000   900 ns/op   16 B/op   2 allocs/op\nPASS\n"
    )
    assert counts(text) == {"WriteRead/native-64": 0, "Batch": 2}
