"""Where the frames come from: ffmpeg decoding a clip, or the built-in test card."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import clip
from trouble import DemoError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Pictures:
    """A source of raw bgr24 frames that can be played any number of times."""

    title: str
    detail: str
    hasher: str
    """Who computed `crc`."""
    width: int
    height: int
    rate: Fraction
    play: Callable[[bool, int], list[str]]
    """The command that writes frames to standard output: at the pace of the clip or not, and how many."""
    crc: list[int] = field(default_factory=list)
    """CRC-32 of every frame, as the source itself computes it."""

    @property
    def frame_bytes(self) -> int:
        """Bytes of the pixels of a frame."""
        return self.width * self.height * 3


def find(build: Path, seconds: float, say: Callable[[str], None]) -> Pictures:
    """Choose the source by what there is: VIDEO, FFMPEG and the machine."""
    wanted = os.environ.get("VIDEO", "")
    setting = os.environ.get("FFMPEG", "ffmpeg")
    ffmpeg = None if setting == "none" else shutil.which(setting)
    if ffmpeg is None:
        if wanted:
            raise DemoError(f"VIDEO={wanted} needs ffmpeg to decode it: install ffmpeg, or leave VIDEO out")
        why = "As FFMPEG=none asks" if setting == "none" else f"There is no {setting} here"
        say(f"{why}: the built-in moving test card takes the place of a video.")
        return test_card(build, seconds)
    if not wanted:
        return video(ffmpeg, clip.make(ffmpeg, build, say), seconds, say)
    if not Path(wanted).is_file():
        raise DemoError(f"VIDEO={wanted}: there is no such file")
    return video(ffmpeg, Path(wanted), seconds, say)


def video(ffmpeg: str, path: Path, seconds: float, say: Callable[[str], None]) -> Pictures:
    """Decode a file with ffmpeg, at its own size; the pixels become bgr24."""
    codec, width, height, rate = probe(ffmpeg, path)
    source = path.absolute().as_posix()
    every_frame = every_frame_once(ffmpeg)

    def decode(paced: bool, output: list[str]) -> list[str]:
        pace = ["-re"] if paced else []
        return [
            *[ffmpeg, "-v", "error", "-nostdin", *pace, "-t", f"{seconds:g}", "-i", source],
            *["-map", "0:v:0", *every_frame, "-vf", f"scale={width}:{height}"],
            *["-c:v", "rawvideo", "-pix_fmt", "bgr24", *output, "-"],
        ]

    pictures = Pictures(
        title=f"{path.name}: {width}x{height}, {codec}, {float(rate):.4g} frames/s",
        detail="decoded by ffmpeg to bgr24 at its own size",
        hasher="ffmpeg",
        width=width,
        height=height,
        rate=rate,
        play=lambda paced, frames: decode(paced, ["-frames:v", str(frames), "-f", "rawvideo"]),
    )
    say("ffmpeg hashes what it decodes, for reference …")
    hashes = output_of(decode(False, ["-f", "framehash", "-hash", "CRC32"]), f"decode {path}")
    lines = [line for line in hashes.splitlines() if not line.startswith("#")]
    pictures.crc = [int(line.rsplit(",", 1)[1], 16) for line in lines]
    return pictures


def probe(ffmpeg: str, path: Path) -> tuple[str, int, int, Fraction]:
    """Ask ffprobe for codec, width, height and frame rate of the first video stream."""
    ffprobe = shutil.which(str(Path(ffmpeg).with_name("ffprobe"))) or shutil.which("ffprobe")
    if ffprobe is None:
        raise DemoError("ffprobe, which comes with ffmpeg, is missing: install it")
    asked = "stream=codec_name,width,height,avg_frame_rate:stream_tags=rotate:stream_side_data=rotation"
    command = [ffprobe, "-v", "error", "-select_streams", "v:0", "-show_entries", asked, "-of", "json"]
    answer = output_of([*command, path.absolute().as_posix()], f"read {path}")
    streams = json.loads(answer).get("streams") or []
    if not streams:
        raise DemoError(f"{path} has no video stream")
    stream = streams[0]
    width, height = stream["width"], stream["height"]
    turns = [data.get("rotation", 0) for data in stream.get("side_data_list", [])]
    turns.append(stream.get("tags", {}).get("rotate", 0))
    if any(int(turn) % 180 for turn in turns):  # ffmpeg turns the picture upright
        width, height = height, width
    over, under = (int(part) for part in stream.get("avg_frame_rate", "0/0").split("/"))
    return stream["codec_name"], width, height, Fraction(over, under) if over and under else Fraction(30)


def every_frame_once(ffmpeg: str) -> list[str]:
    """Return the option against repeated and dropped frames, as this ffmpeg spells it."""
    new, old = ["-fps_mode", "passthrough"], ["-vsync", "passthrough"]
    source = ["-f", "lavfi", "-t", "0.1", "-i", "color=s=16x16"]
    trial = [ffmpeg, "-v", "quiet", "-nostdin", *source, *new, "-f", "null", "-"]
    return new if subprocess.run(trial, stdin=subprocess.DEVNULL, check=False).returncode == 0 else old


def test_card(build: Path, seconds: float) -> Pictures:
    """The test card of the Go module, drawn by its own program."""
    program = str(build / "testcard")
    rate = 30

    def play(paced: bool, frames: int) -> list[str]:
        return [program, f"-frames={frames}", f"-pace={rate if paced else 0}"]

    pictures = Pictures(
        title=f"moving test card: 1920x1080, {rate} frames/s",
        detail="drawn as bgr24 by a program of this project",
        hasher="the drawing program",
        width=1920,
        height=1080,
        rate=Fraction(rate),
        play=play,
    )
    hashes = output_of([*play(False, max(1, round(seconds * rate))), "-crc"], "draw the test card")
    pictures.crc = [int(line, 16) for line in hashes.split()]
    return pictures


def output_of(command: list[str], purpose: str) -> str:
    """Run a command and return its output."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise DemoError(f"cannot {purpose}: {reason[-1]}")
    return done.stdout
