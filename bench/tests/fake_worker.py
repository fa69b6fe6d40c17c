"""A worker that obeys: the first word says how it behaves.

fake_worker.py SYSTEM CASE ROLE key=value…
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def main() -> int:
    system, *rest = sys.argv[1:]
    case = rest[0] if rest else ""
    keys = dict(word.split("=", 1) for word in rest if "=" in word)
    if case == "version":
        print(json.dumps({"version": "1.2.3"}))
    elif system == "c2c":
        print(json.dumps({"ns": 100.0}))
    elif system == "refuses":
        print("unsupported: no such case here", file=sys.stderr)
        return 2
    elif system == "fails":
        print("the ring burst: 42", file=sys.stderr)
        return 1
    elif system == "hangs":
        Path(os.environ["FAKE_SHARED"], keys["name"] + ".left").touch()
        time.sleep(60)
    elif system == "forks":
        if os.fork() == 0:
            time.sleep(60)
        return 1
    elif system == "chatters":
        print("hello")
    elif system == "idles" and "consume" in rest:
        print(json.dumps({"ready": True}), flush=True)
        time.sleep(60)
    elif system == "spins" and "consume" in rest:
        print(json.dumps({"ready": True}), flush=True)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pass
    elif system in ("idles", "spins"):
        time.sleep(60)
    elif {"consume", "pair"} & set(rest):
        records = int(keys["count"]) - int(keys["warm"])
        print(json.dumps({"records": records, "seconds": records / 1e6}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
