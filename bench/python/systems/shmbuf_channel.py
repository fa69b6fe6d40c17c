"""Ours, with the options that everybody gets."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import shmbuf

from cases import Open, Unsupported
from measure import Result, clock
from systems import shmbuf_stream
from systems.peers import Roles, two_processes

if TYPE_CHECKING:
    from loops import Receive, Send


def version() -> str:
    """Return the version of the package."""
    return shmbuf.__version__


@contextmanager
def sender(name: str, _size: int, ring: int) -> Iterator[Send]:
    """Create a channel; its sending call."""
    with shmbuf.create(name, capacity=ring) as producer:
        yield producer.write


@contextmanager
def receiver(name: str, _size: int, _ring: int) -> Iterator[Receive]:
    """Open a channel; its receiving call."""
    with shmbuf.open(name, wait=10) as consumer:
        yield consumer.read


def opening(case: Open) -> Result:
    """Time creating and opening, each in turn."""
    options: dict[str, Any] = {"capacity": case.capacity, **({"lazy": True} if case.lazy else {})}
    creates, opens = [], []
    for i in range(case.rounds):
        name = f"{case.name}.{i}"
        t0 = clock()
        try:
            producer: Any = shmbuf.create(name, **options)
        except TypeError as error:
            raise Unsupported(
                f"this version of the package has not all options of the case: {error}"
            ) from error
        t1 = clock()
        consumer: Any = shmbuf.open(name)
        t2 = clock()
        producer.close()
        consumer.close()
        creates.append(t1 - t0)
        opens.append(t2 - t1)
    return {"create_p50": statistics.median(creates), "open_p50": statistics.median(opens)}


ROLES: Roles = {
    **two_processes(sender, receiver),
    ("stream", "produce"): shmbuf_stream.produce,
    ("stream", "consume"): shmbuf_stream.consume,
    ("open", "pair"): opening,
}
