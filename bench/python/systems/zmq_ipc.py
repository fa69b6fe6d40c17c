"""ZeroMQ over ipc: PUSH to PULL. Round trips use one pair of them each way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from systems.peers import Roles, two_processes

if TYPE_CHECKING:
    from loops import Receive, Send

zmq: Any = import_module("zmq")


def version() -> str:
    """Return the versions of the package and of the library in it."""
    return f"{zmq.__version__} (libzmq {zmq.zmq_version()})"


def _path(name: str) -> Path:
    return Path(tempfile.gettempdir(), f"{name}.sock")


@contextmanager
def _socket(kind: str, size: int, ring: int) -> Iterator[Any]:
    # Half the ring on each side, counted in messages, as the library does.
    messages = max(1, ring // size // 2)
    with zmq.Context() as context, context.socket(getattr(zmq, kind)) as socket:
        socket.sndhwm = socket.rcvhwm = messages
        try:
            yield socket  # leaving the context then waits until all has been sent
        except BaseException:
            socket.linger = 0
            raise


@contextmanager
def sender(name: str, size: int, ring: int) -> Iterator[Send]:
    """Bind a socket; its sending call, which copies."""
    path = _path(name)
    with _socket("PUSH", size, ring) as socket:
        socket.bind(f"ipc://{path}")
        try:
            yield socket.send
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def receiver(name: str, size: int, ring: int) -> Iterator[Receive]:
    """Connect a socket, whether the other is there yet or not; its receiving call, which copies."""
    with _socket("PULL", size, ring) as socket:
        socket.connect(f"ipc://{_path(name)}")
        yield socket.recv


ROLES: Roles = two_processes(sender, receiver)
