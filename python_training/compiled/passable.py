"""Kernels that are given to other kernels, which know nothing of them but their signature."""

from __future__ import annotations

from typing import Any

import numba
from numba import types

_typeof: Any = numba.typeof  # it has no types itself


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
