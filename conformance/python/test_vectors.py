"""The shared vectors on the Python package, and on the reference model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from library import Library

from model.script import Executor
from model.subject import Model

VECTORS = sorted((Path(__file__).resolve().parents[2] / "spec" / "vectors").glob("*.vec"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) > 50


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    library = Library(f"vector.python.{os.getpid()}.{path.stem}")
    try:
        Executor(path, library).run()
    finally:
        library.finish()


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector_on_model(path: Path) -> None:
    Executor(path, Model()).run()
