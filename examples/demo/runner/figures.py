"""Checks the hashes of a playing and turns its reports into figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class PairFigures:
    """What is known of one pair after both playings."""

    producer: str
    consumer: str
    frames: int = 0
    verified: int = 0
    faults: list[str] = field(default_factory=list)
    fps: float = 0.0
    gigabytes: float = 0.0
    p50: float = 0.0  # seconds
    p99: float = 0.0

    @property
    def good(self) -> bool:
        """Whether every frame arrived and was right."""
        return not self.faults and self.frames > 0 and self.verified == self.frames


def verify(pair: PairFigures, reference: list[int], sent: dict[str, Any], seen: dict[str, Any]) -> None:
    """Compare source, producer and consumer, frame by frame."""
    pair.frames += len(reference)
    lists = {"the source has": reference, "the producer sent": sent["crc"], "the consumer saw": seen["crc"]}
    counts = {who: len(crcs) for who, crcs in lists.items()}
    if len(set(counts.values())) > 1:
        pair.faults.append("; ".join(f"{who} {count} frames" for who, count in counts.items()))
    for number, hashes in enumerate(zip(*lists.values())):
        if len(set(hashes)) == 1:
            pair.verified += 1
        elif len(pair.faults) < 3:
            said = ", ".join(f"{who} {crc:08x}" for who, crc in zip(lists, hashes))
            pair.faults.append(f"frame {number}: {said}")


def speed(pair: PairFigures, seen: dict[str, Any], frame_bytes: int) -> None:
    """Take the throughput from a playing at full speed."""
    if seen["seconds"] > 0:
        pair.fps = (seen["frames"] - 1) / seen["seconds"]
        pair.gigabytes = pair.fps * frame_bytes / 1e9


def latency(pair: PairFigures, seen: dict[str, Any]) -> None:
    """Take the latency from a playing at the pace of the clip."""
    times = sorted(seen["latency"])
    pair.p50 = percentile(times, 50) / 1e9
    pair.p99 = percentile(times, 99) / 1e9


def percentile(ordered: list[int], percent: int) -> int:
    """Return the smallest value that `percent` of all values do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0


def share(spent: dict[str, float]) -> str:
    """Write times as percentages, the largest first."""
    total = sum(spent.values()) or 1.0
    ordered = sorted(spent.items(), key=lambda item: -item[1])
    return ", ".join(f"{100 * s / total:.0f} % {what}" for what, s in ordered if s >= 0.01 * total)


def time_text(seconds: float) -> str:
    """Write a short time with a unit that suits it."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms"
