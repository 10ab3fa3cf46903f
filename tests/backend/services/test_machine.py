from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.services.cpu_meter import CpuMeter
from backend.services.machine import Machine


@pytest.fixture
def busy() -> Iterator[int]:
    """The pid of a process that does nothing but count."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    time.sleep(0.3)  # of work, so that there is something to measure
    yield process.pid
    process.kill()
    process.wait()


def test_the_first_look_measures(room: Any, tmp_path: Path, busy: int) -> None:
    """No figure is 0 because nobody has asked before."""
    machine = Machine(room.store, tmp_path, lambda: True)
    assert machine.look().cpu_percent > 0


def test_a_new_process_is_told_over_its_life(busy: int) -> None:
    """A worker that has just begun is as busy as it was since then, not 0 percent."""
    meter = CpuMeter()
    meter.take([])
    time.sleep(0.3)
    meter.take([busy, os.getpid()])
    assert meter.processes[busy] > 5
    assert meter.processes[busy] < 120


def test_an_idle_process_is_idle_after_a_busy_life() -> None:
    """What is told is about now: this process has worked hard, and sleeps."""
    meter = CpuMeter()
    meter.take([os.getpid()])
    time.sleep(0.5)
    meter.take([os.getpid()])
    assert meter.processes[os.getpid()] < 50


def test_two_who_look_at_once_get_the_same(busy: int) -> None:
    """A second look right after the first does not divide by nothing."""
    meter = CpuMeter()
    meter.take([busy])
    time.sleep(0.3)
    meter.take([busy])
    first = meter.machine, meter.processes[busy]
    meter.take([busy])
    assert (meter.machine, meter.processes[busy]) == first
    assert not meter.is_stale()


def test_a_process_that_has_ended_is_left_out(busy: int) -> None:
    """It ends between the list of runs and the look at it."""
    meter = CpuMeter()
    meter.take([busy])
    time.sleep(0.25)
    meter.take([busy, 2**22 + 1])
    assert 2**22 + 1 not in meter.processes
