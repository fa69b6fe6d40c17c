"""Targets and the tables that show them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.dom import minidom

from made import NEAR, contestant, result, sample

from driver import plots, report, tables
from driver.cases import all_cases
from driver.model import Outcome, Result
from driver.report import Run
from driver.targets import targets
from driver.verdicts import Bound, Figure, Target, Verdict, judge

RATE = Figure("stream-64", "go", "rate")


def one(bound: Bound, *results: Result) -> Verdict:
    found = judge(Target("row", "words", (bound,)), {r.case.key: r for r in results})
    assert len(found) == 1
    return found[0]


def test_a_factor_of_the_best_peer() -> None:
    bound = Bound(RATE, 2.0, ("classic", "zmq"))
    met = one(bound, result("stream-64", "rate", go=90e6, classic=40e6, zmq=1e6, boost=200e6))
    assert (met.met, met.bound, met.against, met.regime) == (True, 80e6, "Classic", NEAR)
    missed = one(bound, result("stream-64", "rate", go=60e6, classic=40e6))
    assert (missed.met, missed.by) == (False, 0.75)


def test_less_is_better_for_times() -> None:
    bound = Bound(Figure("wake-64", "go", "p50"), 1.15, ("futex",))
    assert one(bound, result("wake-64", "p50", go=11_000, futex=10_000)).met
    missed = one(bound, result("wake-64", "p50", go=23_000, futex=10_000))
    assert (missed.met, missed.by) == (False, 0.5)


def test_strict_bounds_are_not_met_exactly() -> None:
    equal = result("trip-8", "p50", go=200, boost=200)
    figure = Figure("trip-8", "go", "p50")
    assert not one(Bound(figure, 1.0, ("boost",), strict=True), equal).met
    assert one(Bound(figure, 1.0, ("boost",)), equal).met


def test_any_alternative_will_do() -> None:
    runs = result("runs-64", "rate", go=100e6, memcpy=110e6)
    figure = Figure("runs-64", "go", "rate")
    target = Target("row", "words", (Bound(figure, 250e6), Bound(figure, 0.8, ("memcpy",))))
    (verdict,) = judge(target, {"runs-64": runs})
    assert verdict.met
    assert verdict.bound == 88e6


def test_regimes_are_judged_apart() -> None:
    go = Outcome(contestant("go"), [sample(NEAR, rate=10.0), sample(NEAR, rate=12.0)])
    go.samples.append(sample("far apart", rate=1.0))
    peer = Outcome(contestant("classic"), [sample(NEAR, rate=5.0)])
    made = Result(result("stream-64", "rate").case, [go, peer])
    near, far = judge(Target("row", "words", (Bound(RATE, 2.0, ("classic",)),)), {"stream-64": made})
    assert (near.regime, near.met, near.samples, near.figure) == (NEAR, True, 2, 11.0)
    assert (far.regime, far.met) == ("far apart", None)
    assert "compare" in far.why


def test_what_was_not_measured_says_why() -> None:
    bound = Bound(RATE, 1.0)
    assert one(bound).why == "not part of this run"
    gone = Result(
        result("stream-64", "rate").case, [Outcome(contestant("go"), refused="not installed: no go")]
    )
    assert one(bound, gone).why == "not installed: no go"


def test_nothing_used_meets_a_bound_of_nothing() -> None:
    bound = Bound(Figure("idle", "go", "wakes"), 0.0)
    assert one(bound, result("idle", "wakes", go=0.0)).met
    assert not one(bound, result("idle", "wakes", go=0.2)).met


def test_every_case_can_be_shown(tmp_path: Path) -> None:
    run = whole_run()
    values = {"idle": ("wakes",), "open": ("create", "open"), "trip": ("to_c2c",), "stream": ("bandwidth",)}
    run.results = []
    for c in all_cases(False):
        figures = dict.fromkeys((c.value, *values.get(c.group, ())), 3.0)
        regime = NEAR if c.bound else "any"
        outcomes = [Outcome(x, [sample(regime, **figures)]) for x in c.contestants]
        run.results.append(Result(c, outcomes))
    run.verdicts = [v for t in targets() for v in judge(t, run.by_case())]
    made = plots.draw(run, tmp_path)
    assert set(made) == set(plots.PAINTERS)
    page = tables.page(run, made)
    for c in all_cases(False):
        assert f"<summary>{c.key}:" in page
    assert all(name in page for name in made.values())
    assert "not measured" not in page


def test_every_target_names_a_case_and_contestants_that_exist() -> None:
    for quick in (True, False):
        known = {c.key: {x.key for x in c.contestants} for c in all_cases(quick)}
        for t in targets():
            asked = [b for b in t.bounds if b.figure.case in known]
            assert asked == list(t.bounds) or (quick and asked), t.row
            for b in asked:
                assert b.figure.contestant in known[b.figure.case], t.row
                assert not b.others or set(b.others) & known[b.figure.case], t.row


def whole_run() -> Run:
    run = Run(
        "full",
        "2026-01-01 00:00 UTC",
        60.0,
        9,
        0.2,
        {"kernel": "Linux 6"},
        {"go": "1"},
        {"nats": "not installed: x"},
    )
    run.results = [
        result("stream-64", "rate", go=90e6, cpp=1e8, classic=40e6, boost=70e6),
        result("trip-64", "p50", go=200.0, c2c=100.0),
        result("pairs-64", "rate", **{"go-go": 1e6, "go-py": 2e6}),
    ]
    run.results[0].outcomes[2].failures.append("burst")
    run.verdicts = [v for t in targets() for v in judge(t, run.by_case())]
    return run


def test_the_page_shows_targets_figures_and_what_is_missing(tmp_path: Path) -> None:
    page = tables.page(whole_run(), {"stream": "throughput.svg"})
    assert "met, 1.12 x" in page
    assert "**missed**" not in page.split("## One-way")[0].split("boost")[0]
    assert "- NATS on loopback, Go: not installed: x" in page
    assert "- stream-64, Classic: failed: burst" in page
    assert "![One-way streams, copying](throughput.svg)" in page


def test_the_json_has_every_sample_with_its_calibrations(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    report.write(whole_run(), path)
    read = json.loads(path.read_text())
    first = read["cases"][0]["contestants"][0]["samples"][0]
    assert first["values"] == {"rate": 90e6}
    assert (first["before_ns"], first["after_ns"], first["regime"], first["kept"]) == (100, 100, NEAR, True)
    assert read["cases"][0]["contestants"][0]["summaries"]["rate"][NEAR]["median"] == 90e6
    assert all(len(line) < 2000 for line in path.read_text().splitlines())


def test_plots_are_svg_for_light_and_dark_pages(tmp_path: Path) -> None:
    made = plots.draw(whole_run(), tmp_path)
    assert {"stream", "trip", "pairs"} == set(made)
    for name in made.values():
        text = (tmp_path / name).read_text()
        minidom.parseString(text)
        assert "prefers-color-scheme: dark" in text
        assert re.search(r"<text[^>]*>", text)
