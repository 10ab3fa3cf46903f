"""How kernels are compiled: once per machine and version of the sources, without the GIL."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_settings: Any = numba.config  # its attributes are made at run time
_njit: Any = numba.njit  # its types know nothing of _nrt


def _digest(folder: Path) -> str:
    """Names the sources in `folder` as they are."""
    sources = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        sources.update(path.read_bytes())
    return sources.hexdigest()[:16]


def inlined(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, into its callers. It may not allocate arrays.

    Numba would count references to every array of a state that is passed on, in every function: a tick of the arena
    took 5.8 microseconds so, 1.5 without the counting (`_nrt=False`, which is why nothing can be allocated) and 0.5
    inlined.
    """
    compiled: FunctionT = _njit(nogil=True, forceinline=True, _nrt=False)(function)
    return compiled


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that Python calls and keep the result on disk.

    Numba renews a cached kernel when the file of that very function changed, not when a file it calls into did. So
    the cache is kept in a folder named after all sources beside the function, in NUMBA_CACHE_DIR if that is set: a
    kernel may call into its own package only. Where the folder cannot be written, Numba falls back on the user's, and
    failing that every process compiles for itself.
    """
    folder = Path(inspect.getfile(function)).parent
    before = _settings.CACHE_DIR
    base = Path(before) if before else folder / "__pycache__"
    _settings.CACHE_DIR = str(base / f"kernels-{_digest(folder)}")
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no place to keep it
        return numba.njit(nogil=True)(function)
    finally:
        _settings.CACHE_DIR = before
