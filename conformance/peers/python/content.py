"""What record i of a seed holds: the same rule in every peer (../../README.md)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0x9E3779B97F4A7C15
SPREAD = 0xD1342543DE82EF95
BLOCK_WORDS = 16384
OFFSETS = 65536
M = 2**64 - 1


def mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The output function of splitmix64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def steps(start: int, step: int, first: int, count: int) -> NDArray[np.uint64]:
    """start + (first + k) * step modulo 2^64, for k below count."""
    k = np.arange(first, first + count, dtype=np.uint64)
    return np.uint64(start & M) + k * np.uint64(step)


@dataclass
class Content:
    """Payloads and kinds of records `first` … `first + count - 1`."""

    payloads: list[bytes]
    kinds: list[int]


def content(
    seed: int,
    first: int,
    count: int,
    *,
    limit: int,
    fixed: int = 0,
    lengths: list[int] | None = None,
    classic: bool = False,
    kinds: bool = False,
) -> Content:
    """Work out records, as in ../../README.md."""
    block = mix(steps(seed, GOLDEN, 1, BLOCK_WORDS)).astype("<u8").tobytes()
    h = mix(steps(seed + GOLDEN, SPREAD, first + 1, count))
    offset = ((h >> np.uint64(32)) % np.uint64(OFFSETS)).tolist()
    if fixed:
        length = [fixed] * count
    elif lengths:
        length = [lengths[i % len(lengths)] for i in range(first, first + count)]
    elif classic:
        length = (np.uint64(1) + h % np.uint64(limit)).tolist()
    else:
        length = (h % np.uint64(limit + 1)).tolist()
    tags = (h >> np.uint64(56)).tolist() if kinds else [0] * count
    return Content([block[o : o + n] for o, n in zip(offset, length)], tags)
