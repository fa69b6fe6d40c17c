"""Ends of a lossless iceoryx2 service, and of the event service that wakes who sleeps."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

iox: Any = import_module("iceoryx2")

_PATIENCE = 10.0  # seconds
_MOST_SAMPLES = 4096  # a deeper queue gains nothing

# What senders have to wait for before the first record: see meet.
_unconnected: list[Callable[[], None]] = []


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
def publishing(name: str, size: int, ring: int) -> Iterator[tuple[Any, Any]]:
    """Make a publisher, and a notifier for those who sleep."""
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
def subscribing(name: str, size: int, ring: int) -> Iterator[tuple[Any, Any]]:
    """Make a subscriber, connect it, and make the listener that it may sleep on."""
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
