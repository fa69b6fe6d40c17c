"""Processes: results, refusals, failures, time limits, and what they leave behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from driver import installed
from driver.budget import Budget
from driver.idle import Idle, usage
from driver.model import Case, Contestant
from driver.sampler_idle import IdleSampler
from driver.streams import Stream
from driver.systems import GO, System
from driver.trouble import Failed, Refused
from driver.work import Process
from driver.workers import ROOT, Workers, plain


def system(behaviour: str, paired: bool = False) -> System:
    return System(behaviour, behaviour, GO, behaviour, paired=paired)


def sample(workers: Workers, behaviour: str, paired: bool = False, timeout: float = 10.0) -> dict[str, float]:
    s = system(behaviour, paired)
    work = Stream(s, s, 64)
    return work.values(workers.run(workers.name(), work.processes(workers.name(), 1000), timeout))


@pytest.mark.parametrize("paired", [False, True])
def test_a_result_becomes_a_figure(workers: Workers, paired: bool) -> None:
    assert sample(workers, "works", paired)["rate"] == pytest.approx(1e6)


def test_calibration(workers: Workers) -> None:
    assert workers.calibrate() == 100.0


def test_refusing_and_failing_differ(workers: Workers) -> None:
    with pytest.raises(Refused, match=r"^no such case here$"):
        sample(workers, "refuses")
    with pytest.raises(Failed, match=r"\(exit 1\): the ring burst: 42"):
        sample(workers, "fails")


def test_output_that_is_no_result_is_a_failure(workers: Workers) -> None:
    with pytest.raises(Failed, match="'hello' instead of one line of JSON"):
        sample(workers, "chatters", paired=True)


def test_a_program_that_is_not_built(workers: Workers) -> None:
    with pytest.raises(Refused, match="bench-rust is not built"):
        workers.run("x", [Process("bench-rust", "pair", ())], 1)


def test_who_hangs_is_ended_and_its_names_removed(workers: Workers, tmp_path: Path) -> None:
    name = workers.name()
    other = tmp_path / "of.somebody.else"
    other.touch()
    begin = time.monotonic()
    with pytest.raises(Failed, match="not done after 1 s"):
        workers.run(name, [Process(GO, "produce", ("hangs", "stream", f"name={name}"))], 1)
    assert time.monotonic() - begin < 5
    assert list(tmp_path.iterdir()) == [other]


def test_children_of_a_worker_end_with_it(workers: Workers) -> None:
    begin = time.monotonic()
    with pytest.raises(Failed, match="said nothing"):
        workers.run("", [Process(GO, "pair", ("forks",))], 20)
    assert time.monotonic() - begin < 10


def test_versions_tell_what_is_missing(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "missing.txt").write_text("bench-rust\tno cargo on this machine\n")
    found, missing = installed.versions(workers, installed.reasons(tmp_path))
    assert found["go"] == "1.2.3"
    assert missing["iceoryx2"] == "not installed: no cargo on this machine"


def test_usage_of_this_process() -> None:
    a = usage(os.getpid())
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    time.sleep(0.01)
    b = usage(os.getpid())
    assert b.seconds - a.seconds >= 0.04
    assert b.switches > a.switches


def test_idle_tells_the_quiet_from_the_loud(workers: Workers) -> None:
    entries = [
        Contestant(key, key, "peer", Idle(system(key), 0.3)) for key in ("idles", "spins", "refuses", "fails")
    ]
    case = Case("idle", "idle", "idle", "cpu", tuple(entries), bound=False)
    result = IdleSampler(workers, 2, Budget(60), lambda *_: None).run(case, 60, {})
    quiet, loud, refusing, failing = result.outcomes
    assert quiet.summaries("cpu")["any"].median < 10
    assert quiet.summaries("wakes")["any"].median == 0
    assert loud.summaries("cpu")["any"].median > 50
    assert loud.counts().total() == 2
    assert refusing.refused == "no such case here"
    assert "the ring burst: 42" in failing.failures[0]


def test_reports_name_no_directory_of_this_machine() -> None:
    text = f"No module ({ROOT}/bench/python/x.py), {Path.home()}/.cache, /tmp/shmbench-1/a.sock"
    assert plain(text) == "No module (bench/python/x.py), .cache, shmbench-1/a.sock"
