"""Which programs are built, which systems are there, in which versions."""

from __future__ import annotations

from pathlib import Path

from .allocations import PROGRAM
from .machine import interpreter
from .systems import CPP, GO, NATS, PROGRAMS, PYTHON, RUST, SYSTEMS
from .trouble import Failed, Refused
from .work import Process
from .workers import Workers


def programs(build: Path, sources: Path) -> dict[str, list[str]]:
    """Command lines of the worker programs that exist."""
    files = {name: [str(build / name)] for name in (GO, NATS, CPP, RUST, PROGRAM)}
    files[PYTHON] = [interpreter(), str(sources / "python" / PYTHON)]
    return {name: command for name, command in files.items() if Path(command[-1]).exists()}


def reasons(build: Path) -> dict[str, str]:
    """Why programs or packages are missing, as the build wrote it down: name, tab, reason."""
    path = build / "missing.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def versions(workers: Workers, why: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Versions by system, and for those that are missing the reason."""
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for s in SYSTEMS.values():
        process = Process(s.program, "version", (s.argument, "version"))
        try:
            found[s.key] = str(workers.run("", [process], 30)["version"]["version"])
        except Refused as reason:
            words = why.get(s.program) or why.get(s.argument) or str(reason)
            missing[s.key] = f"not installed: {words}"
        except (Failed, KeyError) as reason:
            missing[s.key] = f"does not run: {reason}"
    return found, missing


def absent(workers: Workers) -> list[str]:
    """Programs that are not built."""
    return [name for name in PROGRAMS if name not in workers.programs]
