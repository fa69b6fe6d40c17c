"""Run scripts on the reference model: python3 -m model.run FILE... (from conformance/)."""

from __future__ import annotations

import sys
from pathlib import Path

from .script import Executor, Mismatch
from .subject import Model


def main() -> int:
    default = Path(__file__).resolve().parents[2] / "spec" / "vectors"
    paths = [Path(p) for p in sys.argv[1:]] or sorted(default.glob("*.vec"))
    failed = 0
    for path in paths:
        try:
            Executor(path, Model()).run()
        except Mismatch as error:
            failed += 1
            print(f"FAIL {error}")
    print(f"{len(paths) - failed} of {len(paths)} vectors pass on the model")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
