"""The cases of a peer, made from what it calls a channel."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any

import loops
from cases import Stream, Unsupported

if TYPE_CHECKING:
    from cases import Fanout, Idle, Paced, Trip, Wake
    from measure import Result

Role = Callable[[Any], Any]
Roles = dict[tuple[str, str], Role]

# end(name, size, ring): one end of a channel, whose calls are closed over; it closes at the end of the block.
SendEnd = Callable[[str, int, int], AbstractContextManager["loops.Send"]]
ReceiveEnd = Callable[[str, int, int], AbstractContextManager["loops.Receive"]]


def small_ring(size: int) -> int:
    """Bytes for one message at a time: the default of ours, or more where they are large for it."""
    return max(1 << 20, 1 << (4 * size - 1).bit_length())


def only_copies(case: Stream) -> None:
    """Refuse other modes."""
    if case.mode != "copy":
        raise Unsupported(f"mode '{case.mode}'; copy is known")


def two_processes(sender: SendEnd, receiver: ReceiveEnd, meet: Callable[[], None] = lambda: None) -> Roles:
    """Roles of a system whose two ends meet by name.

    Sending ends are made before receiving ones, so that nobody waits in a circle. `meet` comes
    when all ends of this side are there, before the first record is sent.
    """

    def produce(case: Stream) -> None:
        only_copies(case)
        with sender(case.name, case.size, case.ring) as send:
            meet()
            loops.produce(case, send)

    def consume(case: Stream) -> Result:
        only_copies(case)
        with receiver(case.name, case.size, case.ring) as receive:
            return loops.consume(case, receive)

    def ping(case: Trip) -> Result:
        with (
            sender(case.name + ".ping", case.size, small_ring(case.size)) as send,
            receiver(case.name + ".pong", case.size, small_ring(case.size)) as receive,
        ):
            meet()
            return loops.ping(case, send, receive)

    def pong(case: Trip) -> None:
        with (
            sender(case.name + ".pong", case.size, small_ring(case.size)) as send,
            receiver(case.name + ".ping", case.size, small_ring(case.size)) as receive,
        ):
            meet()
            loops.pong(case, send, receive)

    def wake_ping(case: Wake) -> Result:
        with (
            sender(case.name + ".ping", case.size, small_ring(case.size)) as send,
            receiver(case.name + ".pong", case.size, small_ring(case.size)) as receive,
        ):
            meet()
            return loops.wake_ping(case, send, receive)

    def wake_pong(case: Wake) -> None:
        with (
            sender(case.name + ".pong", case.size, small_ring(case.size)) as send,
            receiver(case.name + ".ping", case.size, small_ring(case.size)) as receive,
        ):
            meet()
            loops.wake_pong(case, send, receive)

    def idle_produce(case: Idle) -> None:
        with sender(case.name, 8, small_ring(8)) as send:
            meet()
            loops.idle_produce(send)

    def idle_consume(case: Idle) -> None:
        with receiver(case.name, 8, small_ring(8)) as receive:
            loops.idle_consume(receive)

    def fanout_produce(case: Fanout) -> None:
        with ExitStack() as ends:
            sends = [
                ends.enter_context(sender(f"{case.name}.{i}", case.size, case.ring))
                for i in range(case.channels)
            ]
            meet()
            loops.fanout_produce(case, sends)

    def fanout_consume(case: Fanout) -> Result:
        with ExitStack() as ends:
            receives = [
                ends.enter_context(receiver(f"{case.name}.{i}", case.size, case.ring))
                for i in range(case.channels)
            ]
            return loops.fanout_consume(case, receives)

    def paced_produce(case: Paced) -> Result:
        with sender(case.name, case.size, case.ring) as send:
            meet()
            return loops.paced_produce(case, send)

    def paced_consume(case: Paced) -> Result:
        with receiver(case.name, case.size, case.ring) as receive:
            return loops.paced_consume(case, receive)

    return {
        ("stream", "produce"): produce,
        ("stream", "consume"): consume,
        ("trip", "ping"): ping,
        ("trip", "pong"): pong,
        ("wake", "ping"): wake_ping,
        ("wake", "pong"): wake_pong,
        ("idle", "produce"): idle_produce,
        ("idle", "consume"): idle_consume,
        ("fanout", "produce"): fanout_produce,
        ("fanout", "consume"): fanout_consume,
        ("paced", "produce"): paced_produce,
        ("paced", "consume"): paced_consume,
    }
