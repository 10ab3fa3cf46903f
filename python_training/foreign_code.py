"""Keeps foreign code from ending the process that called it: what it raises becomes an error, with where it came from.

Worlds, objectives, providers and modules of users are called by Paddock. Some raise SystemExit, as worlds with a window
do when that is closed, or call os._exit. Such an end would look like one that somebody had asked for.
"""

from __future__ import annotations

import os
import signal
import sysconfig
import threading
import traceback
from contextlib import ContextDecorator
from types import FrameType, TracebackType
from typing import Any, NoReturn

from python_training.contracts.errors import ForeignExitError

_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
_exit = os._exit  # CPython's, documented under this name


class _Blocks(threading.local):
    """The `contained` blocks that a thread is in.

    Attributes:
        depth: how many.
        pid: in which process: a forked one inherits the number.
        handler: of SIGINT, to be put back after the outermost block; None if it was not replaced.
    """

    depth = 0
    pid = 0
    handler: Any = None


_blocks = _Blocks()


class _Interrupt:
    """Whether a real SIGINT has come since the outermost block of the main thread began."""

    seen = False


class contained(ContextDecorator):  # noqa: N801  # read as a keyword, like contextlib's own
    """A block, or a function, in which foreign code runs.

    An Exception leaves it as it is. SystemExit, GeneratorExit, KeyboardInterrupt or any other BaseException, and a call
    of os._exit, leave it as ForeignExitError. A KeyboardInterrupt because somebody pressed Ctrl+C stays one.

    Args:
        what: what was going on, for the message: "training", "the evaluation".
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        if os._exit is _exit:
            os._exit = _refused_exit
        if _blocks.pid != os.getpid():
            _blocks.depth, _blocks.pid, _blocks.handler = 0, os.getpid(), None
        _blocks.depth += 1
        if _blocks.depth == 1:
            _blocks.handler = _watch_interrupts()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _blocks.depth -= 1
        if _blocks.depth == 0 and _blocks.handler is not None:
            signal.signal(signal.SIGINT, _blocks.handler)
            _blocks.handler = None
        if error is None or isinstance(error, Exception):
            return
        if isinstance(error, KeyboardInterrupt) and _is_from_a_person():
            return
        raise ForeignExitError(
            f"{_shown(error)} ended {self._what}, raised {_place(trace)}.",
            hint="Code that is called by Paddock has to return or to raise an Exception.",
        ) from error


def _watch_interrupts() -> Any:
    """Note real interrupts while the block lasts; the handler to put back, None where none was replaced."""
    if threading.current_thread() is not threading.main_thread():
        return None
    _Interrupt.seen = False
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return None  # the worker's own, which raises nothing
    return signal.signal(signal.SIGINT, _interrupted)


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    _Interrupt.seen = True
    raise KeyboardInterrupt


def _is_from_a_person() -> bool:
    return _Interrupt.seen and threading.current_thread() is threading.main_thread()


def _refused_exit(status: int) -> NoReturn:
    """Stands in for os._exit; in a forked child, and outside of foreign code, it is that."""
    if _blocks.depth > 0 and _blocks.pid == os.getpid():
        raise _ExitCalled(status)
    _exit(status)


class _ExitCalled(BaseException):
    """A call of os._exit."""


def _shown(error: BaseException) -> str:
    if isinstance(error, _ExitCalled):
        return f"os._exit({error.args[0]!r})"
    arguments = ", ".join(repr(argument) for argument in error.args)
    return f"{type(error).__name__}({arguments})"[:300]


def _place(trace: TracebackType | None) -> str:
    """Where it was raised: the innermost line that is not of the standard library, for `exit()` and argparse are."""
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if not _is_standard(frame.filename) and frame.filename != __file__]
    if not own:
        return "in no code that can be named"
    return f"by {own[-1].name} in {own[-1].filename}, line {own[-1].lineno}"


def _is_standard(filename: str) -> bool:
    return filename.startswith(("<frozen", f"{_STANDARD_LIBRARY}{os.sep}")) and "site-packages" not in filename
