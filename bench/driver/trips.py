"""Round trips, and creating and opening channels."""

from __future__ import annotations

from .limits import PERCENTILES
from .systems import System
from .work import Process, Results, Work, words


class Trip(Work):
    """A message there and an echo back, both sides spinning as they do by default."""

    case = "trip"

    def __init__(self, system: System, size: int) -> None:
        self.system, self.size = system, size

    def first(self) -> int:
        """Takes 20 ms with a slow peer."""
        return 200

    def keys(self, amount: int) -> dict[str, object]:
        """What both roles are told."""
        return {"size": self.size, "rounds": amount + amount // 10, "warm": amount // 10}

    def processes(self, name: str, amount: int) -> list[Process]:
        """Ping and pong, or one command that starts both."""
        s = self.system
        roles = ("pair",) if s.paired else ("pong", "ping")
        keys = {"name": name, **self.keys(amount)}
        return [Process(s.program, role, words(s.argument, self.case, role, **keys)) for role in roles]

    def values(self, results: Results) -> dict[str, float]:
        """Percentiles in nanoseconds."""
        line = results["pair" if self.system.paired else "ping"]
        return {key: float(line[key]) for key in PERCENTILES}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """From the mean."""
        return amount * values["mean"] / 1e9

    def least(self) -> int:
        """Enough for a median."""
        return 20


class Wake(Trip):
    """A round trip between sides that are asleep when the message comes."""

    case = "wake"

    def __init__(self, system: System, size: int, think: int) -> None:
        super().__init__(system, size)
        self.think = think

    def first(self) -> int:
        """Takes about 30 ms."""
        return 40

    def keys(self, amount: int) -> dict[str, object]:
        """Also how long each side keeps the other waiting."""
        return {**super().keys(amount), "think": self.think}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """Round trips and the thinking between them."""
        return amount * (values["mean"] + 2 * self.think) / 1e9


class Open(Work):
    """Creating a channel, and opening it."""

    fixed = True

    def __init__(self, system: System, capacity: int, lazy: bool) -> None:
        self.system, self.capacity, self.lazy = system, capacity, lazy
        # Who reserves memory up front may take a second for a GiB.
        self.rounds = 3 if capacity > 1 << 28 and not lazy else 30

    def first(self) -> int:
        """A few."""
        return self.rounds

    def processes(self, name: str, amount: int) -> list[Process]:
        """One process."""
        keys = {"name": name, "capacity": self.capacity, "lazy": int(self.lazy), "rounds": amount}
        return [Process(self.system.program, "pair", words(self.system.argument, "open", "pair", **keys))]

    def values(self, results: Results) -> dict[str, float]:
        """Medians in nanoseconds."""
        line = results["pair"]
        create, opened = float(line["create_p50"]), float(line["open_p50"])
        return {"create": create, "open": opened, "both": create + opened}

    def seconds(self, values: dict[str, float], amount: int) -> float:
        """Without the removals."""
        return amount * values["both"] / 1e9
