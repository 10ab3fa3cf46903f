"""What a worker prints, on a disk that may be full: words get lost then, the run does not."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any


def complain(message: str) -> None:
    """Say something on stderr; a stderr that takes nothing is no error."""
    with contextlib.suppress(OSError, ValueError):
        print(message, file=sys.stderr, flush=True)


class _LossyFile(io.FileIO):
    """A file that swallows what it cannot write."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data).cast("B"))


def never_fail_to_print() -> None:
    """Make every `print` of this process safe, in foreign code too: worker.log may lie on a disk that is full."""
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = _LossyFile(os.dup(number), "wb")
        text = io.TextIOWrapper(
            io.BufferedWriter(file), encoding="utf-8", errors="backslashreplace", line_buffering=True
        )
        setattr(sys, name, text)
