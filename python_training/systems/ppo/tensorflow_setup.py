"""Imports TensorFlow and TF-Agents as this project needs them: with legacy Keras, and without their chatter."""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from types import ModuleType

_lock = threading.Lock()
_ready = False


def learner_module() -> ModuleType:
    """The module `learner`, which imports TensorFlow: seconds at the first call. Any thread may ask."""
    with _lock:
        _prepare()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TF-Agents 0.19 is older than the Python that warns about it
            return importlib.import_module("python_training.systems.ppo.learner")


def begin_import(threads: int) -> threading.Thread:
    """Import in the background, so that the world can be compiled and the first policy judged meanwhile.

    TensorFlow will use `threads` cores, unless the environment says otherwise already.
    """
    for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(variable, str(threads))
    thread = threading.Thread(target=learner_module, name="import-tensorflow", daemon=True)
    thread.start()
    return thread


def _prepare() -> None:
    """Set what TensorFlow reads when it is imported."""
    global _ready
    if _ready:
        return
    os.environ["TF_USE_LEGACY_KERAS"] = "1"  # TF-Agents is written for Keras 2
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # no faster at these sizes, and it announces that sums vary
    notices = importlib.import_module("gym_notices.notices").notices
    notices.clear()  # gym, which TF-Agents imports, would print that gymnasium is to be preferred
    _ready = True
