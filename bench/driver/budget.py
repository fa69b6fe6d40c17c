"""The time a run may take."""

from __future__ import annotations

import time
from collections.abc import Callable


class Budget:
    """Counts down from a number of seconds; cases get a share of what is left."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._start = clock()

    def spent(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def left(self) -> float:
        """Seconds until the end, negative afterwards."""
        return self.seconds - self.spent()

    def share(self, part: float, whole: float, times: float = 1.5) -> float:
        """The moment, in spent seconds, at which the next case must stop.

        Its part of the whole that is still to do may take some times its even share,
        since most take less; the later ones are never left without theirs.
        """
        left = max(self.left(), 0.0)
        return self.spent() + min(left, times * left * part / max(whole, part))
