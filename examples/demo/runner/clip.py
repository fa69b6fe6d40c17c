"""Makes the clip that the demo plays by default: moving test pictures, really encoded."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from trouble import DemoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Test pattern, a dive into the Mandelbrot set, turning gradients, a game of life.
SCENES = [
    (2, "testsrc2=s=1920x1080:r=30"),
    (
        4,
        "mandelbrot=s=1280x720:r=30:maxiter=400:inner=black:start_scale=1.4:end_scale=0.0006:end_pts=120"
        ":start_x=-0.743643887037158:start_y=-0.131825904205312",
    ),
    (
        2,
        "gradients=s=480x270:r=30:n=4:c0=0x0f2027:c1=0xff8c00:c2=0x2c5364:c3=0xe94057:speed=0.02:seed=5"
        ":x0=0:y0=0:x1=480:y1=270",
    ),
    (
        2,
        "life=s=160x90:r=30:mold=24:life_color=#ffffff:death_color=#ff8c00:mold_color=#1d2b53"
        ":seed=11:ratio=0.25",
    ),
]
PLAIN = [(10, "testsrc2=s=1920x1080:r=30")]  # what every ffmpeg can draw
ENCODERS = [
    ["libx264", "-preset", "veryfast", "-crf", "20"],
    ["libopenh264", "-b:v", "12M"],
    ["mpeg4", "-q:v", "3"],
]


def make(ffmpeg: str, build: Path, say: Callable[[str], None]) -> Path:
    """Return the clip, after encoding it if it is not there yet."""
    path = build / "clip.mp4"
    if path.exists():
        return path
    say("Encoding ten seconds of moving test pictures, 1920x1080 (once) …")
    unfinished = path.with_suffix(".part.mp4")
    try:
        encode(ffmpeg, unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def encode(ffmpeg: str, path: Path) -> None:
    """Encode the best scenes with the best encoder that this ffmpeg has."""
    reason = ""
    for scenes in (SCENES, PLAIN):
        for encoder in ENCODERS:
            done = subprocess.run(
                command(ffmpeg, scenes, encoder, path),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return
            reason = done.stderr.strip()
    raise DemoError(f"ffmpeg cannot encode a clip: {reason}")


def command(ffmpeg: str, scenes: list[tuple[int, str]], encoder: list[str], path: Path) -> list[str]:
    """Build the ffmpeg command that plays the scenes one after another."""
    inputs: list[str] = []
    filters = ""
    for i, (seconds, scene) in enumerate(scenes):
        inputs += ["-f", "lavfi", "-t", str(seconds), "-i", scene]
        enlarge = "neighbor" if scene.startswith("life") else "bicubic"
        filters += f"[{i}]scale=1920:1080:flags={enlarge},setsar=1,format=yuv420p[s{i}];"
    filters += "".join(f"[s{i}]" for i in range(len(scenes))) + f"concat=n={len(scenes)}[v]"
    head = [ffmpeg, "-v", "error", "-nostdin", "-y"]
    return [*head, *inputs, "-filter_complex", filters, "-map", "[v]", "-c:v", *encoder, str(path)]
