"""How kernels are compiled: once per machine and version of the sources, without the GIL."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.registry import CPUDispatcher

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_PACKAGE = "python_training"
_ROOT = Path(__file__).parents[2]
_settings: Any = numba.config  # its attributes are made at run time
_njit: Any = numba.njit  # its types know nothing of _nrt
_NOT_FROM_PYTHON = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Unpacking the arrays of a state for Python took a third of all compiling."""


def sources(path: Path) -> tuple[Path, ...]:
    """The file at `path` and those of Paddock that it imports, itself or through others, in order of their names."""
    found, waiting = {path}, [path]
    while waiting:
        new = _imported(waiting.pop()) - found
        found |= new
        waiting += new
    return tuple(sorted(found))


def _digest(path: Path) -> str:
    """Names the `sources` of `path` as they are."""
    text = hashlib.sha256()
    for each in sources(path):
        text.update(each.read_bytes())
    return text.hexdigest()[:16]


@cache
def _imported(path: Path) -> frozenset[Path]:
    """The files of Paddock that the one at `path` names in its imports, wherever they stand in it."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PACKAGE):
            modules += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    files = (_ROOT / f"{module.replace('.', '/')}.py" for module in modules)
    return frozenset(file for file in files if file.exists())


class _Part(CPUDispatcher):
    """What only compiled code calls; called from Python it runs as the Python that it is.

    There is nothing compiled that Python could call: Numba, asked to, would jump to nowhere.
    """

    def __call__(self, *arguments: Any) -> Any:
        return self.py_func(*arguments)


def _part(function: FunctionT, **options: Any) -> FunctionT:
    compiled: FunctionT = _only_inside(_njit(nogil=True, **options, **_NOT_FROM_PYTHON)(function))
    return compiled


def _only_inside(compiled: Any) -> Any:
    if isinstance(compiled, CPUDispatcher):  # and not, with the JIT switched off, the function itself
        compiled.__class__ = _Part
    return compiled


def subroutine(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, and that allocates arrays or calls one that does."""
    return _part(function)


def lean(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, without counting references: it may allocate nothing.

    For what is called often and is too long to become part of each caller.
    """
    return _part(function, _nrt=False)


def inlined(function: FunctionT) -> FunctionT:
    """As `lean`, made part of each caller: for what is over sooner than its arguments are passed.

    Numba would count references to every array of a state that is passed on, in every function: a tick of the arena
    took 5.8 microseconds so, 1.5 without the counting (`_nrt=False`, which is why nothing can be allocated) and 0.5
    inlined.
    """
    return _part(function, forceinline=True, _nrt=False)


def shared(function: FunctionT) -> FunctionT:
    """As `lean`, and kept on disk like a kernel: for what several kernels call and what takes long to compile."""
    inside: FunctionT = _only_inside(_kept(function, _nrt=False, **_NOT_FROM_PYTHON))
    return inside


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that Python calls and keep the result on disk.

    Numba renews a cached kernel when the file of that very function changed, not when a file it calls into did. So
    the cache is kept in a folder named after the function's source and all that it imports of Paddock, in
    NUMBA_CACHE_DIR if that is set: a change to a command compiles nothing anew. Where the folder cannot be written,
    Numba falls back on the user's, and failing that every process compiles for itself.
    """
    return _kept(function)


def _kept(function: FunctionT, **options: Any) -> FunctionT:
    path = Path(inspect.getfile(function))
    before = _settings.CACHE_DIR
    base = Path(before) if before else path.parent / "__pycache__"
    _settings.CACHE_DIR = str(base / f"kernels-{_digest(path)}")
    try:
        compiled: FunctionT = _njit(nogil=True, cache=True, **options)(function)
    except RuntimeError:  # no place to keep it
        compiled = _njit(nogil=True, **options)(function)
    finally:
        _settings.CACHE_DIR = before
    return compiled
