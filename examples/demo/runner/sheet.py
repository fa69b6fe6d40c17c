"""Lays thumbnails of the frames, as the Python consumer saw them, out on one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from trouble import DemoError

if TYPE_CHECKING:
    from pathlib import Path

    from figures import PairFigures
    from pictures import Pictures

    Picture = np.ndarray[Any, Any]

THUMB_WIDTH = 340
GAP = 14
MARGIN = 36
LABEL = 170
HEAD = 118
CAPTION = 30
BACK, CARD, INK, SOFT, WARM, GREEN = (
    (26, 20, 18),
    (40, 32, 28),
    (245, 240, 238),
    (170, 158, 150),
    (0, 140, 255),
    (120, 210, 110),
)  # blue, green, red
KEYS = {"C++": "cpp", "Go": "go", "Python": "python"}


def write(path: Path, thumbs: Path, pairs: list[PairFigures], source: Pictures) -> None:
    """Write the sheet: a row for each producer, its frames from left to right."""
    rows = [pair for pair in pairs if pair.consumer == "Python"]
    height = round(THUMB_WIDTH * source.height / source.width)
    files = {pair.producer: sorted((thumbs / KEYS[pair.producer]).glob("*.png")) for pair in rows}
    columns = max(len(found) for found in files.values())
    step = height + CAPTION + GAP
    width = 2 * MARGIN + LABEL + columns * (THUMB_WIDTH + GAP) - GAP
    page = np.empty((HEAD + step * len(rows) + MARGIN, width, 3), "u1")
    page[:] = BACK
    text(page, "shmbuf", (MARGIN, 56), 38, WARM, bold=True)
    text(page, "frames as the Python consumer saw them, in shared memory", (MARGIN + 162, 56), 27, INK)
    text(page, source.title, (MARGIN, 92), 20, SOFT)
    for row, pair in enumerate(rows):
        top = HEAD + row * step
        cv2.rectangle(page, (MARGIN, top), (page.shape[1] - MARGIN, top + height + CAPTION), CARD, cv2.FILLED)
        label(page, (MARGIN + 18, top + height // 2 - 44), pair)
        for column, file in enumerate(files[pair.producer]):
            left = MARGIN + LABEL + column * (THUMB_WIDTH + GAP)
            saved = cv2.imread(str(file))
            if saved is None:
                raise DemoError(f"{file} cannot be read back")
            thumb = cv2.resize(saved, (THUMB_WIDTH, height), interpolation=cv2.INTER_AREA)
            page[top : top + height, left : left + THUMB_WIDTH] = thumb
            number = int(file.stem)
            caption = f"frame {number}   crc {source.crc[number]:08x}"
            text(page, caption, (left + 4, top + height + 21), 15, SOFT)
    cv2.imwrite(str(path), page, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def label(page: Picture, at: tuple[int, int], pair: PairFigures) -> None:
    """Write the pair beside its row."""
    x, y = at
    text(page, pair.producer, (x, y), 30, INK, bold=True)
    arrow(page, (x, y + 26))
    text(page, "Python", (x + 40, y + 34), 22, INK)
    text(page, f"{pair.verified} frames", (x, y + 74), 17, SOFT)
    verdict = "all verified" if pair.good else f"{len(pair.faults)} faults"
    text(page, verdict, (x, y + 100), 17, GREEN if pair.good else (60, 60, 255))


def arrow(page: Picture, at: tuple[int, int]) -> None:
    """Draw an arrow to the right."""
    cv2.arrowedLine(page, at, (at[0] + 30, at[1]), WARM, 2, cv2.LINE_AA, tipLength=0.35)


def text(page: Picture, what: str, at: tuple[int, int], size: int, colour: Any, bold: bool = False) -> None:
    """Write text of `size` pixels with the font of this OpenCV: a real one since version 5."""
    if hasattr(cv2, "FontFace"):
        cv2.putText(page, what, at, colour, cv2.FontFace("sans"), size, 600 if bold else 400)
    else:
        cv2.putText(page, what, at, cv2.FONT_HERSHEY_DUPLEX, size / 32, colour, 1 + bold, cv2.LINE_AA)
