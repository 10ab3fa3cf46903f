"""Training systems, the worlds they learn in and the runtime that hosts them. Importable without a web server.

`from python_training import train, evaluate, load_policy, ContinuousTrainer` imports what those need, and only then.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["ContinuousTrainer", "evaluate", "load_policy", "train"]

_PUBLIC = {
    "ContinuousTrainer": "python_training.runtime.continuous_trainer",
    "train": "python_training.runtime.library",
    "evaluate": "python_training.environments.evaluate",
    "load_policy": "python_training.runtime.library",
}


def __getattr__(name: str) -> Any:
    """Import a public function when it is asked for: whoever needs only a config must not wait for NumPy."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)
