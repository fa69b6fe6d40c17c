"""The consuming end of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, overload

from . import _native
from ._numpy import numpy, record_dtype
from .errors import EndOfStream
from .in_place import Record, Run
from .inspection import Stats

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from numpy.typing import DTypeLike, NDArray
    from typing_extensions import Self, TypeVar

    V = TypeVar("V", bound=Record, default=Record)

    class _Base(_native.Consumer, Generic[V]):
        pass

else:  # at run time a native type takes exactly one base, and needs no parameter

    class _Base(_native.Consumer):
        @classmethod
        def __class_getitem__(cls, item):
            return cls

    V = "V"

__all__ = ["Consumer", "open"]


class Consumer(_Base[V]):
    """A consumer of a channel; :func:`open` makes it.

    Iterating over it gives each record as ``bytes`` and ends at the end of the stream.
    Times, threads and ``fork`` are as for :class:`~shmbuf.Producer`. As a context
    manager it closes: the next consumer goes on with the next record.
    """

    def peek(self, max: int | None = None, *, timeout: float | None = None) -> V:
        """Look at the next record where it lies, without a copy.

        On a channel of fixed-size records this is a :class:`~shmbuf.Run` of 1 to `max`
        records (default: all that lie in one piece); otherwise a
        :class:`~shmbuf.Record`, and `max` must be left out. Use it in a ``with``
        block, whose end releases it. Blocks until there is a record; raises
        ``EndOfStream``, ``PeerDied``, ``Retired``, ``Damaged``, ``TimeoutError``.
        """
        return self._wrap(self._peek(max, timeout))

    def try_peek(self, max: int | None = None) -> V | None:
        """Like :meth:`peek`, but return ``None`` instead of waiting."""
        owner = self._try_peek(max)
        return None if owner is None else self._wrap(owner)

    def records(self, *, timeout: float | None = None) -> Iterator[V]:
        """Iterate over the records in place, until the end of the stream.

        Each one is valid until the next step, which releases it. `timeout` is for
        each record.
        """
        while True:
            try:
                record = self.peek(timeout=timeout)
            except EndOfStream:
                return
            with record:
                yield record

    def read_array(self, max: int | None = None, *, timeout: float | None = None) -> NDArray[Any]:
        """Take 1 to `max` fixed-size records (default: all that lie in one piece), as a copy.

        Blocks until there is one. The array has the dtype of the consumer; without one it
        is bytes of shape ``(count, record_size)``. Raises ``ValueError`` on a channel
        of variable-size records, and what :meth:`peek` raises.
        """
        if not self.record_size:
            raise ValueError(f"channel '{self.name}': read_array needs fixed-size records; use read or peek")
        numpy()
        with self.peek(max, timeout=timeout) as run:
            copy: NDArray[Any] = run.array.copy()  # type: ignore[attr-defined]
        return copy

    def _wrap(self, owner: _native.InPlace) -> V:
        kind = Run if self.record_size else Record
        return kind(owner, self.dtype)  # type: ignore[return-value]

    @property
    def stats(self) -> Stats:
        """Counters of this handle."""
        return Stats(*self._stats())

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the channel."""
        self.close()

    def __repr__(self) -> str:
        """Describe the channel and the state of the handle."""
        state = "open" if self.is_open else "closed"
        return f"<shmbuf.Consumer {self.name!r} {state}>"


@overload
def open(
    name: str,
    *,
    wait: float | None = ...,
    slot: int = ...,
    await_peer: bool = ...,
    keep: bool = ...,
    dtype: None = None,
) -> Consumer[Record]: ...


@overload
def open(
    name: str,
    *,
    wait: float | None = ...,
    slot: int = ...,
    await_peer: bool = ...,
    keep: bool = ...,
    dtype: DTypeLike,
) -> Consumer[Run]: ...


def open(
    name: str,
    *,
    wait: float | None = 0.0,
    slot: int = 0,
    await_peer: bool = False,
    keep: bool = False,
    dtype: DTypeLike | None = None,
) -> Consumer[Any]:
    """Open the channel `name` to read from it, whichever layout it has.

    Args:
        name: the channel.
        wait: seconds to wait for a channel that does not exist yet; ``None``: for ever.
        slot: the consumer slot.
        await_peer: wait for a new producer instead of raising ``PeerDied``.
        keep: leave the channel in place even when this consumer is the last to leave it.
        dtype: NumPy dtype of the records of a fixed-size channel.

    Raises:
        FileNotFoundError: there is no such channel (after `wait`).
        Busy: a live consumer has this slot.
        NotAChannel, UnknownVersion, Damaged: the object is nothing we can read.
        PermissionError: the operating system refuses access.
        ValueError: the name is invalid, or `dtype` is not of the channel's record size.
    """
    resolved = None if dtype is None else record_dtype(dtype)
    consumer: Consumer[Any] = Consumer(
        name, wait=wait, slot=slot, await_peer=await_peer, keep=keep, dtype=resolved
    )
    if resolved is not None and consumer.record_size != resolved.itemsize:
        size = consumer.record_size
        consumer.close()
        kind = f"records of {size} bytes" if size else "records of varying size"
        raise ValueError(
            f"channel '{name}': dtype {resolved} has {resolved.itemsize} bytes, the channel has {kind}"
        )
    return consumer
