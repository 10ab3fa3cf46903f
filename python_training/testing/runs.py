"""Real runs for tests: created in a folder of their own, trained by real worker processes, compared by what holds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from python_training.contracts.events import Event, EventType
from python_training.runtime.journal import effective_points, read_events
from python_training.runtime.run_folder import RunFolder, create_run

T = TypeVar("T")


def scripted_run(root: Path, **config: Any) -> RunFolder:
    """A queued run of the scripted trainer in `root`/logs and `root`/checkpoints."""
    return create_run(root / "logs", root / "checkpoints", system="scripted", config=config)


def spawn_worker(folder: RunFolder) -> subprocess.Popen[bytes]:
    """Train a run as the supervisor would: its own session, output to worker.log. The caller reaps it."""
    with folder.log_path.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "python_training.runtime", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def train(folder: RunFolder, timeout: float = 60.0) -> int:
    """Train a run in a worker process until that ends; returns its exit code."""
    worker = spawn_worker(folder)
    try:
        return worker.wait(timeout)
    finally:
        worker.kill()
        worker.wait()


def wait_for(look: Callable[[], T | None], what: str, timeout: float = 20.0) -> T:
    """What `look` returns as soon as that is true; fails with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.005)
    raise AssertionError(f"Waited {timeout:g} s in vain for {what}.")


def events_of(folder: RunFolder, type: EventType) -> list[Event]:
    """All events of one type that a run's journal has."""
    return [event for event in read_events(folder.path) if event.type is type]


def statuses(folder: RunFolder) -> list[str]:
    """All statuses that the run has had."""
    return [event.data["status"] for event in events_of(folder, EventType.STATUS)]


def health_codes(folder: RunFolder) -> list[str]:
    """Codes of all health events of a run."""
    return [event.data["code"] for event in events_of(folder, EventType.HEALTH)]


def deterministic_points(folder: RunFolder) -> list[tuple[int, dict[str, Any]]]:
    """The points of a run that hold, without what depends on the clock: equal for equal runs."""
    names = {spec.name for spec in folder.spec().metrics if spec.deterministic}
    points = effective_points(read_events(folder.path))
    return [(step, {name: values[name] for name in sorted(names & values.keys())}) for step, _, values in points]


def newest_files(folder: RunFolder) -> tuple[int, dict[str, str]]:
    """Step and file hashes of a run's newest checkpoint."""
    info = folder.checkpoints().list()[-1]
    return info.step, {file.name: file.sha256 for file in info.files}
