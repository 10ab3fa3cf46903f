"""How this world's kernels are compiled: once per machine and version of the sources, without the GIL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

_FOLDER = Path(__file__).parent
_njit: Any = numba.njit  # its types know nothing of _nrt
_settings: Any = numba.config  # its attributes are made at run time


def _digest() -> str:
    """Names the sources of this package as they are."""
    sources = hashlib.sha256()
    for path in sorted(_FOLDER.glob("*.py")):
        sources.update(path.read_bytes())
    return sources.hexdigest()[:16]


inlined = numba.njit(nogil=True)
"""Compiles a function that only other compiled functions call."""

lean: Any = _njit(nogil=True, _nrt=False)
"""The same without counting references to the arrays it is given, so it may allocate none: for policies' many calls."""

embedded = numba.njit(nogil=True, forceinline=True)
"""The same, made part of each caller: for what runs every turn and takes less time than passing it its arguments."""


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that Python calls and keep the result on disk.

    Numba renews a cached kernel when the file of that very function changed, not when a file it calls into did. So
    the cache is kept in a folder named after all sources of this world, in NUMBA_CACHE_DIR if that is set. Where it
    cannot be written, Numba falls back on the user's folder, and failing that every process compiles for itself.
    """
    before = _settings.CACHE_DIR
    base = Path(before) if before else _FOLDER / "__pycache__"
    _settings.CACHE_DIR = str(base / f"kernels-{_digest()}")
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no place to keep it
        return numba.njit(nogil=True)(function)
    finally:
        _settings.CACHE_DIR = before
