"""The steps by which a silent worker is ended, with a real process that refuses SIGTERM."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from backend.workers.ending import Ending, StopPolicy
from python_training.runtime.run_folder import WorkerInfo

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


@pytest.fixture
def deaf() -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own session that ignores SIGTERM."""
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def ending(process: subprocess.Popen[bytes], now: list[float]) -> Ending:
    """The end of that process, by a clock that the test moves."""
    worker = WorkerInfo(process.pid, psutil.Process(process.pid).create_time(), "supervisor", "/nowhere")
    return Ending(worker, StopPolicy(patience_s=10, grace_s=5), clock=lambda: now[0])


def test_sigkill_follows_when_sigterm_has_no_effect(deaf: subprocess.Popen[bytes]) -> None:
    """First patience, then SIGTERM, then grace, then SIGKILL; each is told once."""
    now = [0.0]
    end = ending(deaf, now)
    told = []
    for now[0], silent in ((1, 8), (9, 16), (10, 17), (11, 18), (14, 21), (15, 22), (16, 23)):
        told.append(end.go_on(silent) or "")
    assert [text.split()[-3] if text else "" for text in told] == ["", "", "SIGTERM", "", "", "SIGKILL", ""]
    assert deaf.wait(timeout=30) == -9
    assert len(end.told) == 2


def test_a_worker_that_answers_again_is_given_time_again(deaf: subprocess.Popen[bytes]) -> None:
    """Whoever comes back after SIGTERM is not killed for the silence before it."""
    now = [0.0]
    end = ending(deaf, now)
    for now[0], silent in ((10, 10), (14, 0), (16, 0), (30, 0), (31, 8)):
        end.go_on(silent)
    assert len(end.told) == 1
    assert deaf.poll() is None
