from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np

import python_training.simulators.arena.kernels as arena
from python_training.compiled.kernel import inlined, kernel, lean, sources, subroutine


def test_kernel_is_compiled_anew_when_anything_it_calls_changed() -> None:
    """What it imports counts, also through others and from other packages; what it does not import does not."""
    path = Path(inspect.getfile(arena))
    names = {each.relative_to(path.parents[2]).as_posix() for each in sources(path)}
    assert {"simulators/arena/kernels.py", "simulators/arena/targeting.py", "compiled/generator.py"} <= names
    assert not {"simulators/arena/view.py", "simulators/arena/vector_env.py"} & names


@inlined
def _twice(value: float) -> float:
    return 2.0 * value


@lean
def _thrice(value: float) -> float:
    return _twice(value) + value


@subroutine
def _filled(count: int) -> np.ndarray:
    return np.full(count, _thrice(1.0))


@kernel
def _total(count: int) -> float:
    return _filled(count).sum() + _thrice(2.0)


def test_parts_of_kernels_can_be_called_from_python() -> None:
    """Compiled, they have no door to Python, and would crash the process; they run as the Python that they are."""
    assert _total(4) == 18.0
    assert (_twice(1.5), _thrice(1.5), _filled(2).tolist()) == (3.0, 4.5, [3.0, 3.0])
