"""Frames: all pixel formats, strides, headers that lie, a photograph."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest

import shmbuf
from shmbuf import frame

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = ROOT / "spec" / "layout.json"
PHOTO = Path(os.environ.get("SHMBUF_PHOTO", ROOT / ".." / "shared" / "data" / "photo-1080p.jpg"))


def picture(pixel_format, width=38, height=22, seed=1):
    items = frame.PIXEL_FORMATS[pixel_format]
    noise = np.random.default_rng(seed)
    top = np.iinfo(items.dtype).max
    return noise.integers(0, top, items.shape(width, height), items.dtype, endpoint=True)


@pytest.fixture
def ends(name):
    with shmbuf.create(name, alignment=64) as producer, shmbuf.open(name) as consumer:
        yield producer, consumer


@pytest.mark.skipif(not LAYOUT.exists(), reason="outside a checkout")
def test_the_layout_of_the_specification():
    spec = json.loads(LAYOUT.read_text())["frame"]
    assert {f.name: f.code for f in frame.PIXEL_FORMATS.values()} == spec["pixel_formats"]
    assert spec["header_size"] == frame.HEADER_SIZE
    assert spec["max_dimension"] == frame.MAX_DIMENSION
    data = frame.FrameHeader(6, 4, "bgra", 32, -5, 1 << 63).encode()
    assert len(data) == spec["header_size"]
    assert data[:4].hex() == spec["magic_hex"]
    for field, kind, value in (
        ("width", "<I", 6),
        ("height", "<I", 4),
        ("stride", "<I", 32),
        ("pixel_format", "<I", 4),
        ("timestamp", "<q", -5),
        ("number", "<Q", 1 << 63),
    ):
        assert struct.unpack_from(kind, data, spec[field]) == (value,)
    assert data[40:] == bytes(24)


@pytest.mark.parametrize("pixel_format", frame.PIXEL_FORMATS)
def test_every_format(ends, pixel_format):
    producer, consumer = ends
    image = picture(pixel_format)
    before = time.monotonic_ns()
    frame.write(producer, image, pixel_format=pixel_format, number=7)
    with frame.peek(consumer) as got:
        assert got.array.dtype == image.dtype
        assert (got.array == image).all()
        assert not got.array.flags.writeable
        assert (got.header.width, got.header.height, got.header.number) == (38, 22, 7)
        assert got.header.pixel_format == pixel_format
        assert before <= got.header.timestamp <= time.monotonic_ns()
        assert got.seq == 0
    with frame.reserve(producer, 38, 22, pixel_format, stride=256, timestamp=123, number=8) as out:
        out.array[...] = image
    header, array = frame.read(consumer)
    assert (array == image).all()
    assert (header.stride, header.timestamp, header.number) == (256, 123, 8)
    array[...] = 0  # a copy


def test_expected_bytes():
    assert frame.FrameHeader(1920, 1080, "bgr24").frame_bytes == 64 + 1920 * 1080 * 3
    assert frame.FrameHeader(1920, 1080, "nv12").frame_bytes == 64 + 1920 * 1080 * 3 // 2
    assert frame.FrameHeader(1920, 1080, "nv12", 2048).pixel_bytes == 2048 * 1620
    assert frame.FrameHeader(2, 2, "gray16").pixel_bytes == 8
    assert frame.FrameHeader(4, 2, "nv12").shape == (3, 4)


@pytest.mark.parametrize(
    ("width", "height", "pixel_format", "stride"),
    [
        (0, 1, "gray8", 0),
        (1, 0, "gray8", 0),
        (65536, 1, "gray8", 0),
        (1, 65536, "gray8", 0),
        (10, 10, "bgr24", 29),
        (3, 2, "yuyv", 0),
        (3, 2, "nv12", 0),
        (4, 3, "nv12", 0),
        (4, 4, "bgr48", 0),
        (4, 4, "gray8", 1 << 32),
    ],
)
def test_headers_no_frame_can_have(ends, width, height, pixel_format, stride):
    with pytest.raises(ValueError):
        frame.FrameHeader(width, height, pixel_format, stride)
    with pytest.raises(ValueError):
        frame.reserve(ends[0], width, height, pixel_format, stride=stride)


def test_arrays_no_frame_can_have(ends):
    producer, _ = ends
    for array, pixel_format in (
        (np.zeros((4, 4), "u1"), "bgr24"),
        (np.zeros((4, 4, 4), "u1"), "bgr24"),
        (np.zeros((4, 4, 3), "f4"), "bgr24"),
        (np.zeros((4, 4, 1), "u1"), "gray8"),
        (np.zeros((4, 4), "u1"), "nv12"),
        (np.zeros((4, 4), "u1"), "gray16"),
        (np.zeros((4, 3, 2), "u1"), "yuyv"),
        (np.zeros((4, 4), "u1"), "what"),
    ):
        with pytest.raises(ValueError):
            frame.write(producer, array, pixel_format=pixel_format)
    assert producer.stats.records == 0


def test_rows_that_are_not_contiguous(ends):
    producer, consumer = ends
    image = picture("bgr24", 60, 40)
    frame.write(producer, image[::2, ::-1])
    assert (frame.read(consumer).array == image[::2, ::-1]).all()


def test_damaged_frames(ends):
    producer, consumer = ends
    good = frame.FrameHeader(4, 4, "gray8").encode() + bytes(16)

    def patched(offset, value):
        data = bytearray(good)
        data[offset : offset + 4] = struct.pack("<I", value)
        return bytes(data)

    bad = [b"", good[:63], good[:-1], b"FRM2" + good[4:]]
    bad += [patched(offset, value) for offset, value in ((4, 0), (4, 5), (8, 65536), (12, 0), (12, 3))]
    bad += [patched(offset, value) for offset, value in ((12, 0xFFFFFFFF), (16, 0), (16, 9))]
    for data in bad:
        with pytest.raises(shmbuf.Damaged):
            frame.FrameHeader.decode(data)
        producer.write(data)
        with pytest.raises(shmbuf.Damaged):
            frame.peek(consumer)
    producer.write(good)
    with frame.peek(consumer) as got:
        assert got.header.width == 4


def test_lifetimes(ends):
    producer, consumer = ends
    frame.write(producer, picture("gray8"), pixel_format="gray8")
    with pytest.raises(BufferError), frame.peek(consumer) as got:
        kept = got.array
    assert (kept == picture("gray8")).all()
    with pytest.raises(BufferError):
        consumer.close()
    del kept
    got.release()
    with pytest.raises(ValueError):
        _ = got.array
    with pytest.raises(ZeroDivisionError), frame.reserve(producer, 8, 8, "gray8") as out:
        out.array[...] = 1
        raise ZeroDivisionError
    with frame.reserve(producer, 8, 8, "gray8") as out:
        out.abort()
    assert consumer.try_read() is None


def test_alignment_and_iteration(ends):
    producer, consumer = ends
    for number in range(5):
        frame.write(producer, picture("rgba", seed=number), pixel_format="rgba", number=number)
    producer.close()
    for number, got in enumerate(frame.frames(consumer)):
        assert got.header.number == number
        assert got.array.ctypes.data % 64 == 0
        assert (got.array == picture("rgba", seed=number)).all()
    assert number == 4


def test_frames_in_fixed_size_records(name):
    header = frame.FrameHeader(16, 8, "bgr24")
    with shmbuf.create(name, record_size=header.frame_bytes, record_count=4) as producer:
        image = picture("bgr24", 16, 8)
        frame.write(producer, image, number=3)
        with shmbuf.open(name) as consumer, frame.peek(consumer) as got:
            assert (got.array == image).all()
        with pytest.raises(shmbuf.TooLarge):
            frame.write(producer, picture("bgr24", 20, 20))


@pytest.mark.parametrize("layout", ["native", "classic"])
def test_1080p_between_processes(name, python, layout):
    """The photograph (noise where it or a decoder for it is missing), pixel for pixel."""
    image = picture("bgr24", 1920, 1080)
    if PHOTO.exists() and importlib.util.find_spec("PIL"):
        from PIL import Image

        image = np.ascontiguousarray(np.asarray(Image.open(PHOTO).convert("RGB"))[:, :, ::-1])
    process = python(
        """
        import hashlib
        from shmbuf import frame
        with shmbuf.open(argv[0], wait=20) as consumer:
            print("open", flush=True)
            for number in range(20):
                with frame.peek(consumer, timeout=20) as got:
                    assert got.header.number == number
                    print(hashlib.sha256(got.array.tobytes()).hexdigest())
        """,
        name,
    )
    expected = []
    with shmbuf.create(name, layout=layout, capacity=1 << 24) as producer:
        assert process.line() == "open"
        for number in range(20):
            moved = np.roll(image, number * 7, axis=1)
            expected.append(hashlib.sha256(moved.tobytes()).hexdigest())
            frame.write(producer, moved, number=number, timeout=20)
        assert process.end().split() == expected
