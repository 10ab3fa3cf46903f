from __future__ import annotations

import inspect
from pathlib import Path

import python_training.simulators.arena.kernels as arena
from python_training.compiled.kernel import sources


def test_kernel_is_compiled_anew_when_anything_it_calls_changed() -> None:
    """What it imports counts, also through others and from other packages; what it does not import does not."""
    path = Path(inspect.getfile(arena))
    names = {each.relative_to(path.parents[2]).as_posix() for each in sources(path)}
    assert {"simulators/arena/kernels.py", "simulators/arena/targeting.py", "compiled/generator.py"} <= names
    assert not {"simulators/arena/view.py", "simulators/arena/vector_env.py"} & names
