"""Alternation, dropping, failures and the end of the time."""

from __future__ import annotations

import pytest
from made import Room, Scripted, case, contestant

from driver.budget import Budget
from driver.model import Case, Contestant, Result
from driver.sampler import Plan, Sampler
from driver.trouble import Refused


def run(
    room: Room, c: Case, samples: int = 3, spans: float = 0.0, budget: float = 1e9, absent: str = ""
) -> tuple[Result, list[str]]:
    """Runs a case; every look at the clock takes spans seconds. Also who was sampled, in turn."""
    now, turns = [0.0], list[str]()

    def clock() -> float:
        now[0] += spans
        return now[0]

    def progress(_: Case, who: Contestant, __: int) -> None:
        turns.append(who.key)

    sampler = Sampler(room, Plan(samples, 1.0), Budget(budget, clock), progress)
    return sampler.run(c, budget, {absent: "not installed: no such thing"} if absent else {}), turns


def test_samples_alternate_with_a_calibration_between_each() -> None:
    room = Room()
    result, turns = run(room, case(contestant("a"), contestant("b"), contestant("c")))
    assert turns[3:] == ["a", "b", "c"] * 3  # after each was tried once
    assert room.calibrations == 1 + 9
    assert [o.counts().total() for o in result.outcomes] == [3, 3, 3]


def test_a_sample_is_dropped_and_repeated_when_the_regime_changed() -> None:
    room = Room([100, 100, 550, 100, 100, 100])
    result, _ = run(room, case(contestant("a", Scripted([0, 1, 2, 3, 4, 5]))))
    o = result.outcomes[0]
    assert [s.values["rate"] for s in o.samples if s.regime is None] == [2, 3]
    assert o.dropped == 2
    assert o.summaries("rate")["one cache complex"].median == 4  # of 1, 4, 5


def test_repeating_is_bounded() -> None:
    room = Room([100, 550] * 100)
    result, _ = run(room, case(contestant("a")))
    assert len(result.outcomes[0].samples) == result.outcomes[0].dropped == 6
    assert result.outcomes[0].cut == "0 of 3 samples, the regime kept changing"


def test_regimes_are_kept_apart_until_one_is_complete() -> None:
    room = Room([100, 100, 550, 550, 100, 100, 100])
    result, _ = run(room, case(contestant("a")))
    assert dict(result.outcomes[0].counts()) == {"one cache complex": 3, "far apart": 1}


def test_what_is_bound_to_no_regime_is_never_dropped() -> None:
    room = Room([100, 550] * 10)
    result, _ = run(room, case(contestant("a"), bound=False))
    assert dict(result.outcomes[0].counts()) == {"any": 3}


def test_a_failure_is_told_and_the_others_go_on() -> None:
    broken = contestant("broken", Scripted([1, "burst", "burst again", 1]))
    result, _ = run(Room(), case(broken, contestant("well")))
    bad, good = result.outcomes
    assert bad.failures == ["burst", "burst again"]
    assert not bad.active
    assert good.counts().total() == 3


def test_one_failure_is_told_but_forgiven() -> None:
    result, _ = run(Room(), case(contestant("a", Scripted([1, "burst", 1, 1, 1]))))
    assert result.outcomes[0].failures == ["burst"]
    assert result.outcomes[0].counts().total() == 3


def test_who_refuses_is_asked_once() -> None:
    result, turns = run(Room(), case(contestant("a", Scripted(["refuse"])), contestant("b")))
    assert result.outcomes[0].refused == "cannot"
    assert turns.count("a") == 1


def test_who_is_absent_is_not_asked() -> None:
    result, turns = run(Room(), case(contestant("a"), contestant("b")), absent="a")
    assert result.outcomes[0].refused == "not installed: no such thing"
    assert "a" not in turns


def test_the_amount_follows_the_time_a_sample_takes() -> None:
    fast = Scripted([], took=0.001)
    run(Room(), case(contestant("fast", fast)))
    # 10 took 1 ms: a hundred times as much is tried, then what takes a second.
    assert fast.amounts == [10, 1000, *[10_000] * 4]  # the third try, three samples


def test_the_end_of_the_time_is_told() -> None:
    result, _ = run(Room(), case(contestant("a"), contestant("b")), samples=9, spans=1.0, budget=20)
    a, b = result.outcomes
    assert 0 < a.counts().total() < 9
    assert a.cut == f"{a.counts().total()} of 9 samples, the time was over"
    assert b.cut


def test_a_calibration_that_does_not_work_ends_the_run() -> None:
    class Broken(Room):
        def calibrate(self) -> float:
            raise Refused("bench-cpp is not built")

    with pytest.raises(Refused, match="bench-cpp"):
        run(Broken(), case(contestant("a")))


class Alone(Scripted):
    """Crosses nothing, and its amount is fixed."""

    crosses = False
    fixed = True


def test_what_crosses_nothing_counts_in_every_regime() -> None:
    room = Room([100, 550, 550, 550])
    alone = Alone([1, 2, 3])
    result, _ = run(room, case(contestant("alone", alone), contestant("far")))
    o = result.outcomes[0]
    assert dict(o.counts()) == {"any": 3}
    assert alone.amounts == [10, 10, 10]
    seen = o.summary("rate", "far apart")
    assert seen is not None
    assert seen.median == 2
    assert result.regimes() == ["far apart"]
