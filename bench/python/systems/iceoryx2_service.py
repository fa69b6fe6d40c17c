"""iceoryx2: lossless publish-subscribe, copying or in place; who sleeps is woken by events."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from typing import TYPE_CHECKING, Any

from cases import Stream
from measure import Result, WrongRecord, clock, throughput
from systems.iceoryx2_ends import meet, publishing, subscribing
from systems.peers import Role, Roles, two_processes

if TYPE_CHECKING:
    from loops import Receive, Send


def version() -> str:
    """Return the version of the package."""
    return metadata.version("iceoryx2")


@contextmanager
def sender(name: str, size: int, ring: int) -> Iterator[Send]:
    """Create a publisher; a call that copies a record into a sample and sends it."""
    with publishing(name, size, ring) as (publisher, _):
        loan, move, address = publisher.loan_slice_uninit, ctypes.memmove, _address

        def send(record: bytearray | bytes) -> None:
            sample = loan(size)
            move(sample.payload_ptr, address(record), size)
            sample.assume_init().send()

        yield send


def _address(record: bytearray | bytes) -> Any:
    if isinstance(record, bytearray):
        return ctypes.byref(ctypes.c_char.from_buffer(record))
    return record


@contextmanager
def waking_sender(name: str, size: int, ring: int) -> Iterator[Send]:
    """Create a publisher that wakes who sleeps."""
    with publishing(name, size, ring) as (publisher, notifier):
        loan, move, notify = publisher.loan_slice_uninit, ctypes.memmove, notifier.notify

        def send(record: bytearray | bytes) -> None:
            sample = loan(size)
            move(sample.payload_ptr, _address(record), size)
            sample.assume_init().send()
            notify()

        yield send


@contextmanager
def receiver(name: str, size: int, ring: int) -> Iterator[Receive]:
    """Create a subscriber; a call that polls for a sample and copies it."""
    with subscribing(name, size, ring) as (subscriber, _):
        take, copy = subscriber.receive, ctypes.string_at

        def receive() -> bytes:
            while (sample := take()) is None:
                pass
            return copy(sample.payload_ptr, size)

        yield receive


@contextmanager
def sleeping_receiver(name: str, size: int, ring: int) -> Iterator[Receive]:
    """Create a subscriber that sleeps until there is a sample."""
    with subscribing(name, size, ring) as (subscriber, listener):
        take, copy, sleep = subscriber.receive, ctypes.string_at, listener.blocking_wait

        def receive() -> bytes:
            while (sample := take()) is None:
                sleep()
            return copy(sample.payload_ptr, size)

        yield receive


def _send_in_place(case: Stream) -> None:
    with publishing(case.name, case.size, case.ring) as (publisher, _):
        meet()
        loan, size, number_at = publisher.loan_slice_uninit, case.size, ctypes.c_uint64.from_address
        for i in range(case.count):
            sample = loan(size)
            number_at(sample.payload_ptr).value = i
            sample.assume_init().send()


def _receive_in_place(case: Stream) -> Result:
    with subscribing(case.name, case.size, case.ring) as (subscriber, _):
        take, number_at = subscriber.receive, ctypes.c_uint64.from_address
        start = 0
        for i in range(case.count):
            while (sample := take()) is None:
                pass
            found = number_at(sample.payload_ptr).value
            if found != i:
                raise WrongRecord(f"record {found} instead of {i}")
            if i == case.warm:
                start = clock()
        return throughput(case.count - 1 - case.warm, clock() - start)


_SPINNING = two_processes(sender, receiver, meet)
_SLEEPING = two_processes(waking_sender, sleeping_receiver, meet)


def _or_in_place(role: str, in_place: Role) -> Role:
    copying = _SPINNING["stream", role]

    def stream(case: Stream) -> Any:
        return in_place(case) if case.mode == "place" else copying(case)

    return stream


ROLES: Roles = {
    **_SPINNING,
    **{key: role for key, role in _SLEEPING.items() if key[0] in ("wake", "idle", "paced")},
    ("stream", "produce"): _or_in_place("produce", _send_in_place),
    ("stream", "consume"): _or_in_place("consume", _receive_in_place),
}
