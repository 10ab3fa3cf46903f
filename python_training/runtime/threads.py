"""How many cores the numeric libraries of a worker may use, so that two runs share a machine instead of fighting."""

from __future__ import annotations

import os
import sys

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def limit_threads(threads: int) -> None:
    """Tell BLAS, numba and TensorFlow, which read it when they are imported, to use `threads` cores.

    NumPy's own BLAS gets one: it multiplies the small matrices of acting, and its threads wait by spinning. Where they
    shared two cores with other work, acting for 64 rovers took 10 ms in place of 0.2.
    """
    numba = sys.modules.get("numba")
    for variable in VARIABLES:
        # A numba that has its threads already refuses another value there; it is told directly.
        if numba is None or not variable.startswith("NUMBA"):
            os.environ[variable] = "1" if variable.startswith("OPENBLAS") else str(threads)
    if numba is not None:
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
