"""One-way work: streams, fan-out to several channels, streams at a given pace."""

from __future__ import annotations

from .systems import System
from .work import Process, Results, Work, words

DEFAULT_RING = 1 << 20  # the capacity of a channel when nobody says otherwise
STREAM_RING = 8 << 20  # what somebody who streams would give it: more than the caches of a core
FIXED = ("run", "array")  # modes that need a channel of fixed-size records


def ring_for(size: int, least: int = DEFAULT_RING) -> int:
    """The least capacity, or room for two records and a half where they are large."""
    return max(least, 1 << (5 * size // 2 - 1).bit_length())


def first_count(size: int) -> int:
    """At most 20,000 records and at most 16 MiB, but a few."""
    return max(min(20_000, (16 << 20) // size), 8)


def split(count: int, size: int, ring: int) -> tuple[int, int]:
    """The records sent and those of them that only warm up: once around the ring, if
    that is not more than half of them."""
    warm = max(count // 10, min(ring // size + 1, count // 2), 1)
    return count + warm, warm


class Stream(Work):
    """Records from a producer to a consumer."""

    def __init__(
        self, sender: System, receiver: System, size: int, send: str = "copy", receive: str = "",
        batch: int | None = None, least: int = STREAM_RING,
    ) -> None:  # fmt: skip
        self.sender, self.receiver = sender, receiver
        self.size = size
        self.send, self.receive = send, receive or send
        self.batch = batch
        self.ring = ring_for(size, least)

    def first(self) -> int:
        """A moment of a slow peer."""
        return first_count(self.size)

    def processes(self, name: str, amount: int) -> list[Process]:
        """Producer and consumer, or one command that starts both."""
        count, warm = split(amount, self.size, self.ring)
        keys = {"name": name, "size": self.size, "count": count, "warm": warm}
        tail = {"batch": self.batch, "ring": self.ring}
        if self.sender.paired:
            s = self.sender
            return [
                Process(
                    s.program, "pair", words(s.argument, "stream", "pair", **keys, mode=self.send, **tail)
                )
            ]
        return [
            self._side(self.receiver, "consume", self.receive, self.send, {**keys, **tail}),
            self._side(self.sender, "produce", self.send, self.receive, {**keys, **tail}),
        ]

    def _side(
        self, system: System, role: str, mode: str, other: str, keys: dict[str, object | None]
    ) -> Process:
        # Who does not say itself that records have a fixed size learns it from the other's mode.
        peer = other if other in FIXED and mode != other else None
        return Process(
            system.program, role, words(system.argument, "stream", role, **keys, mode=mode, peer=peer)
        )

    def values(self, results: Results) -> dict[str, float]:
        """Records and bytes a second."""
        line = results["pair" if self.sender.paired else "consume"]
        rate = float(line["records"]) / float(line["seconds"])
        return {"rate": rate, "bandwidth": rate * self.size}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """From the rate."""
        return amount / values["rate"]

    def least(self) -> int:
        """A few records, for those with whom one takes long."""
        return 8


class Fanout(Work):
    """Every message to several channels, one consumer of all."""

    def __init__(self, system: System, size: int, channels: int) -> None:
        self.system, self.size, self.channels = system, size, channels
        self.ring = ring_for(size)

    def first(self) -> int:
        """A moment of a slow peer."""
        return first_count(self.size) // self.channels

    def processes(self, name: str, amount: int) -> list[Process]:
        """Producer and consumer."""
        count, warm = split(amount, self.size, self.ring)
        keys = {
            "name": name, "channels": self.channels, "size": self.size,
            "count": count, "warm": warm, "ring": self.ring,
        }  # fmt: skip
        s = self.system
        return [
            Process(s.program, role, words(s.argument, "fanout", role, **keys))
            for role in ("consume", "produce")
        ]

    def values(self, results: Results) -> dict[str, float]:
        """Messages a second, each counted once, and deliveries."""
        line = results["consume"]
        rate = float(line["records"]) / float(line["seconds"])
        return {"rate": rate, "deliveries": rate * self.channels}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """From the rate."""
        return amount / values["rate"]


class Paced(Work):
    """Messages at a pace, and the processor time that they cost both sides."""

    def __init__(self, system: System, size: int, rate: int, span: float) -> None:
        self.system, self.size, self.rate, self.span = system, size, rate, span
        self.ring = ring_for(size)
        self.fixed = rate > 0
        self.typical = span if rate else 0.0

    def first(self) -> int:
        """The whole span where the pace says how much that is."""
        return int(self.rate * self.span) or first_count(self.size)

    def processes(self, name: str, amount: int) -> list[Process]:
        """Producer and consumer."""
        count, warm = (
            (amount + amount // 10, amount // 10) if self.rate else split(amount, self.size, self.ring)
        )
        keys = {
            "name": name, "size": self.size, "rate": self.rate,
            "count": count, "warm": warm, "ring": self.ring,
        }  # fmt: skip
        s = self.system
        return [
            Process(s.program, role, words(s.argument, "paced", role, **keys))
            for role in ("consume", "produce")
        ]

    def values(self, results: Results) -> dict[str, float]:
        """Seconds of processor time per million messages, of both sides together."""
        cost = {role: 1e6 * float(line["cpu"]) / float(line["records"]) for role, line in results.items()}
        rate = float(results["consume"]["records"]) / float(results["consume"]["seconds"])
        return {
            "cpu_per_million": sum(cost.values()), "produce_cpu": cost["produce"],
            "consume_cpu": cost["consume"], "rate": rate,
        }  # fmt: skip

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """From the rate."""
        return amount / values["rate"]
