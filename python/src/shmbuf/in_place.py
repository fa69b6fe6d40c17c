"""Records used where they lie in shared memory: reserved ones and peeked ones.

All classes here are context managers around one object of the native module that
owns the bytes and counts who looks at them. Views are made from it on demand:

* a ``memoryview`` handed out by ``view`` is released when the block ends; touching it
  afterwards raises ``ValueError``;
* a NumPy array, or a slice of the view, cannot be revoked. While one is alive the record
  can be neither released nor committed and the attempt raises ``BufferError``; drop the
  array (``del``) or copy it first. Nothing ever dangles: such an array keeps the mapping.

If the block ends with an exception while arrays are still alive (the traceback often
holds them), the record is given back as soon as the last of them is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._numpy import numpy, record_dtype

if TYPE_CHECKING:
    from types import TracebackType

    import numpy as np
    from numpy.typing import DTypeLike, NDArray
    from typing_extensions import Self

    from . import _native

__all__ = ["Record", "Reservation", "Run", "RunReservation"]


class _InPlace:
    """What reserved and peeked records share: the native owner and the views made from it."""

    __slots__ = ("_dtype", "_owner", "_view")

    def __init__(self, owner: _native.InPlace, dtype: np.dtype[Any] | None = None) -> None:
        self._owner = owner
        self._dtype = dtype
        self._view: memoryview | None = None

    @property
    def view(self) -> memoryview:
        """The bytes in place, as a ``memoryview`` of unsigned bytes.

        Valid until the end of the ``with`` block. Raises ``ValueError`` afterwards.
        """
        if self._view is None:
            self._view = memoryview(self._owner)
        return self._view

    @property
    def released(self) -> bool:
        """Whether the bytes have been given back: released, committed or aborted."""
        return self._owner.released

    def __len__(self) -> int:
        """Return the size in bytes."""
        return self._owner.nbytes

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def _array(self, dtype: DTypeLike, shape: int | tuple[int, ...] | None) -> NDArray[Any]:
        np = numpy()
        wanted = record_dtype(dtype)
        if self._owner.nbytes % wanted.itemsize:
            raise ValueError(
                f"channel '{self._owner.channel}': {self._owner.nbytes} bytes are not a whole number of "
                f"{wanted} items of {wanted.itemsize} bytes"
            )
        # frombuffer refuses an empty buffer, and an empty array has nothing to keep alive.
        empty = self._owner.nbytes == 0 and not self._owner.released
        array: NDArray[Any] = np.empty(0, wanted) if empty else np.frombuffer(self._owner, wanted)
        return array if shape is None else array.reshape(shape)

    def _drop_view(self) -> None:
        view, self._view = self._view, None
        if view is None:
            return
        try:
            view.release()
        except BufferError as error:
            self._view = view
            raise BufferError(self._owner.alive_message()) from error

    def _give_back_later(self) -> None:
        """Give the record back now, or when the last array on it dies."""
        view, self._view = self._view, None
        if view is not None:
            try:
                view.release()
            except BufferError:  # an array made from the view: it owns the view from now on
                del view
        self._owner.discard()


class Record(_InPlace):
    """One record, peeked: read-only, and in the ring until released.

    The handle it came from can do nothing else with the ring until then.
    """

    __slots__ = ()

    @property
    def seq(self) -> int:
        """Sequence number, from 0; goes on over producer restarts. 0 on classic channels."""
        return self._owner.seq

    @property
    def kind(self) -> int:
        """The tag that the producer gave the record, 0 by default."""
        return self._owner.kind

    @property
    def time(self) -> int:
        """CLOCK_MONOTONIC nanoseconds of the publication; 0 unless the channel has ``times=True``."""
        return self._owner.time

    def array(self, dtype: DTypeLike = "u1", shape: int | tuple[int, ...] | None = None) -> NDArray[Any]:
        """Return a read-only array over the payload, in place.

        Without `shape` it is one-dimensional. Raises ``ValueError`` when the payload is
        not a whole number of items or the record has been released.
        """
        return self._array(dtype, shape)

    def __bytes__(self) -> bytes:
        """Return a copy of the payload."""
        return bytes(self.view)

    def release(self) -> None:
        """Give the record back to the ring. Does not block; a second call does nothing.

        Raises ``BufferError`` while arrays or slices made from it are alive.
        """
        self._drop_view()
        self._owner.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release the record."""
        if kind is None:
            self.release()
        else:
            self._give_back_later()


class Run(Record):
    """A run of fixed-size records that follow each other in memory: one array, in place."""

    __slots__ = ()

    @property
    def count(self) -> int:
        """Number of records."""
        return self._owner.count

    @property
    def array(self) -> NDArray[Any]:  # type: ignore[override]
        """All records of the run as one read-only array, in place.

        One-dimensional with the dtype of the consumer; without a dtype, bytes of
        shape ``(count, record_size)``. A new array object at each access.
        """
        if self._dtype is None:
            return self._array("u1", (self._owner.count, self._owner.record_size))
        return self._array(self._dtype, None)

    def release(self, count: int | None = None) -> None:
        """Give the first `count` records back (default: all) and end the peek.

        The rest stays in the channel and comes again with the next peek.
        """
        self._drop_view()
        self._owner.release(count)


class Reservation(_InPlace):
    """Space in the ring for one record: fill it, then commit.

    The end of the ``with`` block commits all of it unless :meth:`commit` or
    :meth:`abort` was called before; an exception aborts, and nothing is published.
    """

    __slots__ = ()

    def array(self, dtype: DTypeLike = "u1", shape: int | tuple[int, ...] | None = None) -> NDArray[Any]:
        """Return a writable array over the reserved bytes, in place."""
        return self._array(dtype, shape)

    def commit(self, size: int | None = None, *, kind: int = 0) -> None:
        """Publish the first `size` bytes (default: all) as one record with the tag `kind`.

        Does not block. Raises ``BufferError`` while arrays or slices are alive, ``ValueError`` for a size
        larger than reserved or after commit or abort.
        """
        self._drop_view()
        self._owner.commit(size, kind)

    def abort(self) -> None:
        """Give the space up: nothing is published. After commit or abort it does nothing."""
        self._drop_view()
        self._owner.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit what is not committed yet; abort if the block raised."""
        if kind is not None:
            self._give_back_later()
        elif not self._owner.released:
            self.commit()


class RunReservation(Reservation):
    """Space for a run of fixed-size records: one array, in place."""

    __slots__ = ()

    @property
    def count(self) -> int:
        """Number of records reserved; may be less than asked for, at the end of the ring."""
        return self._owner.count

    @property
    def array(self) -> NDArray[Any]:  # type: ignore[override]
        """The reserved records as one writable array: shape and dtype as in :attr:`Run.array`."""
        if self._dtype is None:
            return self._array("u1", (self._owner.count, self._owner.record_size))
        return self._array(self._dtype, None)

    def commit(self, count: int | None = None) -> None:  # type: ignore[override]
        """Publish the first `count` records (default: all). Otherwise as :meth:`Reservation.commit`."""
        self._drop_view()
        self._owner.commit(count, 0)
