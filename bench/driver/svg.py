"""Figures as SVG that can be read on light and dark pages."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PAPER, INK, FAINT = "#ffffff", "#1f2328", "#d1d9e0"
DARK = {PAPER: "#0d1117", INK: "#e6edf3", FAINT: "#3d444d"}
OURS = {"go": "#0091b3", "cpp": "#d1242f", "py": "#bf8700"}  # each 3:1 or more on both papers
PEERS = (
    "#8250df",
    "#1a7f37",
    "#0969da",
    "#bf3989",
    "#768390",
    "#9a6700",
    "#57a0a8",
    "#a475f9",
    "#6e9a2f",
    "#c4654f",
)
LIMIT = "#768390"

matplotlib.use("svg")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "shmbuf",  # the same figures give the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    return plt.subplots(figsize=(width, height), layout="constrained")


def colour(key: str, number: int) -> str:
    """Ours have colours of their own; peers take theirs in turn."""
    for ours in (key, key.split("-")[0]):
        if ours in OURS:
            return OURS[ours]
    return LIMIT if key in ("memcpy", "futex", "c2c") else PEERS[number % len(PEERS)]


def save(figure: Figure, path: Path) -> None:
    """Write the figure; its paper, ink and lines follow a dark page."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    path.write_text(adapt(text.getvalue()))


def adapt(svg: str) -> str:
    """Add the rules that swap colours where the page is dark."""
    rules = []
    for light, dark in DARK.items():
        rules += [
            f'[style*="{kind}: {light}"] {{ {kind}: {dark} !important }}' for kind in ("fill", "stroke")
        ]
    style = "<style>@media (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}</style>\n"
    opened = re.search(r"<svg[^>]*>\n?", svg)
    if not opened:
        raise ValueError("matplotlib wrote no SVG")
    return svg[: opened.end()] + style + svg[opened.end() :]
