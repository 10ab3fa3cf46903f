"""How this world's kernels are compiled: once per machine and version of the sources, without the GIL."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_FOLDER = Path(__file__).parent
_PACKAGE = "python_training.simulators.battlesnake"
_njit: Any = numba.njit  # its types know nothing of _nrt
_NOT_FROM_PYTHON = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Unpacking a game's arrays for Python took a third of all compiling."""
_settings: Any = numba.config  # its attributes are made at run time


def _digest(path: Path) -> str:
    """Names the source at `path` and all of this package that it imports, itself or through others, as they are."""
    found, waiting = {path}, [path]
    while waiting:
        new = _imported(waiting.pop()) - found
        found |= new
        waiting += new
    sources = hashlib.sha256()
    for each in sorted(found):
        sources.update(each.read_bytes())
    return sources.hexdigest()[:16]


@cache
def _imported(path: Path) -> frozenset[Path]:
    """The files of this package that the one at `path` names in its imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PACKAGE):
            inner = node.module[len(_PACKAGE) + 1 :]
            names += [inner] if inner else [alias.name for alias in node.names]
    return frozenset(file for name in names if (file := _FOLDER / f"{name}.py").exists())


def inlined(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call."""
    compiled: FunctionT = _njit(nogil=True, **_NOT_FROM_PYTHON)(function)
    return compiled


def embedded(function: FunctionT) -> FunctionT:
    """The same, made part of each caller: for what runs every turn and is over sooner than arguments are passed."""
    compiled: FunctionT = _njit(nogil=True, forceinline=True, **_NOT_FROM_PYTHON)(function)
    return compiled


def lean(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, without counting references: it may allocate nothing.

    For what policies call many times a turn and is too long to become part of each caller.
    """
    compiled: FunctionT = _njit(nogil=True, _nrt=False, **_NOT_FROM_PYTHON)(function)
    return compiled


def shared(function: FunctionT) -> FunctionT:
    """As `lean`, and kept on disk like a kernel: for what several kernels call and what takes long to compile."""
    return _kept(function, _nrt=False, **_NOT_FROM_PYTHON)


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that Python calls and keep the result on disk.

    Numba renews a cached kernel when the file of that very function changed, not when a file it calls into did. So
    the cache is kept in a folder named after the function's source and all that it imports of this package, in
    NUMBA_CACHE_DIR if that is set: a change to a command or to the server compiles nothing anew. Where the folder
    cannot be written, Numba falls back on the user's, and failing that every process compiles for itself.
    """
    return _kept(function)


def _kept(function: FunctionT, **options: Any) -> FunctionT:
    before = _settings.CACHE_DIR
    base = Path(before) if before else _FOLDER / "__pycache__"
    _settings.CACHE_DIR = str(base / f"kernels-{_digest(Path(inspect.getfile(function)))}")
    try:
        compiled: FunctionT = _njit(nogil=True, cache=True, **options)(function)
    except RuntimeError:  # no place to keep it
        compiled = _njit(nogil=True, **options)(function)
    finally:
        _settings.CACHE_DIR = before
    return compiled
