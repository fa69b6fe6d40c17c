"""The demo: a real video crosses between processes and languages, and every frame is checked.

Started by scripts/demo, which builds what it needs. Reads VIDEO (a file to play),
FFMPEG (the program; "none" shows the test card) and DEMO_SECONDS (how much of the
video to play, 10).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import figures
import pictures
import play
import sheet
import table
from board import Board, Pair, board
from trouble import DemoError

from peers import Peer, peers

PACED_SECONDS = 6  # of the playing that measures latency
ROOM = 2.6  # frames a ring must hold at least, for reading and writing at the same time
SHEET_COLUMNS = 4


class Stopped(BaseException):
    """A signal asked the demo to end."""


def main() -> int:
    """Run the demo; 0 when every frame arrived and was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="where the programs are")
    build: Path = parser.parse_args().build.absolute()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        return demo(build)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(f"demo: stopped; its processes and channels are gone ({stopped})", file=sys.stderr)
        return 130


def stop(number: int, _: object) -> None:
    """End in an orderly way, undisturbed by further signals."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def demo(build: Path) -> int:
    """Play the pictures through all pairs, print the table, write the contact sheet."""
    started = time.monotonic()
    seconds = float_setting("DEMO_SECONDS", 10.0)
    play.remove_stale(print)
    source = pictures.find(build, seconds, print)
    if not source.crc:
        raise DemoError(f"{source.title}: not a single frame")
    languages = peers(build)
    capacity = ring_capacity(source.frame_bytes)
    print(f"{source.title}\n{len(source.crc)} frames of {source.frame_bytes:,} bytes, {source.detail}")
    print(f"{len(languages)} producers, {len(languages)} consumers each; rings of {capacity >> 20} MiB\n")

    pairs = {(p.key, c.key): figures.PairFigures(p.title, c.title) for p in languages for c in languages}
    frames = {False: len(source.crc), True: min(len(source.crc), math.ceil(PACED_SECONDS * source.rate))}
    spent: dict[str, dict[str, Any]] = {}
    titles = [Pair(p.title, c.title) for p in languages for c in languages]
    with board(titles, sum(frames.values()), source.frame_bytes) as display:
        for row, producer in enumerate(languages):
            thumbs = fresh_directory(build / "thumbs" / producer.key)
            numbers = thumb_numbers(len(source.crc), row, len(languages))
            for paced in (False, True):
                mode = "live-pace" if paced else "full-speed"
                setting = play.Setting(
                    pictures=source,
                    paced=paced,
                    frames=frames[paced],
                    capacity=capacity,
                    logs=fresh_directory(build / "logs" / f"{producer.key}-{mode}"),
                    thumbs=thumbs,
                    thumb_numbers=[] if paced else numbers,
                )
                result = playing(producer, languages, setting, display)
                settle(pairs, producer, result, setting)
                if not paced:
                    consumers = {key: seen["spent"] for key, seen in result.seen.items()}
                    spent[producer.title] = {"producer": result.sent["spent"], "consumers": consumers}
    return closing(build, list(pairs.values()), source, spent, time.monotonic() - started)


def playing(producer: Peer, consumers: list[Peer], setting: play.Setting, display: Board) -> play.Result:
    """Play once and keep the display moving."""
    titles = {peer.key: Pair(producer.title, peer.title) for peer in consumers}
    display.phase(producer.title, "live pace" if setting.paced else "full speed")
    result = play.play(producer, consumers, setting, lambda key, frames: display.frames(titles[key], frames))
    for key, seen in result.seen.items():
        display.frames(titles[key], seen["frames"])
    return result


def settle(
    pairs: dict[tuple[str, str], figures.PairFigures],
    producer: Peer,
    result: play.Result,
    setting: play.Setting,
) -> None:
    """Verify a playing and take its figures."""
    reference = setting.pictures.crc[: setting.frames]
    for key, seen in result.seen.items():
        pair = pairs[producer.key, key]
        figures.verify(pair, reference, result.sent, seen)
        if setting.paced:
            figures.latency(pair, seen)
        else:
            figures.speed(pair, seen, setting.pictures.frame_bytes)


def closing(
    build: Path,
    pairs: list[figures.PairFigures],
    source: pictures.Pictures,
    spent: dict[str, dict[str, Any]],
    took: float,
) -> int:
    """Print what came out."""
    print()
    table.show(pairs)
    print(
        f"verified   CRC-32 of every frame, by {source.hasher}, by the producer and by the consumer\n"
        f"latency    at {float(source.rate):.4g} frames/s, from just before commit until the consumer\n"
        f"           has the frame in place; the {2 + len(spent)} programs share {os.cpu_count()} CPUs\n"
        "fps, GB/s  at full speed, of one channel; each producer feeds three at once. The limit is\n"
        "           the work around the channels: the decoder, and four CRCs\n"
        "           and two copies of each frame.\n"
        "           The producers spent their time"
    )
    for producer, times in spent.items():
        print(f"             {producer + ':':<8}{figures.share(times['producer'])}")
    path = build / "contact-sheet.png"
    sheet.write(path, build / "thumbs", pairs, source)
    results = {"source": source.title, "pairs": [vars(pair) for pair in pairs], "seconds_spent": spent}
    (build / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    print(f"\ncontact sheet: {os.path.relpath(path)}   figures: {os.path.relpath(build / 'results.json')}")
    bad = [pair for pair in pairs if not pair.good]
    for pair in bad:
        print(f"demo: {pair.producer} → {pair.consumer}: {'; '.join(pair.faults)}", file=sys.stderr)
    if bad:
        return 1
    print(f"all {sum(pair.frames for pair in pairs)} frames arrived and were right, in {took:.0f} s")
    return 0


def thumb_numbers(frames: int, row: int, rows: int) -> list[int]:
    """Choose the frames for a row of the contact sheet; no two rows show the same."""
    places = rows * SHEET_COLUMNS
    chosen = (column * rows + row for column in range(SHEET_COLUMNS))
    return sorted({(2 * place + 1) * frames // (2 * places) for place in chosen})


def ring_capacity(frame_bytes: int) -> int:
    """Return the smallest power of two that holds a few frames."""
    capacity = 1 << 12
    while capacity < ROOM * frame_bytes:
        capacity *= 2
    return capacity


def float_setting(name: str, default: float) -> float:
    """Read a number of seconds from the environment."""
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 3600:
        raise DemoError(f"{name}={text} is not a number of seconds between 0 and 3600")
    return value


def fresh_directory(path: Path) -> Path:
    """Return the directory, emptied."""
    path.mkdir(parents=True, exist_ok=True)
    for old in path.iterdir():
        old.unlink()
    return path


if __name__ == "__main__":
    sys.exit(main())
