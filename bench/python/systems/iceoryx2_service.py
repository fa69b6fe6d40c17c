"""iceoryx2: lossless publish-subscribe; those who sleep use an event service of the same name."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

from cases import Stream
from measure import Result, WrongRecord, clock, throughput
from systems.peers import Role, Roles, two_processes

if TYPE_CHECKING:
    from loops import Receive, Send

iox: Any = import_module("iceoryx2")

_PATIENCE = 10.0  # seconds
_MOST_SAMPLES = 4096  # a deeper queue gains nothing

# What senders have to wait for before the first record: see meet.
_unconnected: list[Callable[[], None]] = []


def version() -> str:
    """Return the version of the package."""
    return metadata.version("iceoryx2")


def _node() -> Any:
    iox.set_log_level(iox.LogLevel.Error)
    builder = iox.NodeBuilder.new().signal_handling_mode(iox.SignalHandlingMode.Disabled)
    return builder.create(iox.ServiceType.Ipc)


def _depth(size: int, ring: int) -> int:
    return min(_MOST_SAMPLES, max(2, ring // size))


def _services(node: Any, name: str, size: int, ring: int) -> tuple[Any, Any]:
    named = iox.ServiceName.new(name)
    records = (
        node.service_builder(named)
        .publish_subscribe(iox.Slice[ctypes.c_uint8])
        .enable_safe_overflow(False)  # nothing is lost
        .history_size(0)
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_borrowed_samples(2)  # the next one comes before the variable lets go of the last
        .subscriber_max_buffer_size(_depth(size, ring))
        .open_or_create()
    )
    return records, node.service_builder(named).event().open_or_create()


def _wait_until(what: str, there: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} within {_PATIENCE:.0f} s")
        time.sleep(0.0002)


def meet() -> None:
    """Wait until the receivers of what we send are connected: what is sent before gets lost."""
    while _unconnected:
        _unconnected.pop()()


@contextmanager
def _publisher(name: str, size: int, ring: int) -> Iterator[tuple[Any, Any]]:
    node = _node()
    records, events = _services(node, name, size, ring)
    publisher = (
        records.publisher_builder()
        .initial_max_slice_len(size)
        .max_loaned_samples(2)
        .backpressure_strategy(iox.BackpressureStrategy.RetryUntilDelivered)
        .create()
    )
    notifier = events.notifier_builder().create()

    def connect() -> None:
        _wait_until("no subscriber connected", lambda: events.dynamic_config.number_of_listeners > 0)
        publisher.update_connections()

    _unconnected.append(connect)
    yield publisher, notifier
    # The samples live as long as their publisher.
    _wait_until("the subscriber did not leave", lambda: records.dynamic_config.number_of_subscribers == 0)


@contextmanager
def _subscriber(name: str, size: int, ring: int) -> Iterator[tuple[Any, Any]]:
    node = _node()
    records, events = _services(node, name, size, ring)
    subscriber = records.subscriber_builder().buffer_size(_depth(size, ring)).create()
    _wait_until("no publisher appeared", lambda: records.dynamic_config.number_of_publishers > 0)
    subscriber.has_samples()  # connects
    listener = events.listener_builder().create()  # says so
    try:
        yield subscriber, listener
    finally:
        subscriber.delete()


@contextmanager
def sender(name: str, size: int, ring: int) -> Iterator[Send]:
    """Create a publisher; a call that copies a record into a sample and sends it."""
    with _publisher(name, size, ring) as (publisher, _):
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
    with _publisher(name, size, ring) as (publisher, notifier):
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
    with _subscriber(name, size, ring) as (subscriber, _):
        take, copy = subscriber.receive, ctypes.string_at

        def receive() -> bytes:
            while (sample := take()) is None:
                pass
            return copy(sample.payload_ptr, size)

        yield receive


@contextmanager
def sleeping_receiver(name: str, size: int, ring: int) -> Iterator[Receive]:
    """Create a subscriber that sleeps until there is a sample."""
    with _subscriber(name, size, ring) as (subscriber, listener):
        take, copy, sleep = subscriber.receive, ctypes.string_at, listener.blocking_wait

        def receive() -> bytes:
            while (sample := take()) is None:
                sleep()
            return copy(sample.payload_ptr, size)

        yield receive


def _send_in_place(case: Stream) -> None:
    with _publisher(case.name, case.size, case.ring) as (publisher, _):
        meet()
        loan, size, number_at = publisher.loan_slice_uninit, case.size, ctypes.c_uint64.from_address
        for i in range(case.count):
            sample = loan(size)
            number_at(sample.payload_ptr).value = i
            sample.assume_init().send()


def _receive_in_place(case: Stream) -> Result:
    with _subscriber(case.name, case.size, case.ring) as (subscriber, _):
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
