"""Sessions: worlds to watch, played by a run's policy or by a script."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.run import Run
from backend.errors import CommandTimeoutError, ConflictError, NotFoundError
from backend.services.runs import Runs
from backend.store.base import RunFilter
from backend.workers.sessions import SessionProcess, SessionProcesses
from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import (
    CommandRefusedError,
    ConfigError,
    NoCheckpointError,
    PaddockError,
    UnknownNameError,
)
from python_training.contracts.seeds import held_out_seeds
from python_training.runtime.control import Reply
from python_training.runtime.session_spec import SessionSpec

START_S = 30.0
"""A session compiles its world the first time, which takes some seconds."""

POLICY = "policy"
Ended = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Session:
    """One session as everybody sees it; `run` and `step` are None where no policy plays."""

    id: str
    run: str | None
    step: int | None
    world: str
    player: str
    seed: int
    speed: float
    pid: int
    created: float

    def to_dict(self) -> dict[str, Any]:
        """The session as the JSON object that REST shows."""
        return {name: getattr(self, name) for name in self.__slots__}


class Sessions:
    """The sessions of this server. Safe to use from several threads or greenlets.

    Args:
        max_sessions: more at once are refused: each is a process of its own.
        idle_s: a session ends when nobody has watched it for so long.
        ended: called with the id of a session that has ended, and why.
    """

    def __init__(
        self,
        runs: Runs,
        processes: SessionProcesses,
        *,
        max_sessions: int = 4,
        idle_s: float = 30.0,
        ended: Ended = lambda _id, _reason: None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._runs = runs
        self._processes = processes
        self._max_sessions = max_sessions
        self._idle_s = idle_s
        self._ended = ended
        self._sleep = sleep
        self._lock = threading.Lock()
        self._live: dict[str, tuple[Session, SessionProcess]] = {}
        self._starting = 0

    def create(
        self,
        *,
        run: str | None = None,
        step: int | None = None,
        world: str | None = None,
        player: str = POLICY,
        seed: int | None = None,
        speed: float = 1.0,
    ) -> Session:
        """Start a session and wait until it can be watched.

        A policy is that of `run` (of the newest run that has a checkpoint, if none is named) at `step` (following the
        newest checkpoint, if none is named); the world is then the run's own unless another one is named. Any other
        player is one of the world's scripted players.

        Raises:
            NotFoundError, UnknownNameError, NoCheckpointError: something named is not there.
            ConfigError: a value is not what its field takes.
            ConflictError: there are as many sessions as there may be.
        """
        known = self._runs.get(run) if run else self._newest_to_watch() if player == POLICY else None
        chosen, world_config = _world_of(known, world)
        session_id = secrets.token_hex(6)
        spec = validate(
            SessionSpec,
            {
                "id": session_id,
                "folder": str(self._processes.folder(session_id)),
                "world": chosen.name,
                "world_config": world_config,
                "player": self._player(known, step, chosen, player),
                "seed": held_out_seeds(1)[0] if seed is None else seed,
                "speed": speed,
                "idle_s": self._idle_s,
            },
        )
        self._reserve()
        try:
            process = self._processes.spawn(spec)
            self._await(process)
        finally:
            with self._lock:
                self._starting -= 1
        session = Session(
            id=session_id,
            run=known.id if known and player == POLICY else None,
            step=step,
            world=chosen.name,
            player=player,
            seed=spec.seed,
            speed=speed,
            pid=process.pid,
            created=time.time(),
        )
        with self._lock:
            self._live[session_id] = (session, process)
        return session

    def list(self) -> list[Session]:
        """Live sessions, oldest first."""
        self.reap()
        with self._lock:
            return [session for session, _ in self._live.values()]

    def command(self, session_id: str, name: str, args: Mapping[str, Any] | None = None) -> Reply:
        """Give a session a command (play, pause, restart, speed, status, close) and wait until it is done.

        Raises:
            NotFoundError: there is no such session.
            CommandRefusedError, WorkerUnreachableError: it did not carry the command out.
        """
        return self._process(session_id).control().request(name, args, timeout=10.0)

    def frames(
        self, session_id: str, fps: float = 30.0, *, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[dict[str, Any]]:
        """Pictures of a session as JSON objects, until it ends or `stopped()`; raises NotFoundError at once."""
        return self._process(session_id).control().frames(fps, stopped=stopped)

    def close(self, session_id: str) -> None:
        """End a session; raises NotFoundError if there is none."""
        self._process(session_id)
        with self._lock:
            entry = self._live.pop(session_id, None)
        if entry is not None:
            self._processes.end([entry[1]])
            self._ended(session_id, "closed")

    def close_all(self) -> None:
        """End every session, because the server ends."""
        with self._lock:
            processes = [process for _, process in self._live.values()]
            self._live.clear()
        self._processes.end(processes)

    def reap(self) -> None:
        """Notice sessions that have ended by themselves; to be called now and then."""
        with self._lock:
            over = [id for id, (_, process) in self._live.items() if process.exit_code is not None]
            gone = [(id, self._live.pop(id)[1]) for id in over]
        for id, process in gone:
            reason = process.last_words() or f"exit code {process.exit_code}"
            process.clean_up()
            self._ended(id, reason.removeprefix("Ended: ").rstrip("."))

    def _process(self, session_id: str) -> SessionProcess:
        self.reap()
        with self._lock:
            if session_id in self._live:
                return self._live[session_id][1]
        raise NotFoundError(f"There is no session '{session_id[:100]}'.", hint="It may have ended: start another one.")

    def _reserve(self) -> None:
        self.reap()
        with self._lock:
            if len(self._live) + self._starting >= self._max_sessions:
                raise ConflictError(
                    f"At most {self._max_sessions} sessions may be open at once.", hint="Close one of them first."
                )
            self._starting += 1

    def _await(self, process: SessionProcess) -> None:
        deadline = time.monotonic() + START_S
        while not process.is_listening:
            code = process.exit_code
            if code is None and time.monotonic() < deadline:
                self._sleep(0.02)
                continue
            message = process.last_words()
            self._processes.end([process])
            raise _failure(code, message)

    def _newest_to_watch(self) -> Run:
        for run in sorted(self._runs.find(RunFilter())[0], key=lambda each: each.created, reverse=True):
            if run.checkpoint_step is not None and registry.system(run.system).policy:
                return run
        raise NoCheckpointError("No run has a checkpoint yet.", hint="Save one, or watch a scripted player.")

    def _player(self, run: Run | None, step: int | None, world: registry.WorldEntry, player: str) -> dict[str, Any]:
        if player != POLICY:
            if player not in world.players:
                raise UnknownNameError.among("player", player, (POLICY, *world.players), field="player")
            return {"kind": "scripted", "name": player}
        assert run is not None  # noqa: S101  # for mypy: create looked one up
        if not registry.system(run.system).policy:
            raise ConfigError(f"run: a run of '{run.system}' leaves no policy that could play.", field="run")
        folder = self._runs.folder(run.id)
        if step is not None:
            folder.checkpoints().get(step)
        elif not folder.checkpoints().list():
            raise NoCheckpointError(f"{run.id} has no checkpoint yet.", field="run", hint="Save one first.")
        return {
            "kind": "policy",
            "run_dir": str(folder.path),
            "checkpoints_dir": str(folder.checkpoints_dir),
            "step": step,
        }


def _world_of(run: Run | None, name: str | None) -> tuple[registry.WorldEntry, Mapping[str, Any]]:
    """The world that is meant, and its config: the run's own if that is the run's world."""
    env = run.config.get("env") if run else None
    own = registry.world(env) if isinstance(env, str) else None
    chosen = registry.world(name) if name else own or (next(iter(registry.WORLDS.values())) if run is None else None)
    if chosen is None:
        wanted = name or env
        raise UnknownNameError.among("world", str(wanted), registry.WORLDS, field="world")
    config = run.config.get("env_config") if run and chosen is own else None
    return chosen, config if isinstance(config, Mapping) else {}


def _failure(code: int | None, message: str) -> PaddockError:
    """What the exit code of a session that did not start means (python_training.runtime.session)."""
    if code is None:
        return CommandTimeoutError(f"The session did not start within {START_S:g} s.")
    known: dict[int, type[PaddockError]] = {3: ConfigError, 4: NotFoundError}
    return known.get(code, CommandRefusedError)(message or f"The session ended with exit code {code}.")
