"""The systems side by side, and the worker program that speaks each."""

from __future__ import annotations

from dataclasses import dataclass

from .model import OURS, PEER

GO, NATS, CPP, RUST, PYTHON = "bench-go", "bench-nats", "bench-cpp", "bench-rust", "worker.py"
PROGRAMS = (GO, NATS, CPP, RUST, PYTHON)


@dataclass(frozen=True)
class System:
    """One system in one language."""

    key: str
    title: str
    program: str
    argument: str  # what the worker calls it
    kind: str = PEER
    paired: bool = False  # starts its second process (or goroutine) by itself


SYSTEMS = {
    s.key: s
    for s in (
        System("go", "shmbuf, Go", GO, "shmbuf", OURS),
        System("cpp", "shmbuf, C++", CPP, "shmbuf", OURS),
        System("py", "shmbuf, Python", PYTHON, "shmbuf", OURS),
        System("channel", "Go channel, one process", GO, "channel", paired=True),
        System("pipe", "os.Pipe, Go", GO, "pipe", paired=True),
        System("unix", "Unix socket, Go", GO, "unix"),
        System("shmipc", "shmipc-go", GO, "shmipc"),
        System("nats", "NATS on loopback, Go", NATS, "nats"),
        System("classic", "classic ring, plain C++", CPP, "classic"),
        System("boost", "boost spsc_queue, fixed size, C++", CPP, "boost"),
        System("zmq", "ZeroMQ ipc, C++", CPP, "zmq"),
        System("iceoryx2", "iceoryx2, Rust", RUST, "iceoryx2"),
        System("mp-pipe", "multiprocessing.Pipe, Python", PYTHON, "mp-pipe", paired=True),
        System("mp-queue", "multiprocessing.Queue, Python", PYTHON, "mp-queue", paired=True),
        System("faster-fifo", "faster-fifo, Python", PYTHON, "faster-fifo", paired=True),
        System("pyzmq", "pyzmq ipc, Python", PYTHON, "zmq"),
        System("iceoryx2-py", "iceoryx2, Python", PYTHON, "iceoryx2"),
    )
}
OURS_KEYS = tuple(s.key for s in SYSTEMS.values() if s.kind == OURS)
PEER_KEYS = tuple(s.key for s in SYSTEMS.values() if s.kind == PEER)
EVERY = (*OURS_KEYS, *PEER_KEYS)
FAST = (*OURS_KEYS, "classic", "boost", "iceoryx2")  # and the peers that come near
