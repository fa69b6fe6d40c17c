"""Images as records: a header of 64 bytes, then the pixels, as NumPy arrays in place.

A producer writes arrays, or fills them in the ring::

    with shmbuf.create("camera", capacity=1 << 25, alignment=64) as producer:
        frame.write(producer, image, pixel_format="bgr24", number=0)
        with frame.reserve(producer, 1920, 1080, "bgr24", number=1) as out:
            out.array[...] = image

    with shmbuf.open("camera") as consumer, frame.peek(consumer) as got:
        print(got.header.number, got.array.mean())

Shapes: gray8 and gray16 ``(height, width)``; bgr24 and rgb24 ``(height, width, 3)``;
bgra and rgba ``(height, width, 4)``; yuyv ``(height, width, 2)``; nv12
``(height * 3 / 2, width)``, the rows of Y above those of UV, as OpenCV has it.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ._numpy import numpy
from .errors import Damaged, EndOfStream, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from numpy.typing import NDArray
    from typing_extensions import Self

    from .consumer import Consumer
    from .in_place import Record, Reservation
    from .producer import Producer

__all__ = [
    "HEADER_SIZE",
    "PIXEL_FORMATS",
    "Frame",
    "FrameHeader",
    "FrameReservation",
    "Picture",
    "PixelFormat",
    "frames",
    "peek",
    "read",
    "reserve",
    "write",
]

HEADER_SIZE = 64
MAX_DIMENSION = 65535

_MAGIC = b"FRM1"
_LAYOUT = struct.Struct("<4sIIIIIqQ24x")  # magic, width, height, stride, format, 0, timestamp, number


@dataclass(frozen=True)
class PixelFormat:
    """How the pixels of a frame lie in memory."""

    name: str
    code: int
    """Value in the header."""
    channels: int
    """Items of a pixel; 0 where the array has no last axis for them."""
    dtype: str
    """NumPy dtype of an item."""
    caps: str
    """Name in GStreamer caps, for content types."""
    even_width: bool = False
    even_height: bool = False

    @property
    def pixel_size(self) -> int:
        """Bytes of a pixel within a row of the first plane."""
        return max(self.channels, 1) * int(self.dtype[-1])

    def row_size(self, width: int) -> int:
        """Bytes that a row of `width` pixels needs."""
        return width * self.pixel_size

    def rows(self, height: int) -> int:
        """Rows of all planes together."""
        return height * 3 // 2 if self.name == "nv12" else height

    def shape(self, width: int, height: int) -> tuple[int, ...]:
        """Shape of the array of a frame of this size."""
        shape = (self.rows(height), width)
        return (*shape, self.channels) if self.channels else shape


PIXEL_FORMATS: Mapping[str, PixelFormat] = {
    f.name: f
    for f in (
        PixelFormat("gray8", 1, 0, "u1", "GRAY8"),
        PixelFormat("bgr24", 2, 3, "u1", "BGR"),
        PixelFormat("rgb24", 3, 3, "u1", "RGB"),
        PixelFormat("bgra", 4, 4, "u1", "BGRA"),
        PixelFormat("rgba", 5, 4, "u1", "RGBA"),
        PixelFormat("yuyv", 6, 2, "u1", "YUY2", even_width=True),
        PixelFormat("nv12", 7, 0, "u1", "NV12", even_width=True, even_height=True),
        PixelFormat("gray16", 8, 0, "<u2", "GRAY16_LE"),
    )
}
_BY_CODE = {f.code: f for f in PIXEL_FORMATS.values()}


@dataclass(frozen=True)
class FrameHeader:
    """What the first 64 bytes of a frame say."""

    width: int
    height: int
    pixel_format: str
    stride: int = 0
    """Bytes from one row to the next; 0 at construction means no gap between rows."""
    timestamp: int = 0
    """Nanoseconds of the producer's clock, CLOCK_MONOTONIC unless it says otherwise."""
    number: int = 0
    """The producer's frame counter."""

    def __post_init__(self) -> None:
        """Fill in the stride and refuse what no frame can be. Raises ``ValueError``."""
        if self.stride == 0 and self.pixel_format in PIXEL_FORMATS:
            object.__setattr__(self, "stride", self.format.row_size(self.width))
        problem = self._problem()
        if problem:
            raise ValueError(f"frame header: {problem}")

    @property
    def format(self) -> PixelFormat:
        """The entry of :data:`PIXEL_FORMATS`."""
        return PIXEL_FORMATS[self.pixel_format]

    @property
    def pixel_bytes(self) -> int:
        """Bytes of all pixels, gaps at the ends of rows included."""
        return self.stride * self.format.rows(self.height)

    @property
    def frame_bytes(self) -> int:
        """Bytes of the whole record."""
        return HEADER_SIZE + self.pixel_bytes

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of the pixels."""
        return self.format.shape(self.width, self.height)

    def _problem(self) -> str:
        if self.pixel_format not in PIXEL_FORMATS:
            return f"pixel format {self.pixel_format!r} is not one of {', '.join(PIXEL_FORMATS)}"
        for what, value in (("width", self.width), ("height", self.height)):
            if not 1 <= value <= MAX_DIMENSION:
                return f"{what} {value} is outside 1 to {MAX_DIMENSION}"
        for what, value, even in (
            ("width", self.width, self.format.even_width),
            ("height", self.height, self.format.even_height),
        ):
            if even and value % 2:
                return f"{what} {value} must be even for {self.pixel_format}"
        row = self.format.row_size(self.width)
        if not row <= self.stride < 1 << 32:
            return f"stride {self.stride} is less than the {row} bytes of a row, or not a u32"
        if not -(1 << 63) <= self.timestamp < 1 << 63:
            return f"timestamp {self.timestamp} is not a 64-bit number"
        if not 0 <= self.number < 1 << 64:
            return f"number {self.number} is not an unsigned 64-bit number"
        return ""

    def encode(self) -> bytes:
        """Return the 64 bytes of the header."""
        return _LAYOUT.pack(
            _MAGIC,
            self.width,
            self.height,
            self.stride,
            self.format.code,
            0,
            self.timestamp,
            self.number,
        )

    @classmethod
    def decode(cls, payload: bytes | bytearray | memoryview) -> FrameHeader:
        """Read the header of a frame and check it against the size of `payload`.

        Raises :class:`~shmbuf.Damaged` when it is not a whole, sensible frame.
        """
        if len(payload) < HEADER_SIZE:
            raise Damaged(f"frame of {len(payload)} bytes is shorter than its header of {HEADER_SIZE}")
        magic, width, height, stride, code, _, timestamp, number = _LAYOUT.unpack_from(payload)
        if magic != _MAGIC:
            raise Damaged(f"not a frame: it starts with {magic!r} instead of {_MAGIC!r}")
        if code not in _BY_CODE:
            raise Damaged(f"frame of unknown pixel format {code}; known are 1 to {max(_BY_CODE)}")
        if stride == 0:
            raise Damaged("frame with a stride of 0 bytes")
        try:
            header = cls(width, height, _BY_CODE[code].name, stride, timestamp, number)
        except ValueError as error:
            raise Damaged(str(error)) from error
        if header.frame_bytes > len(payload):
            raise Damaged(
                f"frame of {width}x{height} {header.pixel_format} needs {header.frame_bytes} bytes, "
                f"the record has {len(payload)}"
            )
        return header


class Picture(NamedTuple):
    """A frame that was copied out of the ring."""

    header: FrameHeader
    array: NDArray[Any]


def _pixels(owner: Record | Reservation, header: FrameHeader) -> NDArray[Any]:
    np = numpy()
    items = header.format
    base = owner._array("u1", None)
    step = int(items.dtype[-1])
    inner = (items.pixel_size, step) if items.channels else (items.pixel_size,)
    pixels: NDArray[Any] = np.ndarray(
        header.shape, items.dtype, buffer=base, offset=HEADER_SIZE, strides=(header.stride, *inner)
    )
    return pixels


class Frame:
    """A frame, peeked: valid in its ``with`` block, whose end releases the record."""

    __slots__ = ("_record", "header")

    def __init__(self, record: Record) -> None:
        self._record = record
        self.header = FrameHeader.decode(record.view)

    @property
    def array(self) -> NDArray[Any]:
        """The pixels in place, read-only; shapes as the module says. A new array at each access.

        It must be gone when the block ends (``BufferError``); copy what has to stay.
        """
        return _pixels(self._record, self.header)

    @property
    def seq(self) -> int:
        """Sequence number of the record."""
        return self._record.seq

    @property
    def time(self) -> int:
        """Time of publication, as :attr:`shmbuf.Record.time`."""
        return self._record.time

    def release(self) -> None:
        """Give the record back to the ring, as :meth:`shmbuf.Record.release`."""
        self._record.release()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release the record."""
        self._record.__exit__(kind, value, traceback)


