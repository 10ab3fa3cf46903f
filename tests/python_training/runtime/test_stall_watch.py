from __future__ import annotations

import threading

from python_training.runtime.stall_watch import STALL_FACTOR, StallWatch
from python_training.testing.runs import wait_for


def test_a_stalled_update_is_reported_once_and_so_is_its_end() -> None:
    """One warning while it hangs, one word when it ends; a quick update is not worth a word."""
    told: list[str] = []
    watch = StallWatch(lambda level, code, message, step=None: told.append(code), after_s=0.02, poll_s=0.001)
    with watch:
        wait_for(lambda: told == ["stalled"], "the report")
        threading.Event().wait(0.03)
    assert told == ["stalled", "recovered"]
    with watch:
        pass
    watch.close()
    watch.close()
    assert told == ["stalled", "recovered"]


def test_long_updates_are_measured_by_their_own_kind() -> None:
    """Where one update took 50 ms, the next may take 20 times that, however small the fixed limit is."""
    watch = StallWatch(lambda *_: None, after_s=0.3)
    assert watch.limit_s == 0.3
    with watch:
        threading.Event().wait(0.05)
    with watch:
        pass
    watch.close()
    assert watch.limit_s >= STALL_FACTOR * 0.05
