"""The run as Markdown, and the closing words on the terminal."""

from __future__ import annotations

from . import regimes
from .details import details, left_out
from .model import covered
from .report import Run
from .sizes import scale, short
from .systems import SYSTEMS
from .verdicts import NOT_ASKED, Verdict

GROUPS = {
    "stream": ("One-way streams, copying", "Messages a second, single-record calls."),
    "place": (
        "One-way streams, in place",
        "Reserved and looked at in place: the first 8 bytes are touched, no more.",
    ),
    "frames": (
        "1080p frames",
        "6,220,800 bytes copied in by the producer and looked at in place by the consumer.",
    ),
    "batch": ("Batches and fixed-size runs", "Records a second when a call moves many."),
    "python": ("Python, 64 B", "Iterating, and one call per record."),
    "trip": (
        "Round trips, spinning",
        "There and back, median of each sample; default options, nothing pinned.",
    ),
    "wake": ("Round trips, both sides asleep", "Each side lets the other fall asleep before it answers."),
    "pairs": ("Language pairs", "Producer to consumer, 64 B, copying."),
    "fanout": ("One producer, several channels", "Messages a second, each written to every channel."),
    "paced": ("CPU time per million messages", "User and system time of both sides, 64 B."),
    "idle": ("Idle waiters", "A consumer with nothing to read, over 5 s."),
    "open": ("Creating and opening channels", "Create and open together."),
}


def judgement(v: Verdict) -> str:
    """Met or missed, and by how much."""
    if v.met is None:
        return f"not measured: {v.why}"
    if v.by in (float("inf"), 0.0) or v.bound == 0:
        return "met" if v.met else "**missed**"
    return f"met, {short(v.by)} x" if v.met else f"**missed**, reaches {100 * v.by:.0f} %"


def amount(number: float, value: str) -> str:
    """A figure with its unit."""
    unit, divisor = scale(value, number)
    return f"{short(number / divisor)} {unit}"


def verdict_rows(run: Run) -> list[list[str]]:
    """Cells of the table of targets."""
    rows = []
    for v in run.verdicts:
        if v.why == NOT_ASKED:
            continue
        measured = v.met is not None
        some = measured and v.regime != regimes.ANY and v.samples < run.wanted
        few = f" (of {v.samples})" if some else ""
        bound = amount(v.bound, v.value) if v.value and (measured or v.bound) else ""
        rows.append(
            [
                v.target.row, v.target.words, v.regime + few, amount(v.figure, v.value) if v.value else "",
                f"{bound} ({v.against})" if v.against else bound, judgement(v),
            ]
        )  # fmt: skip
    return rows


def table(head: list[str], rows: list[list[str]], numbers: int = 0) -> str:
    """A Markdown table; the columns after the first so many are right-aligned."""
    rule = ["---" if not numbers or i < numbers else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows]) + "\n"


def matrix(run: Run, group: str, regime: str) -> str:
    """Contestants down, cases across, medians in one regime."""
    found = [r for r in run.results if r.case.group == group]
    titles: dict[str, str] = {}
    for r in found:
        titles.update({o.contestant.key: o.contestant.title for o in r.outcomes if o.counts()})
    rows = []
    for key, title in titles.items():
        cells = []
        for r in found:
            o = r.outcome(key)
            s = o.summary(r.case.value, regime) if o else None
            cells.append(amount(s.median, r.case.value) if s else "")
        if any(cells):
            rows.append([title if not title.startswith("memcpy") else "memcpy", *cells])
    return table(["", *(r.case.title for r in found)], rows, 1) if rows else ""


def leading(run: Run, group: str) -> list[str]:
    """The regimes of a group, the fullest first."""
    return covered([o for r in run.results if r.case.group == group for o in r.outcomes])


def page(run: Run, pictures: dict[str, str]) -> str:
    """The page of results."""
    parts = [
        "# Results\n",
        f"A {run.mode} run of {run.started}: {run.seconds / 60:.1f} minutes, {run.wanted} samples of about "
        f"{run.sample_seconds:g} s wanted of each contestant. [How it is measured](README.md); "
        "every sample is in [results.json](results.json). This page is written by `make bench`.\n",
        "## Machine\n",
        table(["", ""], [[key, value] for key, value in run.machine.items()]),
        table(["system", "version"], [[SYSTEMS[k].title, v] for k, v in run.versions.items()]),
        "## Targets\n",
        "Medians of the samples of a regime, against the bound; a row per regime that was met with. "
        f"Where a regime has fewer than {run.wanted} samples, their number stands beside it.\n",
        table(["case", "target", "regime", "figure", "bound", ""], verdict_rows(run)),
    ]
    if any(v.why == NOT_ASKED for v in run.verdicts):
        parts.append("The other rows were not part of this run.\n")
    for group, (title, words) in GROUPS.items():
        order = leading(run, group)
        if not order:
            continue
        parts += [f"## {title}\n", words + "\n"]
        parts += [f"![{title}]({pictures[group]})\n"] if group in pictures else []
        for regime in order:
            made = matrix(run, group, regime)
            head = f"Regime: {regime}.\n" if regime != regimes.ANY else ""
            parts += [head + "\n" * bool(head) + made] if made else []
    parts += ["## Left out\n", left_out(run), "## Every contestant\n", details(run)]
    return "\n".join(parts)


def closing(run: Run) -> str:
    """What the terminal shows at the end."""
    lines = []
    for cells in verdict_rows(run):
        row, words, regime, figure, bound, result = cells
        where = f"{regime}: {figure} against {bound}: " if bound else f"{regime}: " * bool(regime)
        lines += [f"{row}: {words}", f"    {where}{result.replace('*', '')}"]
    if run.skipped:
        lines.append("no time left for: " + ", ".join(run.skipped))
    return "\n".join(["", *lines])
