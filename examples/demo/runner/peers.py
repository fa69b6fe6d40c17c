"""The programs of the three languages, and how to start them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

PYTHON = Path(__file__).resolve().parent.parent / "python"


@dataclass(frozen=True)
class Peer:
    """A language with its two programs."""

    key: str
    title: str
    producer: list[str]
    consumer: list[str]


def peers(build: Path) -> list[Peer]:
    """Return the languages in the order of the table."""
    produce, consume = ([sys.executable, str(PYTHON / f"{role}.py")] for role in ("producer", "consumer"))
    return [
        Peer("cpp", "C++", [str(build / "producer-cpp")], [str(build / "consumer-cpp")]),
        Peer("go", "Go", [str(build / "producer-go")], [str(build / "consumer-go")]),
        Peer("python", "Python", produce, consume),
    ]
