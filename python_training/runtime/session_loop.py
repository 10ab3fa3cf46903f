"""A session at work: a show and a clock, seen by whoever watches."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import PaddockError
from python_training.runtime.control import socket_path
from python_training.runtime.control_server import Command, ControlServer
from python_training.runtime.game_show import GameShow
from python_training.runtime.pace import Pace
from python_training.runtime.recording import read_recording
from python_training.runtime.replay_show import ReplayShow
from python_training.runtime.session_commands import SESSION
from python_training.runtime.session_spec import RECORDING, SessionSpec
from python_training.runtime.show import Show
from python_training.runtime.solo_show import SoloShow

LOOK_UP_S = 0.05
"""At least this often the session looks who watches."""

HURRY_S = 0.03
"""For so long at a time a session plays ahead to what somebody wants to see; then it looks up."""

SHOWN_AT_ONCE = frozenset({"restart", "focus", "inspect", "seek", "step"})
"""Commands after which there is something else to see, whether time goes on or not."""

LAG_S = 0.25
"""A session that is later than this lets the lost time go, rather than rush through what was missed."""


def open_show(spec: SessionSpec) -> Show:
    """What `spec` asks for; raises ConfigError, UnknownNameError, NoCheckpointError if it cannot be shown."""
    if spec.cast is not None:
        return GameShow(spec.cast, spec.runs, spec.seed, Path(spec.folder) / RECORDING)
    if spec.replay is not None:
        return ReplayShow(read_recording(Path(spec.folder) / spec.replay), spec.runs)
    assert spec.player is not None  # noqa: S101  # for mypy: the spec has one of the three
    return SoloShow(spec.world, spec.world_config, spec.player, spec.seed)


class Session:
    """Plays until it is closed or nobody has watched for `idle_s`. While nobody watches, time stands still in it.

    The clock and the show belong to the thread that calls `run`; commands come in from the control socket's threads
    by a queue, and take effect before the next tick.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: what the spec asks for cannot be shown.
        ControlError: the control socket cannot be opened.
    """

    def __init__(self, spec: SessionSpec) -> None:
        self._spec = spec
        self._speed = spec.speed
        self._playing = True
        self._reason: str | None = None
        self._commands: queue.SimpleQueue[tuple[Command, StrictModel]] = queue.SimpleQueue()
        self._show = open_show(spec)
        self._known = {**SESSION, **self._show.commands}
        self._show.frame()  # a world that cannot be drawn fails here, not in front of a watcher
        self._server = ControlServer(socket_path(Path(spec.folder)), self._take)

    def run(self) -> str:
        """Play; returns why it ended: "idle", or what `end` was told."""
        step_due = seen = time.monotonic()
        pace = Pace()
        moving = changed = False
        try:
            while self._reason is None:
                now = time.monotonic()
                was_moving, moving = moving, self._playing and self._server.watchers > 0
                if self._server.watchers:
                    seen = now
                elif now - seen >= self._spec.idle_s:
                    self.end("idle")
                if self._server.unserved:
                    self._publish()
                if moving and (not was_moving or now - step_due > LAG_S):
                    step_due = now
                hurried = self._show.hurry(HURRY_S)
                changed = changed or hurried
                while moving and step_due <= now:
                    changed = self._show.advance() or changed
                    step_due += self._show.tick_s / self._speed
                if changed and pace.wait(now, self._rate()) == 0.0:
                    self._publish()
                    pace.passed(now, self._rate())
                    changed = False
                idle = step_due - time.monotonic() if moving else LOOK_UP_S
                self._carry_out_commands(0.0 if hurried else idle)
        finally:
            self._server.close()
            self._show.close()
        return self._reason

    def end(self, reason: str) -> None:
        """Have `run` return soon; safe from a signal handler."""
        self._reason = reason

    def _rate(self) -> float:
        return max(1.0, min(self._spec.fps, self._server.wanted_fps or self._spec.fps))

    def _publish(self) -> None:
        self._server.publish(self._show.frame())

    def _carry_out_commands(self, seconds: float) -> None:
        """Carry out what has come, and wait for it for so long if nothing has."""
        try:
            self._carry_out(*self._commands.get(timeout=min(max(seconds, 0.001), LOOK_UP_S)))
            while True:
                self._carry_out(*self._commands.get_nowait())
        except queue.Empty:
            return

    def _take(self, command: Command) -> None:
        """Runs on a connection's thread: refuse what is wrong, leave the rest to the session's own thread."""
        model = self._known.get(command.name)
        if model is None:
            known = ", ".join(self._known)
            command.refuse(f"A session has no command '{command.name[:40]}'; expected one of {known}.")
            return
        try:
            args = validate(model, dict(command.args))
        except PaddockError as error:
            command.refuse(error.message, field=error.field)
            return
        command.accept()
        self._commands.put((command, args))

    def _carry_out(self, command: Command, args: Any) -> None:
        actions: dict[str, Callable[[], None]] = {
            "play": lambda: self._set_playing(True),
            "pause": lambda: self._set_playing(False),
            "restart": lambda: self._show.restart(args.seed),
            "speed": lambda: self._set_speed(args.value),
            "close": lambda: self.end("closed"),
            "status": lambda: None,
        }
        answer = None
        if command.name == "step":
            self._set_playing(False)
        try:
            if command.name in actions:
                actions[command.name]()
            else:
                answer = self._show.carry_out(command.name, args)
        except PaddockError as error:
            command.fail(error.message)
            return
        if command.name in SHOWN_AT_ONCE:
            self._publish()
        command.done(result=answer if answer is not None else self._status())

    def _set_playing(self, playing: bool) -> None:
        self._playing = playing

    def _set_speed(self, speed: float) -> None:
        self._speed = speed

    def _status(self) -> dict[str, Any]:
        return {**self._show.status(), "speed": self._speed, "playing": self._playing}
