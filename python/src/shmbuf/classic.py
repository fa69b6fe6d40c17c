"""The classes that existing programs use, over the classic layout.

Names and results are those that such programs know: ``write`` returns whether there was
room, ``read`` returns ``None`` when there is nothing; nothing here waits. The peer may be
any program that speaks the classic layout, in C++ or Python, or a shmbuf channel created
with ``layout="classic"``. Use :func:`shmbuf.create` and :func:`shmbuf.open` in new programs:
they speak this layout too, and can wait.

What is safer than before: positions wrap at 2**32 instead of raising, a half-written
position of the peer is not believed, a record of length 0 does not stall the reader (it is
delivered as ``b""``; writing one is refused), a damaged length raises
:class:`~shmbuf.Damaged` instead of reading elsewhere, and a consumer that exits does not remove the
object (``multiprocessing``'s resource tracker never hears of it).

One thread at a time may use an object of these classes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from . import _native

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["HEADER_SIZE", "ByteRingBuffer", "ShmConsumer", "ShmProducer"]

HEADER_SIZE = 16

_log = logging.getLogger("shmbuf")


class ByteRingBuffer(_native.ByteRingBuffer):
    """A classic ring in memory of the caller.

    Args:
        buf: writable buffer that starts with the header of 16 bytes. The ring is what follows,
            rounded down to a power of two.
        is_producer: initialise the header; otherwise attach to the one that is there.

    The memory must stay mapped while this object uses it; it is held (a ``bytearray`` cannot
    be resized, a ``SharedMemory`` not be closed) until :meth:`close` or the end of a ``with``
    block. Raises ``ValueError`` for a buffer that is too small or a header that is no ring.
    """

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the buffer go."""
        self.close()


class ShmProducer(_native.ShmProducer):
    """Creates the classic channel `name`, replacing an existing one, and writes to it.

    `capacity` in bytes is rounded down to a power of two; see the attribute of that name.
    Raises what :func:`shmbuf.create` raises. The end of a ``with`` block removes the
    channel, as :meth:`destroy` does; :meth:`close` leaves it.
    """

    def __init__(self, name: str, capacity: int) -> None:
        """Create the channel."""
        super().__init__(name, capacity)
        if self.capacity != capacity:
            _log.warning(
                "channel '%s': capacity %d is not a power of two; %d bytes are usable",
                name,
                capacity,
                self.capacity,
            )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close and remove the channel."""
        self.destroy()


class ShmConsumer(_native.ShmConsumer):
    """Opens the classic channel `name` and reads from it.

    `size` is what existing programs pass for the size of the object; 0 finds it out. The
    whole object is mapped in any case. Raises ``FileNotFoundError`` when there is no such
    channel, ``NotAChannel`` when it is not a classic one.
    """

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
