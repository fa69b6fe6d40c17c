"""NumPy, loaded when it is first needed: it is an extra, not a requirement."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import DTypeLike

__all__ = ["numpy", "record_dtype"]


@functools.lru_cache(maxsize=1)
def numpy() -> ModuleType:
    """Return the NumPy module. Raises ``ImportError`` that says how to get it."""
    try:
        import numpy as module
    except ImportError as error:
        raise ImportError("arrays, dtypes and frames need NumPy: pip install 'shmbuf[numpy]'") from error
    return module


def record_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return `dtype` as a NumPy dtype that may live in shared memory.

    Raises ``ValueError`` for one that holds Python objects (pointers mean nothing
    in another process) or has no size.
    """
    result: np.dtype[Any] = numpy().dtype(dtype)
    if result.hasobject:
        raise ValueError(f"dtype {result} holds Python objects, which cannot cross processes")
    if result.itemsize == 0:
        raise ValueError(f"dtype {result} has no size; a record needs at least 1 byte")
    return result
