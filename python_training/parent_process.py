"""Ties a process to the one that started it, where neither a pipe that ends nor a signal to a group can be relied on.

A pipe's end is only seen by who reads it: not by a process that is stopped, nor by one whose libraries hold the
interpreter, nor as long as anybody else has inherited the other end.
"""

from __future__ import annotations

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""Of linux/prctl.h; see prctl(2)."""


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process `number` once the thread that started it is gone, be it by SIGKILL.

    Call it first thing: a parent that is gone already is not noticed any more. (To have it done between fork and exec
    would leave no such moment, but Python code there can deadlock a process of many threads.) Linux alone can do it;
    elsewhere nothing happens, and what else there is has to do.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
