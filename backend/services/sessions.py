"""Sessions: worlds to watch, games to play and recordings to see again, each in a process of its own."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.errors import CommandTimeoutError, ConflictError, NotFoundError
from backend.services.session_plans import Kind, Plan
from backend.workers.sessions import SessionProcess, SessionProcesses
from python_training.contracts.config import validate
from python_training.contracts.errors import CommandRefusedError, ConfigError, PaddockError
from python_training.runtime.control import Reply
from python_training.runtime.control_stream import FrameStream
from python_training.runtime.session_commands import InputArguments
from python_training.runtime.session_spec import SessionSpec

START_S = 180.0
"""A session compiles its world the first time; where set-up has not done so, that takes minutes on a busy machine."""

Ended = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a session runs; None for what is usual."""

    speed: float = 1.0
    fps: float | None = None
    idle_s: float | None = None


AS_USUAL = Pace()


@dataclass(frozen=True, slots=True)
class Session:
    """One session as everybody sees it; `run` and `step` are None where no policy plays alone."""

    id: str
    kind: Kind
    run: str | None
    step: int | None
    world: str
    player: str
    seats: tuple[Mapping[str, Any], ...]
    seed: int
    speed: float
    pid: int
    created: float

    def to_dict(self) -> dict[str, Any]:
        """The session as the JSON object that REST shows."""
        return {name: getattr(self, name) for name in self.__slots__} | {"seats": list(self.seats)}


class Sessions:
    """The sessions of this server. Safe to use from several threads or greenlets.

    Args:
        max_sessions: more at once are refused: each is a process of its own.
        idle_s: a session ends when nobody has watched it for so long.
        ended: called with the id of a session that has ended, and why.
    """

    def __init__(
        self,
        processes: SessionProcesses,
        *,
        max_sessions: int = 4,
        idle_s: float = 30.0,
        ended: Ended = lambda _id, _reason: None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._processes = processes
        self._max_sessions = max_sessions
        self._idle_s = idle_s
        self._ended = ended
        self._sleep = sleep
        self._lock = threading.Lock()
        self._live: dict[str, tuple[Session, SessionProcess]] = {}
        self._starting = 0

    def start(self, plan: Plan, pace: Pace = AS_USUAL) -> Session:
        """Start what is planned, and wait until it can be watched.

        Raises:
            ConfigError, NotFoundError: the session found that something in it cannot be shown.
            ConflictError: there are as many sessions as there may be.
        """
        session_id = secrets.token_hex(6)
        folder = self._processes.folder(session_id)
        spec = validate(
            SessionSpec,
            {
                **plan.shown,
                "id": session_id,
                "folder": str(folder),
                "seed": plan.seed,
                "speed": pace.speed,
                "fps": pace.fps or plan.fps,
                "idle_s": pace.idle_s or self._idle_s,
            },
        )
        self._reserve()
        try:
            process = self._processes.spawn(spec, plan.files, plan.admitted)
            self._await(process)
        finally:
            with self._lock:
                self._starting -= 1
        session = Session(
            id=session_id,
            kind=plan.kind,
            run=plan.run,
            step=plan.step,
            world=plan.world,
            player=plan.player,
            seats=plan.seats,
            seed=spec.seed,
            speed=spec.speed,
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

    def get(self, session_id: str) -> Session:
        """A live session; raises NotFoundError if there is none."""
        self._process(session_id)
        with self._lock:
            if session_id in self._live:
                return self._live[session_id][0]
        raise _gone(session_id)

    def command(self, session_id: str, name: str, args: Mapping[str, Any] | None = None) -> Reply:
        """Give a session a command (see python_training.runtime.session_commands) and wait until it is done.

        Raises:
            NotFoundError: there is no such session.
            CommandRefusedError, WorkerUnreachableError: it did not carry the command out.
        """
        return self._process(session_id).control().request(name, args, timeout=10.0)

    def steer(self, session_id: str, args: Mapping[str, Any]) -> None:
        """Pass on what a person's hands do, without waiting for it to take effect.

        Raises:
            NotFoundError: there is no such session.
            ConfigError: a value is not what its field takes.
            WorkerUnreachableError: the session does not listen.
        """
        validate(InputArguments, dict(args))
        self._process(session_id).tell("input", args)

    def stream(self, session_id: str, fps: float = 30.0, stills: str = "always") -> FrameStream:
        """Pictures of a session as JSON text; raises NotFoundError if there is none."""
        return self._process(session_id).stream(fps, stills)

    def recording(self, session_id: str) -> bytes:
        """The recording of a game, as JSON: as far as it has come, or whole if its session is over.

        Raises:
            NotFoundError: there is none.
            WorkerUnreachableError: the session does not answer.
        """
        self.reap()
        with self._lock:
            live = self._live.get(session_id)
        if live is not None and live[0].kind == "game":
            live[1].control().request("record", timeout=10.0)
            path = live[1].recording
        else:
            kept = None if live else self._processes.recordings.find(session_id)
            if kept is None:
                raise NotFoundError(
                    f"There is no recording of a session '{session_id[:100]}'.",
                    hint="Games are recorded; the newest ones are kept when they are over.",
                )
            path = kept
        return path.read_bytes()

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
        raise _gone(session_id)

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


def _gone(session_id: str) -> NotFoundError:
    return NotFoundError(f"There is no session '{session_id[:100]}'.", hint="It may have ended: start another one.")


def _failure(code: int | None, message: str) -> PaddockError:
    """What the exit code of a session that did not start means (python_training.runtime.session)."""
    if code is None:
        return CommandTimeoutError(f"The session did not start within {START_S:g} s.")
    known: dict[int, type[PaddockError]] = {3: ConfigError, 4: NotFoundError}
    return known.get(code, CommandRefusedError)(message or f"The session ended with exit code {code}.")
