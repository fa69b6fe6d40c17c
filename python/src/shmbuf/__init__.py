"""Records between processes through shared memory.

Two lines to send, two to receive::

    with shmbuf.create("greetings") as producer:
        producer.write(b"hello")

    with shmbuf.open("greetings", wait=5) as consumer:
        for message in consumer:
            print(message)

Records can be filled and used where they lie (:meth:`Producer.reserve`,
:meth:`Consumer.peek`), fixed-size ones as NumPy arrays. :mod:`shmbuf.frame` carries
images, :mod:`shmbuf.classic` offers the classes that existing programs use.
"""

from __future__ import annotations

import os as _os

from . import _native, errors
from .consumer import Consumer, open
from .errors import (
    Busy,
    ClosedError,
    Damaged,
    EndOfStream,
    Error,
    NoSpace,
    NotAChannel,
    PeerDied,
    Retired,
    SegmentLost,
    ShortBuffer,
    TooLarge,
    UnknownVersion,
    WouldBlock,
)
from .in_place import Record, Reservation, Run, RunReservation
from .inspection import ConsumerInfo, Info, PeerInfo, Stats, inspect, list, remove
from .producer import Producer, create

__version__ = "0.1.0"

if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(after_in_child=_native.after_fork_in_child)

__all__ = [
    "Busy",
    "ClosedError",
    "Consumer",
    "ConsumerInfo",
    "Damaged",
    "EndOfStream",
    "Error",
    "Info",
    "NoSpace",
    "NotAChannel",
    "PeerDied",
    "PeerInfo",
    "Producer",
    "Record",
    "Reservation",
    "Retired",
    "Run",
    "RunReservation",
    "SegmentLost",
    "ShortBuffer",
    "Stats",
    "TooLarge",
    "UnknownVersion",
    "WouldBlock",
    "__version__",
    "create",
    "errors",
    "inspect",
    "list",
    "open",
    "remove",
]
