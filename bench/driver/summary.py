"""Median and spread of samples."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """What the samples of one regime say: median, quartiles, extremes, number."""

    median: float
    low: float  # first quartile
    high: float  # third quartile
    least: float
    most: float
    samples: int


def summary(values: Sequence[float]) -> Summary:
    """Summarize at least one value."""
    if not values:
        raise ValueError("no values to summarize")
    if len(values) == 1:
        low = high = values[0]
    else:
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return Summary(statistics.median(values), low, high, min(values), max(values), len(values))
