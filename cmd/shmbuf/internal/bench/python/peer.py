"""A side of `shmbuf bench` in Python: peer.py CASE ROLE key=value….

It uses channels as any program does.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading

from job import Job, connect, create, parse
from stream import consume, produce
from trip import ping, pong, wake_ping, wake_pong

import shmbuf


def end_with_parent(job: Job) -> None:
    """End when standard input does, which the parent process holds open, and leave nothing."""
    while os.read(0, 1):
        pass
    for name in (job.name, job.back):
        with contextlib.suppress(FileNotFoundError):
            shmbuf.remove(name, force=True)
    os._exit(1)


def fall_silent(job: Job) -> None:
    """Send one record and then nothing."""
    with create(job, job.name) as producer:
        producer.write(bytes(job.size))
        threading.Event().wait()


def wait_for_more(job: Job) -> None:
    """Read that record, say so, and wait for the next one."""
    with connect(job.name) as consumer:
        consumer.read()
        print(json.dumps({"pid": os.getpid()}), flush=True)
        consumer.read()


CASES = {
    ("stream", "send"): produce,
    ("stream", "receive"): consume,
    ("trip", "send"): ping,
    ("trip", "receive"): pong,
    ("wake", "send"): wake_ping,
    ("wake", "receive"): wake_pong,
    ("idle", "send"): fall_silent,
    ("idle", "receive"): wait_for_more,
}


def main() -> None:
    """Do one side of a measurement."""
    job = parse(sys.argv[1:])
    threading.Thread(target=end_with_parent, args=(job,), daemon=True).start()
    try:
        CASES[job.case, job.role](job)
    except (OSError, ValueError, shmbuf.Error) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
