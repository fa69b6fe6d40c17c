"""Worker of the benchmark: worker.py SYSTEM CASE ROLE key=value…, or worker.py SYSTEM version.

Prints one line of JSON where the role has a result. Exit code 2 and "unsupported: …" on the
standard error where the system cannot do it, 1 when it failed.
"""

from __future__ import annotations

import json
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from cases import CASES, Unsupported, parse

if TYPE_CHECKING:
    from systems.peers import Roles


class System(Protocol):
    """What a module of `systems` offers."""

    ROLES: Roles

    def version(self) -> str:
        """Return the version of the library."""


# name: (module, what has to be installed)
SYSTEMS = {
    "shmbuf": ("shmbuf_channel", "shmbuf and numpy"),
    "mp-pipe": ("mp_pipe", ""),
    "mp-queue": ("mp_queue", ""),
    "faster-fifo": ("faster_fifo_queue", "faster-fifo"),
    "zmq": ("zmq_ipc", "pyzmq"),
    "iceoryx2": ("iceoryx2_service", "iceoryx2"),
}


def system(name: str) -> System:
    """Import the module of a system."""
    if name not in SYSTEMS:
        raise Unsupported(f"system '{name}'; {', '.join(SYSTEMS)} are known")
    module, package = SYSTEMS[name]
    try:
        return cast("System", import_module(f"systems.{module}"))
    except ImportError as error:
        raise Unsupported(f"{package} is not installed ({error})") from error


def run(arguments: list[str]) -> object:
    """Do what the command line says; return the result to print."""
    if len(arguments) == 2 and arguments[1] == "version":
        return {"version": system(arguments[0]).version()}
    if len(arguments) < 3:
        raise Unsupported("usage: worker.py SYSTEM CASE ROLE key=value…")
    name, case, role, *keys = arguments
    if case not in CASES:
        raise Unsupported(f"case '{case}'; {', '.join(CASES)} are known")
    do = system(name).ROLES.get((case, role))
    if do is None:
        raise Unsupported(f"{name} has no role '{role}' in case '{case}'")
    return do(parse(CASES[case], keys))


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)  # so that what was made is removed


def main() -> int:
    """Run and report."""
    signal.signal(signal.SIGTERM, _end)
    try:
        if sys.byteorder != "little":
            raise Unsupported("numbers in records are little-endian, this machine is not")
        result = run(sys.argv[1:])
    except Unsupported as error:
        print(f"unsupported: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        print(f"{' '.join(sys.argv[1:4])}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    if result is not None:
        print(json.dumps(result), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
