"""Prints the figures of all pairs."""

from __future__ import annotations

from figures import PairFigures, time_text

try:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    HAVE_RICH = True
except ImportError:
    HAVE_RICH = False

HEADS = ["producer → consumer", "frames", "verified", "fps", "GB/s", "latency p50", "p99"]


def cells(pair: PairFigures) -> list[str]:
    """Write one row."""
    return [
        f"{pair.producer} → {pair.consumer}",
        str(pair.frames),
        "all" if pair.good else f"{pair.verified} BAD",
        f"{pair.fps:.0f}",
        f"{pair.gigabytes:.2f}",
        time_text(pair.p50),
        time_text(pair.p99),
    ]


def show(pairs: list[PairFigures]) -> None:
    """Print the table."""
    rows = [cells(pair) for pair in pairs]
    if HAVE_RICH:
        show_rich(pairs, rows)
        return
    widths = [max(len(row[i]) for row in [HEADS, *rows]) for i in range(len(HEADS))]
    for row in [HEADS, ["-" * width for width in widths], *rows]:
        padded = [cell.rjust(width) for cell, width in zip(row, widths)]
        padded[0] = row[0].ljust(widths[0])
        print("  ".join(padded))


def show_rich(pairs: list[PairFigures], rows: list[list[str]]) -> None:
    """Print it with rules and colours, where there are any."""
    table = Table(box=box.ROUNDED, header_style="bold")
    for i, head in enumerate(HEADS):
        table.add_column(head, justify="left" if i == 0 else "right", no_wrap=True)
    for i, (pair, row) in enumerate(zip(pairs, rows)):
        row[2] = f"[green]{row[2]}[/]" if pair.good else f"[bold red]{row[2]}[/]"
        last = i + 1 == len(rows) or rows[i + 1][0].split()[0] != row[0].split()[0]
        table.add_row(*row, end_section=last)
    Console().print(table)
