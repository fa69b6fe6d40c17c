"""The checks of the demo notice what is wrong."""

from __future__ import annotations

import re

import figures
import pytest


def checked(reference: list[int], sent: list[int], seen: list[int]) -> figures.PairFigures:
    pair = figures.PairFigures("Go", "Python")
    figures.verify(pair, reference, {"crc": sent}, {"crc": seen})
    return pair


def test_equal_lists_are_good() -> None:
    pair = checked([1, 2, 3], [1, 2, 3], [1, 2, 3])
    assert pair.good
    assert (pair.frames, pair.verified) == (3, 3)


@pytest.mark.parametrize(
    ("reference", "sent", "seen", "says"),
    [
        ([1, 2, 3], [1, 2, 3], [1, 9, 3], "frame 1: .* consumer saw 00000009"),
        ([1, 2, 3], [1, 9, 3], [1, 9, 3], "frame 1: the source has 00000002"),
        ([1, 2, 3], [1, 2, 3], [1, 2], "consumer saw 2 frames"),
        ([1, 2, 3], [1, 2], [1, 2], "the source has 3 frames"),
        ([1, 2, 3], [1, 2, 3], [1, 2, 3, 3], "consumer saw 4 frames"),
        ([1, 2, 3], [], [], "producer sent 0 frames"),
    ],
)
def test_faults_are_named(reference: list[int], sent: list[int], seen: list[int], says: str) -> None:
    pair = checked(reference, sent, seen)
    assert not pair.good
    assert re.search(says, "; ".join(pair.faults))


def test_no_frames_at_all_is_not_good() -> None:
    assert not checked([], [], []).good


def test_percentiles() -> None:
    ordered = list(range(1, 101))
    assert [figures.percentile(ordered, p) for p in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert figures.percentile([7], 50) == figures.percentile([7], 99) == 7
    assert figures.percentile([1, 2, 3], 50) == 2
    assert figures.percentile([], 50) == 0


def test_share_leaves_out_crumbs() -> None:
    assert figures.share({"a": 0.75, "b": 0.25, "c": 0.0}) == "75 % a, 25 % b"
