"""Types of the native module. Use the classes of the package, which add to these."""

import builtins
import sys
from collections.abc import Sequence
from typing import Any, Literal, final

import numpy as np
from typing_extensions import Self

if sys.version_info >= (3, 12):
    from collections.abc import Buffer as Bytes
else:
    from typing_extensions import Buffer, TypeAlias

    # Arrays are buffers, which NumPy's types say from Python 3.12 on only.
    Bytes: TypeAlias = Buffer | np.ndarray[Any, Any]

@final
class InPlace:
    """Bytes in the ring that are reserved or peeked; counts the views that look at them."""

    def __buffer__(self, flags: int, /) -> memoryview: ...
    @property
    def released(self) -> bool: ...
    @property
    def channel(self) -> str: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def record_size(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> int: ...
    @property
    def time(self) -> int: ...
    def alive_message(self) -> str: ...
    def release(self, count: int | None = None) -> None: ...
    def commit(self, size: int | None, kind: int) -> None: ...
    def discard(self) -> None: ...

class Producer:
    def __init__(
        self,
        name: str,
        *,
        layout: Literal["native", "classic"] = ...,
        capacity: int | None = ...,
        record_size: int | None = ...,
        record_count: int | None = ...,
        alignment: int | None = ...,
        slots: int = ...,
        content_type: str = ...,
        times: bool = ...,
        keep: bool = ...,
        exclusive: bool = ...,
        await_peer: bool = ...,
        lazy: bool = ...,
        mode: int | None = ...,
        start_position: int = ...,
        dtype: np.dtype[Any] | None = ...,
    ) -> None: ...
    def write(self, data: Bytes, kind: int = 0, timeout: float | None = None) -> None:
        """Send one record; on a channel of fixed-size records, a whole number of them.

        `kind` is a tag of 0 to 65534. Blocks until everything is written. When a run of
        fixed-size records stops half way, the exception has an attribute `written`.
        Raises TooLarge, PeerDied, TimeoutError, WouldBlock (timeout 0), ClosedError, ValueError.
        """

    def try_write(self, data: Bytes, kind: int = 0) -> bool:
        """Send one record if there is room for it now; return whether it was sent.

        Of fixed-size records it takes exactly one; see try_write_run for more.
        """

    def write_batch(self, records: Sequence[Bytes], timeout: float | None = None) -> int:
        """Send records one after the other and return how many were sent.

        Blocks until all are; the result is smaller only when `timeout` passed after some.
        Raises what write does; `written` of the exception says how many had been sent.
        """

    def try_write_batch(self, records: Sequence[Bytes]) -> int:
        """Send as many of the records as there is room for now; return how many."""

    def write_run(self, data: Bytes, timeout: float | None = None) -> int:
        """Send a whole number of fixed-size records; otherwise like write_batch."""

    def try_write_run(self, data: Bytes) -> int:
        """Send as many fixed-size records of `data` as there is room for now; return how many."""

    def close(self) -> None:
        """Close the channel: consumers read what is left, then see the end of the stream.

        May come from any thread. A second call does nothing. Raises BufferError while arrays or
        slices made from a reservation are alive.
        """

    @property
    def name(self) -> str: ...
    @property
    def capacity(self) -> int:
        """Bytes of the ring."""

    @property
    def max_record(self) -> int:
        """Bytes of the longest record."""

    @property
    def record_size(self) -> int:
        """Bytes of a fixed-size record; 0 when sizes vary."""

    @property
    def layout(self) -> Literal["native", "classic"]: ...
    @property
    def content_type(self) -> str: ...
    @property
    def dtype(self) -> np.dtype[Any] | None: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def notice(self) -> str:
        """What the creator should know, e.g. that a classic capacity was rounded down; or empty."""

    def _stats(self) -> tuple[int, int, int, int, int, int]: ...
    def _reserve(self, size: int, timeout: float | None) -> InPlace: ...
    def _try_reserve(self, size: int) -> InPlace | None: ...

class Consumer:
    def __init__(
        self,
        name: str,
        *,
        wait: float | None = ...,
        slot: int = ...,
        await_peer: bool = ...,
        keep: bool = ...,
        dtype: np.dtype[Any] | None = ...,
    ) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> bytes: ...
    def read(self, timeout: float | None = None) -> bytes:
        """Take the next record out of the channel, as a copy. Blocks until there is one.

        Raises EndOfStream, PeerDied, Retired, Damaged, TimeoutError, WouldBlock (timeout 0),
        ClosedError.
        """

    def try_read(self) -> bytes | None:
        """Take the next record, or return None when there is none now. Raises as read does."""

    def read_into(self, buffer: Bytes, timeout: float | None = None) -> int:
        """Copy the next record into a writable buffer and return its length. Blocks.

        A record that is longer stays in the channel: ShortBuffer, whose `needed` is its length.
        """

    def try_read_into(self, buffer: Bytes) -> int | None:
        """Like read_into, but return None when there is no record now."""

    def read_batch(self, max: int = 256, timeout: float | None = None) -> builtins.list[bytes]:
        """Take 1 to `max` records: blocks until there is one, then takes what is there."""

    def try_read_batch(self, max: int = 256) -> builtins.list[bytes]:
        """Take up to `max` records that are there now; the list may be empty."""

    def close(self) -> None:
        """Leave the channel; the next consumer goes on with the next record.

        May come from any thread. A second call does nothing. Raises BufferError while arrays or
        slices made from a peeked record are alive.
        """

    @property
    def name(self) -> str: ...
    @property
    def capacity(self) -> int:
        """Bytes of the ring."""

    @property
    def max_record(self) -> int:
        """Bytes of the longest record."""

    @property
    def record_size(self) -> int:
        """Bytes of a fixed-size record; 0 when sizes vary."""

    @property
    def layout(self) -> Literal["native", "classic"]: ...
    @property
    def content_type(self) -> str: ...
    @property
    def dtype(self) -> np.dtype[Any] | None: ...
    @property
    def is_open(self) -> bool: ...
    def _stats(self) -> tuple[int, int, int, int, int, int]: ...
    def _peek(self, max: int | None, timeout: float | None) -> InPlace: ...
    def _try_peek(self, max: int | None) -> InPlace | None: ...

class ByteRingBuffer:
    def __init__(self, buf: Bytes, *, is_producer: bool = False) -> None: ...
    def write(self, data: Bytes) -> bool: ...
    def read(self) -> bytes | None: ...
    def writeable_bytes(self) -> int: ...
    def readable_bytes(self) -> int: ...
    def has_data(self) -> bool: ...
    def close(self) -> None: ...
    @property
    def capacity(self) -> int: ...

class ShmProducer:
    def __init__(self, name: str, capacity: int) -> None: ...
    def write(self, data: Bytes) -> bool: ...
    def writeable_bytes(self) -> int: ...
    def close(self) -> None: ...
    def destroy(self) -> None: ...
    @property
    def capacity(self) -> int: ...
    @property
    def is_valid(self) -> bool: ...

class ShmConsumer:
    def __init__(self, name: str, size: int = 0) -> None: ...
    def read(self) -> bytes | None: ...
    def has_data(self) -> bool: ...
    def readable_bytes(self) -> int: ...
    def close(self) -> None: ...
    @property
    def capacity(self) -> int: ...
    @property
    def is_valid(self) -> bool: ...

def after_fork_in_child() -> None: ...
def inspect(name: str) -> dict[str, Any]: ...
def list() -> builtins.list[dict[str, Any]]: ...
def remove(name: str, force: bool) -> None: ...
