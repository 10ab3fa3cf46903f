"""Sessions with real processes and the real Lunabotics world."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.errors import ConflictError, NotFoundError
from backend.services.casting import Casting
from backend.services.elites import Elites
from backend.services.journal_feed import JournalFeed
from backend.services.player_files import PlayerFiles
from backend.services.runs import Runs
from backend.services.session_plans import SessionPlans
from backend.services.sessions import AS_USUAL, Pace, Session, Sessions
from backend.store.sql import SqlRunStore
from backend.workers.sessions import FOLDER, SessionProcesses
from python_training.contracts.errors import (
    CommandRefusedError,
    ConfigError,
    NoCheckpointError,
    UnknownNameError,
)


class Stage:
    """Sessions on an empty logs folder, and which of them have ended."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.logs = root / "logs"
        self.store = SqlRunStore(f"sqlite:///{root / 'paddock.db'}")
        feed = JournalFeed(self.store, self.logs, root / "checkpoints", lambda _id, _events: None)
        self.runs = Runs(self.store, feed, self.logs, root / "checkpoints")
        self.ended: list[tuple[str, str]] = []
        self.sessions = Sessions(SessionProcesses(self.logs), ended=lambda *told: self.ended.append(told), **options)
        self.plans = SessionPlans(self.runs, Casting(self.runs, Elites(self.runs), PlayerFiles(root / "players")))

    def watch(self, pace: Pace = AS_USUAL, **wanted: Any) -> Session:
        """Start a session with one player."""
        return self.sessions.start(self.plans.watch(**wanted), pace)

    def close(self) -> None:
        """End as the server does."""
        self.sessions.close_all()
        self.store.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage that leaves no process behind."""
    made = Stage(tmp_path, max_sessions=1, idle_s=60.0)
    yield made
    made.close()


def until(condition: Callable[[], Any], what: str, timeout: float = 30.0) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"Waited {timeout:g} s in vain for {what}."
        time.sleep(0.02)


def test_a_script_can_be_watched_and_steered(stage: Stage) -> None:
    """A session shows frames that move, obeys commands, and is gone with its folder when it is closed."""
    session = stage.watch(Pace(speed=4.0), world="lunabotics", player="expert", seed=5)
    assert (session.kind, session.run, session.world, session.player, session.seed, session.seats) == (
        *("watch", None, "lunabotics", "expert", 5, ()),
    )
    assert stage.sessions.list() == [session]
    stream = stage.sessions.stream(session.id, fps=30)
    frames = stream.frames()
    times = [json.loads(next(frames).text)["t"] for _ in range(5)]
    stream.close()
    assert times == sorted(times)
    assert times[-1] > times[0]
    assert stage.sessions.command(session.id, "speed", {"value": 2.0}).result["speed"] == 2.0
    with pytest.raises(CommandRefusedError):
        stage.sessions.command(session.id, "fly")
    with pytest.raises(ConflictError, match="At most 1"):
        stage.watch(world="lunabotics", player="random")
    stage.sessions.close(session.id)
    assert stage.sessions.list() == []
    assert stage.ended == [(session.id, "closed")]
    assert list((stage.logs / FOLDER).iterdir()) == []
    with pytest.raises(NotFoundError):
        stage.sessions.command(session.id, "status")


def test_a_session_that_dies_is_noticed(stage: Stage) -> None:
    """A killed session is taken off the list, its folder is removed, and who watches is told."""
    session = stage.watch(player="random")
    os.kill(session.pid, signal.SIGKILL)
    until(lambda: stage.sessions.list() == [], "the death to be noticed")
    assert [id for id, _ in stage.ended] == [session.id]
    assert list((stage.logs / FOLDER).iterdir()) == []


def test_what_cannot_be_shown_says_why(stage: Stage) -> None:
    """Unknown names, systems without a policy, and a run without checkpoints each have their own error."""
    with pytest.raises(NoCheckpointError, match="No run has a checkpoint"):
        stage.watch()
    with pytest.raises(NotFoundError):
        stage.watch(run="nobody")
    with pytest.raises(UnknownNameError):
        stage.watch(world="mars", player="expert")
    with pytest.raises(UnknownNameError, match="experd"):
        stage.watch(player="experd")
    with pytest.raises(ConfigError):
        stage.watch(Pace(speed=1000.0), player="expert")
    run = stage.runs.create("scripted")
    with pytest.raises(ConfigError, match="no policy"):
        stage.watch(run=run.id, world="lunabotics")
    policy_run = stage.runs.create("ppo", {"env": "lunabotics"})
    with pytest.raises(NoCheckpointError, match=policy_run.id):
        stage.watch(run=policy_run.id)
    assert stage.sessions.list() == []
    assert not list((stage.logs / FOLDER).glob("*"))
