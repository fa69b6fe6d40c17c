"""The benchmark's driver: python -m driver [--quick] [--only CASE …]; --help says the rest."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from datetime import datetime, timezone

from . import cases, choice, installed, options, output
from .budget import Budget
from .machine import machine
from .model import Case
from .progress import Progress
from .report import Run
from .sampler import Plan, Sampler
from .sampler_idle import IdleSampler
from .targets import targets
from .trouble import Failed, Refused, Stopped
from .verdicts import judge
from .workers import Workers

FULL = (9, 0.15, 1120)  # samples, seconds of each, seconds of the run
QUICK = (3, 0.05, 76)


def main(arguments: list[str]) -> int:
    """Run what was asked for; 0 also when targets are missed."""
    asked = options.parse(arguments)
    wanted = cases.all_cases(asked.quick)
    if asked.list:
        for case in wanted:
            print(f"{case.key:14}{case.title}")
        return 0
    unknown = choice.unmatched(wanted, asked.only)
    if unknown:
        print(f"bench: no case is called {', '.join(unknown)}; --list names them", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    workers = Workers(installed.programs(asked.build, asked.sources))
    try:
        run = measure(asked, workers, choice.chosen(wanted, asked.only, asked.systems))
    except (Refused, Failed) as reason:
        print(f"bench: the calibration does not work, so nothing can be measured: {reason}", file=sys.stderr)
        return 1
    except Stopped:
        print("\nbench: stopped before the first case was done", file=sys.stderr)
        return 130
    finally:
        workers.close()
    output.write(run, asked)
    return 130 if run.stopped else 0


def measure(asked: Namespace, workers: Workers, wanted: list[Case]) -> Run:
    """All cases; what is done by the time of a Ctrl-C is kept."""
    samples, seconds, budget_seconds = QUICK if asked.quick else FULL
    samples = asked.samples or samples
    budget = Budget(asked.seconds or budget_seconds)
    workers.calibrate()
    found, missing = installed.versions(workers, installed.reasons(asked.build))
    run = Run(
        mode="quick" if asked.quick else "full",
        started=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        seconds=0.0, wanted=samples, sample_seconds=seconds,
        machine=machine(), versions=found, missing=missing,
    )  # fmt: skip
    progress = Progress(len(wanted), budget)
    for key, reason in missing.items():
        progress.say(f"{key}: {reason}")
    plain = Sampler(workers, Plan(samples, seconds), budget, progress)
    idle = IdleSampler(workers, samples, budget, progress)
    try:
        for number, case in enumerate(wanted):
            efforts = [effort(c, samples) for c in wanted[number:]]
            until = budget.share(efforts[0], sum(efforts))
            if budget.left() <= 0:
                run.skipped.append(case.key)
                continue
            sampler = idle if case.group == "idle" else plain
            run.results.append(sampler.run(case, until, absent(missing, case)))
    except Stopped:
        run.stopped = True
        done = {r.case.key for r in run.results}
        run.skipped = [c.key for c in wanted if c.key not in done]
    run.seconds = round(budget.spent(), 1)
    results = run.by_case()
    run.verdicts = [v for t in targets() for v in judge(t, results)]
    return run


def effort(case: Case, samples: int) -> float:
    """About how many seconds a case takes: starting and calibrating is most of it."""
    tries = min(samples, case.most or samples) + 2
    return sum(tries * (0.35 + c.work.typical) for c in case.contestants)


def absent(missing: dict[str, str], case: Case) -> dict[str, str]:
    """The contestants that cannot take part because a system of theirs is missing, and why."""
    found = {}
    for c in case.contestants:
        for reason in (missing[s] for s in c.systems if s in missing):
            found[c.key] = reason
    return found


def stop(number: int, _: object) -> None:
    """End in an orderly way, undisturbed by further signals."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
