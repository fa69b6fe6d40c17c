"""The cases of a system whose ends are inherited by a forked child: role `pair`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import loops
import pair
from cases import Fanout, Idle, Paced, Stream, Trip, Unsupported, Wake
from systems.peers import Roles, small_ring

if TYPE_CHECKING:
    from measure import Result


class Channel:
    """One way between the two processes. Each side says which end it is before it uses it."""

    def sender(self) -> loops.Send:
        """Return the sending call; the other end is not ours any more."""
        raise NotImplementedError

    def receiver(self) -> loops.Receive:
        """Return the receiving call; the other end is not ours any more."""
        raise NotImplementedError


Make = Callable[[int, int], Channel]  # (record size, bytes of the ring)
Way = Callable[[Channel, Stream], Any]


def _both(make: Make, size: int) -> tuple[Channel, Channel]:
    return make(size, small_ring(size)), make(size, small_ring(size))


def by_inheritance(
    make: Make, more: dict[str, Way] | None = None, consume_more: dict[str, Way] | None = None
) -> Roles:
    """Roles of such a system; `more` and `consume_more` are modes of streams besides copy."""
    producing: dict[str, Way] = {"copy": lambda c, case: loops.produce(case, c.sender()), **(more or {})}
    consuming: dict[str, Way] = {
        "copy": lambda c, case: loops.consume(case, c.receiver()),
        **(consume_more or {}),
    }

    def stream(case: Stream) -> Result:
        if case.peer not in producing or case.mode not in consuming:
            raise Unsupported(f"mode '{case.mode}' with peer '{case.peer}'; known: {', '.join(consuming)}")
        channel = make(case.size, case.ring)
        result: Result = pair.run(
            lambda: producing[case.peer](channel, case), lambda: consuming[case.mode](channel, case)
        )
        return result

    def trip(case: Trip) -> Result:
        there, back = _both(make, case.size)
        return pair.run(
            lambda: loops.pong(case, back.sender(), there.receiver()),
            lambda: loops.ping(case, there.sender(), back.receiver()),
        )

    def wake(case: Wake) -> Result:
        there, back = _both(make, case.size)
        return pair.run(
            lambda: loops.wake_pong(case, back.sender(), there.receiver()),
            lambda: loops.wake_ping(case, there.sender(), back.receiver()),
        )

    def idle(_case: Idle) -> None:
        channel = make(8, small_ring(8))
        pair.run(lambda: loops.idle_produce(channel.sender()), lambda: loops.idle_consume(channel.receiver()))

    def fanout(case: Fanout) -> Result:
        channels = [make(case.size, case.ring) for _ in range(case.channels)]
        return pair.run(
            lambda: loops.fanout_produce(case, [c.sender() for c in channels]),
            lambda: loops.fanout_consume(case, [c.receiver() for c in channels]),
        )

    def paced(case: Paced) -> Result:
        channel, answers = make(case.size, case.ring), pair.FORK.SimpleQueue()
        consumed = pair.run(
            lambda: answers.put(loops.paced_produce(case, channel.sender())),
            lambda: loops.paced_consume(case, channel.receiver()),
        )
        return {**consumed, "producer": answers.get()}

    return {
        ("stream", "pair"): stream,
        ("trip", "pair"): trip,
        ("wake", "pair"): wake,
        ("idle", "pair"): idle,
        ("fanout", "pair"): fanout,
        ("paced", "pair"): paced,
    }
