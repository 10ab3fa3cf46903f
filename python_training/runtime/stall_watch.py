"""Notices from a thread of its own that one `advance` takes far longer than the others did."""

from __future__ import annotations

import threading
import time

from python_training.runtime.report import Report

STALL_AFTER_S = 120.0
STALL_FACTOR = 20.0
"""An advance is called stalled when it takes longer than 120 s and 20 times the longest one so far."""


class StallWatch:
    """Reports a stalled advance once, and its end.

    Args:
        report: called from the watch's own thread, too.
        after_s: an advance shorter than this is never called stalled.
        poll_s: how often the clock is looked at.
    """

    def __init__(self, report: Report, *, after_s: float = STALL_AFTER_S, poll_s: float = 1.0) -> None:
        self._report = report
        self._after_s = after_s
        self._poll_s = poll_s
        self._longest = 0.0
        self._began: float | None = None
        self._stalled = False
        self._ended = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, name="stall-watch", daemon=True).start()

    @property
    def limit_s(self) -> float:
        """How long an update may take before it is called stalled."""
        return max(self._after_s, STALL_FACTOR * self._longest)

    def __enter__(self) -> None:
        with self._lock:
            self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            took = time.monotonic() - (self._began or time.monotonic())
            self._longest = max(self._longest, took)
            self._began = None
            was_stalled, self._stalled = self._stalled, False
        if was_stalled:
            self._report("info", "recovered", f"The update that seemed stalled ended after {took:.0f} s.")

    def close(self) -> None:
        """Stop watching. Safe twice."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self._poll_s):
            with self._lock:
                took = time.monotonic() - self._began if self._began is not None else 0.0
                if self._stalled or took <= self.limit_s:
                    continue
                self._stalled = True
            self._report("warning", "stalled", f"An update has been going on for {took:.0f} s without an end.")
