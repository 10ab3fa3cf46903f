"""How many cores the numeric libraries of a worker may use, so that two runs share a machine instead of fighting."""

from __future__ import annotations

import os

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def limit_threads(threads: int) -> None:
    """Tell BLAS, numba and TensorFlow, which read it when they are imported, to use `threads` cores."""
    for variable in VARIABLES:
        os.environ[variable] = str(threads)