class FrameReservation:
    """Space for a frame: fill :attr:`array`; the end of the block publishes it."""

    __slots__ = ("_reservation", "_stamp", "header")

    def __init__(self, reservation: Reservation, header: FrameHeader, stamp: bool) -> None:
        self._reservation = reservation
        self._stamp = stamp
        self.header = header

    @property
    def array(self) -> NDArray[Any]:
        """The pixels in place, writable; shapes as the module says."""
        return _pixels(self._reservation, self.header)

    def commit(self) -> None:
        """Publish the frame now. Raises ``BufferError`` while arrays of it are alive."""
        header = self.header
        if self._stamp:
            header = self.header = FrameHeader(
                header.width,
                header.height,
                header.pixel_format,
                header.stride,
                time.monotonic_ns(),
                header.number,
            )
        self._reservation.view[:HEADER_SIZE] = header.encode()
        self._reservation.commit()

    def abort(self) -> None:
        """Give the space up. After commit it does nothing."""
        self._reservation.abort()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Publish the frame; give the space up if the block raised."""
        if kind is None and not self._reservation.released:
            self.commit()
        else:
            self._reservation.__exit__(kind, value, traceback)


def reserve(
    producer: Producer,
    width: int,
    height: int,
    pixel_format: str,
    *,
    stride: int = 0,
    timestamp: int | None = None,
    number: int = 0,
    timeout: float | None = None,
) -> FrameReservation:
    """Reserve space for a frame. Blocks until there is room.

    `timestamp` in nanoseconds; ``None`` takes CLOCK_MONOTONIC when the frame is
    committed. Raises ``ValueError`` for sizes no frame can have, ``TooLarge`` when
    the ring can never hold it, and what :meth:`shmbuf.Producer.reserve` raises.
    """
    header = FrameHeader(width, height, pixel_format, stride, timestamp or 0, number)
    if producer.record_size and producer.record_size < header.frame_bytes:
        raise TooLarge(
            f"channel '{producer.name}': a frame of {header.frame_bytes} bytes does not fit its records "
            f"of {producer.record_size} bytes; create the channel with larger records"
        )
    size = 1 if producer.record_size else header.frame_bytes
    reservation = producer.reserve(size, timeout=timeout)
    return FrameReservation(reservation, header, timestamp is None)


def write(
    producer: Producer,
    array: NDArray[Any],
    *,
    pixel_format: str = "bgr24",
    timestamp: int | None = None,
    number: int = 0,
    timeout: float | None = None,
) -> None:
    """Publish an array as a frame: one copy, straight into the ring. Blocks until there is room.

    Shape and dtype must be those of the pixel format (``ValueError``); rows need not
    be contiguous. The rest as :func:`reserve`.
    """
    if pixel_format not in PIXEL_FORMATS:
        raise ValueError(f"pixel format {pixel_format!r} is not one of {', '.join(PIXEL_FORMATS)}")
    items = PIXEL_FORMATS[pixel_format]
    axes = 3 if items.channels else 2
    if array.ndim != axes or (items.channels and array.shape[2] != items.channels):
        raise ValueError(f"a {pixel_format} frame is not an array of shape {array.shape}")
    if array.dtype != numpy().dtype(items.dtype):
        raise ValueError(f"a {pixel_format} frame has items of {items.dtype}, not {array.dtype}")
    rows, width = array.shape[:2]
    height = rows
    if pixel_format == "nv12":
        if rows % 3:
            raise ValueError(f"an nv12 frame has height * 3 / 2 rows; {rows} is not a multiple of 3")
        height = rows // 3 * 2
    with reserve(
        producer, width, height, pixel_format, timestamp=timestamp, number=number, timeout=timeout
    ) as out:
        out.array[...] = array


def peek(consumer: Consumer, *, timeout: float | None = None) -> Frame:
    """Look at the next frame in place; use it in a ``with`` block.

    Raises ``Damaged`` when the next record is not a whole frame; that record is passed over,
    so that the next call sees the one after it. Also what :meth:`shmbuf.Consumer.peek` raises.
    """
    record = consumer.peek(1 if consumer.record_size else None, timeout=timeout)
    try:
        return Frame(record)
    except BaseException:
        record.release()
        raise


def read(consumer: Consumer, *, timeout: float | None = None) -> Picture:
    """Take the next frame out of the channel, as a copy. Otherwise as :func:`peek`."""
    with peek(consumer, timeout=timeout) as frame:
        return Picture(frame.header, frame.array.copy())


def frames(consumer: Consumer, *, timeout: float | None = None) -> Iterator[Frame]:
    """Iterate over frames in place until the end of the stream; each is valid until the next step."""
    while True:
        try:
            frame = peek(consumer, timeout=timeout)
        except EndOfStream:
            return
        with frame:
            yield frame
