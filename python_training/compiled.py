"""How kernels are compiled: once per machine and version of the sources, without the GIL."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import types

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_settings: Any = numba.config  # its attributes are made at run time
_njit: Any = numba.njit  # its types know nothing of _nrt
_typeof: Any = numba.typeof


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


class Passable(types.WrapperAddressProtocol):
    """A kernel that another kernel may be given and call; build it with `passable`.

    The one that is given it is compiled for any function of that signature, and so is kept on disk like every kernel;
    it may be of another package, since the address is looked up anew in each process.
    """

    def __init__(self, function: Any, kinds: tuple[Any, ...]) -> None:
        function.compile(kinds)
        compiled = function.overloads[kinds]
        self._signature = compiled.signature
        self._address: int = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name)

    def signature(self) -> Any:
        """For Numba: what is given, and what comes back."""
        return self._signature

    def __wrapper_address__(self) -> int:
        """For Numba: where the compiled code is."""
        return self._address


_passables: dict[Any, Passable] = {}


def passable(function: Any, *arguments: Any) -> Any:
    """What to give as the kernel `function` to another kernel, that calls it with such arguments.

    Looking at their types takes a millisecond, so it is done once: they must be the same for ever, or Numba refuses the
    call. With the JIT switched off a kernel is a function that can be given as it is.
    """
    if not hasattr(function, "overloads"):
        return function
    if function not in _passables:
        _passables[function] = Passable(function, tuple(_typeof(argument) for argument in arguments))
    return _passables[function]
