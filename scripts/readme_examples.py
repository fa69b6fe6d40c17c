"""Runs the examples of README.md exactly as they are printed there.

Blocks that follow ``<!-- try: ... -->`` are wrapped into programs (imports, what the
text takes for granted, a check at the end), built, and run: every sender with every
receiver, the in-place examples, and the shell commands.

Run by scripts/test-readme, which has built the tool and the Python package.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The underscore keeps `go build ./...` out.
WORK = ROOT / "build" / "_readme"
CHANNEL = f"readme-{os.getpid()}"

GO = """\
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/shmbuf/shmbuf"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
%s
}
"""

CPP = """\
#include <cstdio>
#include <string>

#include "shmbuf/shmbuf.hpp"

int main() {
%s
}
"""

# Language and role of a block -> what stands before and after it in the program.
AROUND = {
    "go send": ("", "\tcheck(err)"),
    "go receive": (
        "\tbuf := make([]byte, 100)",
        "\tcheck(err)\n\tfmt.Println(string(buf[:n]))",
    ),
    "go reserve": (
        '\tp, err := shmbuf.Create("greetings", &shmbuf.Options{Capacity: 1 << 23})\n\tcheck(err)\n'
        '\tc, err := shmbuf.Open("greetings", nil)\n\tcheck(err)\n'
        "\tfill := func(b []byte) int { b[len(b)-1] = 7; return len(b) }",
        "\tcheck(err)\n\tgot, err := c.Peek(ctx)\n\tcheck(err)\n"
        "\tfmt.Println(len(got.Payload), got.Payload[len(got.Payload)-1])\n"
        "\tcheck(c.Release())\n\tcheck(p.Close())\n\tcheck(c.Close())",
    ),
    "cpp send": (
        "",
        "  if (status == shmbuf::Status::ok) status = p.close();\n"
        '  std::fprintf(stderr, "%s", p.message().c_str());\n'
        "  return status == shmbuf::Status::ok ? 0 : 1;",
    ),
    "cpp receive": (
        "",
        '  std::fprintf(stderr, "%s", c.message().c_str());\n'
        "  if (status != shmbuf::Status::ok || !record) return 1;\n"
        "  std::puts(std::string(static_cast<const char*>(record.data()), record.size()).c_str());",
    ),
    "python send": ("import shmbuf", ""),
    "python receive": ("import shmbuf", ""),
    "python peek": (
        'import shmbuf\np = shmbuf.create("greetings")\n'
        'c = shmbuf.open("greetings")\np.write(bytes([1, 2, 6]))',
        "p.close()\nc.close()",
    ),
}
LANGUAGES = ("go", "cpp", "python")


def blocks() -> dict[str, str]:
    """Find the blocks of the README that are to be tried."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- try: ([a-z ]+) -->\n```[a-z]+\n(.*?)```", text, re.DOTALL))


def build(what: str, code: str) -> list[str]:
    """Make a program of a block; return the command that runs it."""
    before, after = AROUND[what]
    language = what.split()[0]
    indent = {"go": "\t", "cpp": "  ", "python": ""}[language]
    body = "\n".join([before, textwrap.indent(code, indent), after]).replace("greetings", CHANNEL)
    base = WORK / what.replace(" ", "-")
    if language == "python":
        source = base.with_suffix(".py")
        source.write_text(body, encoding="utf-8")
        return [sys.executable, str(source)]
    if language == "go":
        source = base.with_suffix(".go")
        source.write_text(GO % body, encoding="utf-8")
        command = ["go", "build", "-o", str(base), str(source)]
    else:
        source = base.with_suffix(".cpp")
        source.write_text(CPP % body, encoding="utf-8")
        flags = ["-std=c++14", "-Wall", "-Wextra", "-Werror", "-pthread"]
        command = ["g++", *flags, f"-I{ROOT / 'cpp' / 'include'}", str(source), "-o", str(base)]
    subprocess.run(command, check=True, cwd=ROOT)
    return [str(base)]


def run(command: list[str], expected: str) -> None:
    """Run a program, which must print what is expected and nothing else."""
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=60, cwd=ROOT, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0 or result.stderr or result.stdout.strip() != expected:
        sys.exit(
            f"FAIL: {' '.join(command)}: exit {result.returncode}, printed {result.stdout!r}, "
            f"expected {expected!r}\n{result.stderr}"
        )


def main() -> None:
    """Try every block."""
    WORK.mkdir(parents=True, exist_ok=True)
    found = blocks()
    expected = {*AROUND, "shell"}
    if set(found) != expected:
        sys.exit(f"FAIL: README.md has the examples {sorted(found)}, expected {sorted(expected)}")
    programs = {what: build(what, found[what]) for what in AROUND}
    spoken = {"go": "Go", "cpp": "C++", "python": "Python"}
    for sender in LANGUAGES:
        for receiver in LANGUAGES:
            run(programs[f"{sender} send"], "")
            run(programs[f"{receiver} receive"], f"hello from {spoken[sender]}")
            print(f"ok  {spoken[sender]} to {spoken[receiver]}")
    run(programs["go reserve"], "6220800 7")
    run(programs["python peek"], "3.0")
    print("ok  in place")
    run(["bash", "-ec", found["shell"].replace("greetings", CHANNEL)], "hello, shared memory")
    print("ok  shell")
    print(f"passed: {len(LANGUAGES) ** 2 + 3} examples of README.md")


if __name__ == "__main__":
    main()
