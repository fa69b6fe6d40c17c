"""The machine in words: what a reader needs to judge the figures, and nothing private."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

CPU = Path("/sys/devices/system/cpu")


def machine() -> dict[str, str]:
    """Processor, caches, memory, kernel, compilers."""
    described = {
        "processor": _cpuinfo("model name") or platform.processor() or platform.machine(),
        "processors online": str(os.cpu_count()),
        "virtual": "yes" if "hypervisor" in _cpuinfo("flags").split() else "not that the CPU says so",
        "caches of the first": ", ".join(_caches()),
        "memory": _memory(),
        "kernel": f"{platform.system()} {platform.release()}",
        "C library": " ".join(platform.libc_ver()),
        "Go": _first(["go", "env", "GOVERSION"]).removeprefix("go"),
        "C++": _first(["c++", "--version"]),
        "Rust": _first(["rustc", "--version"]).removeprefix("rustc "),
        "Python": platform.python_version(),
    }
    return {key: value for key, value in described.items() if value}


def _first(command: list[str]) -> str:
    """First line that a command prints, nothing when it is missing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout.splitlines() or [""])[0].strip()


def _cpuinfo(field: str) -> str:
    path = Path("/proc/cpuinfo")
    text = path.read_text() if path.exists() else ""
    found = re.search(rf"^{field}\s*:\s*(.*)$", text, re.MULTILINE)
    return found.group(1) if found else ""


def _caches() -> list[str]:
    found = []
    for index in sorted(CPU.glob("cpu0/cache/index*")):
        level, kind, size = ((index / f).read_text().strip() for f in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(
                f"L{level} {size.removesuffix('K')} KiB" if size.endswith("K") else f"L{level} {size}"
            )
    return found


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return ""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{total / (1 << 30):.0f} GiB"


def interpreter() -> str:
    """The Python that runs this also runs the Python workers."""
    return sys.executable
