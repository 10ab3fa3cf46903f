"""How many cores the numeric libraries of a worker may use, so that two runs share a machine instead of fighting."""

from __future__ import annotations

import os
import sys

_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
_BLAS = {"OPENBLAS_NUM_THREADS": "1"}


def thread_variables(threads: int) -> dict[str, str]:
    """The environment in which BLAS, numba and TensorFlow use `threads` cores; they read it when they are imported.

    NumPy's own BLAS gets one: it multiplies the small matrices of acting, and its threads wait by spinning. Where they
    shared two cores with other work, acting for 64 rovers took 10 ms in place of 0.2.
    """
    return {**dict.fromkeys(_VARIABLES, str(threads)), **_BLAS}


def limit_blas() -> None:
    """Give NumPy's BLAS its one thread, before NumPy is imported: a config may need it that names no threads yet."""
    os.environ.update(_BLAS)


def limit_threads(threads: int) -> None:
    """Give this process that environment, for what is not imported yet; a numba that is, is told directly."""
    wanted = thread_variables(threads)
    numba = sys.modules.get("numba")
    if numba is not None:
        del wanted["NUMBA_NUM_THREADS"]  # a numba that has its threads refuses another value there
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    os.environ.update(wanted)
