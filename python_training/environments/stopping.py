"""How a stop reaches what runs for long: loops over code from outside, each step of which may take seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

GRACE_S = 10.0
"""Seconds that the work at hand still has for coming to its end in order."""


class InterruptedWorkError(Exception):
    """A stop was asked for, and the work at hand did not end by itself. What it changed so far is worth nothing."""


class StopSignal:
    """Asked from any thread or signal handler, looked at by whoever works.

    Work elsewhere (another process) cannot see it: a copy made by pickle is never asked.
    """

    def __init__(self) -> None:
        # One assignment and no lock: a signal handler may interrupt anything.
        self._deadline: float | None = None

    def ask(self, grace_s: float = GRACE_S) -> None:
        """Have `check` raise once `grace_s` seconds have gone by; a second call changes nothing."""
        if self._deadline is None:
            self._deadline = time.monotonic() + grace_s

    def check(self) -> None:
        """Raise InterruptedWorkError if there was a stop, and the time for ending by itself is over."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise InterruptedWorkError("A stop was asked for.")

    def __reduce__(self) -> tuple[type[StopSignal], tuple[()]]:
        return StopSignal, ()


_current: ContextVar[StopSignal] = ContextVar("stop_signal")


@contextmanager
def stopped_by(signal: StopSignal) -> Iterator[None]:
    """Let everything that is opened within listen to `signal`."""
    token = _current.set(signal)
    try:
        yield
    finally:
        _current.reset(token)


def current_stop() -> StopSignal:
    """The signal that the caller's work listens to; one that nobody asks where there is none."""
    return _current.get(None) or StopSignal()
