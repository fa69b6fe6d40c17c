from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.systems import CPP, GO
from driver.workers import Workers

FAKE = [sys.executable, str(Path(__file__).with_name("fake_worker.py"))]


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Fake workers, and a directory in the place of /dev/shm."""
    made = Workers({GO: FAKE, CPP: FAKE}, shared=tmp_path)
    made.env["FAKE_SHARED"] = str(tmp_path)
    yield made
    made.close()
