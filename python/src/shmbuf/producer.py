"""The producing end of a channel."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Generic, overload

from . import _native
from ._numpy import record_dtype
from .in_place import Reservation, RunReservation
from .inspection import Stats

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Literal

    from numpy.typing import DTypeLike
    from typing_extensions import Self, TypeVar

    R = TypeVar("R", bound=Reservation, default=Reservation)

    class _Base(_native.Producer, Generic[R]):
        pass

    Layout = Literal["native", "classic"]
else:  # at run time a native type takes exactly one base, and needs no parameter

    class _Base(_native.Producer):
        @classmethod
        def __class_getitem__(cls, item):
            return cls

    R = "R"

__all__ = ["Producer", "create"]

_log = logging.getLogger("shmbuf")


class Producer(_Base[R]):
    """The one producer of a channel; :func:`create` makes it.

    Calls that may wait take `timeout` in seconds: ``None`` waits as long as it takes
    (Ctrl-C works), 0 raises :class:`~shmbuf.WouldBlock` at once when it would have to
    wait, and a time that passes raises ``TimeoutError``. The ``try_`` forms never wait.

    One thread at a time may use a handle (another gets ``RuntimeError``), except that
    :meth:`close` may come from any thread: it wakes a waiting call, which raises
    :class:`~shmbuf.ClosedError`. A child made by ``fork`` must not use its parent's
    handles; every call there raises :class:`~shmbuf.ClosedError`.

    As a context manager it closes the channel: consumers read what is left, then see
    the end of the stream.
    """

    def reserve(self, size: int, *, timeout: float | None = None) -> R:
        """Reserve space for one record of at most `size` bytes, or for a run of records.

        On a channel of fixed-size records `size` is a number of records, and one to
        that many are reserved: as many as lie in one piece (see
        :attr:`RunReservation.count`). Blocks until there is room. One reservation may
        be outstanding. Raises ``TooLarge``, ``PeerDied``, ``TimeoutError``.
        """
        return self._wrap(self._reserve(size, timeout))

    def try_reserve(self, size: int) -> R | None:
        """Like :meth:`reserve`, but return ``None`` instead of waiting."""
        owner = self._try_reserve(size)
        return None if owner is None else self._wrap(owner)

    def _wrap(self, owner: _native.InPlace) -> R:
        kind = RunReservation if self.record_size else Reservation
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
        """Close the channel."""
        self.close()

    def __repr__(self) -> str:
        """Describe the channel and the state of the handle."""
        state = "open" if self.is_open else "closed"
        return f"<shmbuf.Producer {self.name!r} {state}>"


@overload
def create(
    name: str,
    *,
    dtype: None = None,
    layout: Layout = ...,
    capacity: int | None = ...,
    record_size: None = None,
    record_count: None = None,
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
) -> Producer[Reservation]: ...


@overload
def create(
    name: str,
    *,
    dtype: DTypeLike | None = None,
    layout: Layout = ...,
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
) -> Producer[RunReservation]: ...


def create(
    name: str,
    *,
    dtype: DTypeLike | None = None,
    layout: Layout = "native",
    capacity: int | None = None,
    record_size: int | None = None,
    record_count: int | None = None,
    alignment: int | None = None,
    slots: int = 1,
    content_type: str = "",
    times: bool = False,
    keep: bool = False,
    exclusive: bool = False,
    await_peer: bool = False,
    lazy: bool = False,
    mode: int | None = None,
    start_position: int = 0,
) -> Producer[Any]:
    """Create the channel `name`, or take it over from a producer that has gone.

    A channel that exists with the same options goes on where it stopped; one with
    other options is replaced. Does not block.

    Args:
        name: 1 to 200 of ``A-Z a-z 0-9 . _ -``, starting with a letter, digit or ``_``.
        dtype: NumPy dtype of fixed-size records; sets `record_size`.
        layout: ``"native"``, or ``"classic"`` for programs that speak the older layout.
        capacity: bytes of the ring, a power of two from 4096 to 2**40; default 1 MiB.
            Classic: 16 to 2**31, rounded down to a power of two (logged when it differs).
        record_size: bytes of a fixed-size record; default: records vary in size.
        record_count: fixed-size records in the ring, a power of two of at least 2.
        alignment: of payloads, a power of two up to 4096; default 8.
        slots: consumer slots.
        content_type: text of up to 3840 bytes that tells tools what the records are.
        times: store the time of publication with each record.
        keep: never remove the channel automatically.
        exclusive: raise ``FileExistsError`` when the channel exists.
        await_peer: wait for a new consumer instead of raising ``PeerDied``.
        lazy: take the memory of the ring page by page as it is used, for very large rings.
            A full shared memory then ends the process (SIGBUS) instead of raising ``NoSpace``
            here. Native layout only.
        mode: permission bits; default 0o600 (classic: 0o666 less the umask).
        start_position: first position of the ring, for conformance tests only.

    Raises:
        ValueError: an option is out of range, or `name` is not a valid name.
        Busy: a live producer has this channel.
        FileExistsError: the name is a channel that must not be taken over or replaced.
        NotAChannel: something else has this name.
        NoSpace: shared memory has no room for it.
        PermissionError: the operating system refuses access.
    """
    resolved = None
    if dtype is not None:
        resolved = record_dtype(dtype)
        if record_size is not None and record_size != resolved.itemsize:
            raise ValueError(
                f"channel '{name}': record_size {record_size} differs from the {resolved.itemsize} bytes "
                f"of dtype {resolved}; leave record_size out"
            )
        record_size = resolved.itemsize
    producer: Producer[Any] = Producer(
        name,
        layout=layout,
        capacity=capacity,
        record_size=record_size,
        record_count=record_count,
        alignment=alignment,
        slots=slots,
        content_type=content_type,
        times=times,
        keep=keep,
        exclusive=exclusive,
        await_peer=await_peer,
        lazy=lazy,
        mode=mode,
        start_position=start_position,
        dtype=resolved,
    )
    notice = producer.notice
    if notice:
        _log.warning("%s", notice)
    return producer
