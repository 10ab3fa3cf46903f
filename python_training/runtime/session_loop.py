"""A session at work: a world, a player and a clock, shown to whoever watches."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from python_training.contracts.player import Player
from python_training.runtime.control import socket_path
from python_training.runtime.control_server import Command, ControlServer
from python_training.runtime.followed_policy import FollowedPolicy
from python_training.runtime.playback import SEEDS_END, Playback
from python_training.runtime.players import scripted_player
from python_training.runtime.run_folder import RunFolder
from python_training.runtime.session_spec import MAX_SPEED, MIN_SPEED, PolicyPlayer, SessionSpec

LOOK_UP_S = 0.05
"""At least this often the session looks who watches."""

LAG_S = 0.25
"""A session that is later than this lets the lost time go, rather than rush through what was missed."""


class Session:
    """Plays until it is closed or nobody has watched for `idle_s`. While nobody watches, time stands still in it.

    The clock, the world and the player belong to the thread that calls `run`; commands come in from the control
    socket's threads by a queue.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: what the spec asks for cannot be shown.
        ControlError: the control socket cannot be opened.
    """

    def __init__(self, spec: SessionSpec) -> None:
        self._spec = spec
        self._speed = spec.speed
        self._playing = True
        self._reason: str | None = None
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._playback = Playback(spec.world, spec.world_config, spec.seed)
        self._policy: FollowedPolicy | None = None
        if isinstance(spec.player, PolicyPlayer):
            folder = RunFolder.at(Path(spec.player.run_dir), Path(spec.player.checkpoints_dir))
            self._policy = FollowedPolicy(folder, spec.player.step)
            player = self._policy.player
        else:
            player = scripted_player(self._playback.world, spec.player.name)
        self._player: Player = player
        self._playback.begin(player)
        self._playback.frame()  # a world that cannot be drawn fails here, not in front of a watcher
        self._server = ControlServer(socket_path(Path(spec.folder)), self._take)

    def run(self) -> str:
        """Play; returns why it ended: "idle", or what `end` was told."""
        step_due = frame_due = seen = time.monotonic()
        moving = False
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
                changed = False
                while moving and step_due <= now:
                    self._advance()
                    changed = True
                    step_due += self._playback.world.step_seconds() / self._speed
                if changed and frame_due <= now:
                    self._publish()
                    frame_due = now + 1.0 / self._rate()
                self._wait_for_command(step_due - time.monotonic() if moving else LOOK_UP_S)
        finally:
            self._server.close()
            self._playback.close()
        return self._reason

    def end(self, reason: str) -> None:
        """Have `run` return soon; safe from a signal handler."""
        self._reason = reason

    def _rate(self) -> float:
        return max(1.0, min(self._spec.fps, self._server.wanted_fps or self._spec.fps))

    def _advance(self) -> None:
        if self._playback.ended:
            self._begin(None)
        else:
            self._playback.step()

    def _begin(self, seed: int | None) -> None:
        """Start an episode with the newest policy: it never changes within one."""
        if self._policy is not None and self._policy.refresh():
            self._player = self._policy.player
        self._playback.begin(self._player, seed)

    def _publish(self) -> None:
        figures = {} if self._policy is None else {"Policy step": self._policy.step}
        self._server.publish(self._playback.frame(figures))

    def _wait_for_command(self, seconds: float) -> None:
        try:
            command = self._commands.get(timeout=min(max(seconds, 0.001), LOOK_UP_S))
        except queue.Empty:
            return
        self._carry_out(command)

    def _take(self, command: Command) -> None:
        """Runs on a connection's thread: refuse what is wrong, leave the rest to the session's own thread."""
        fault = _fault(command)
        if fault is not None:
            command.refuse(fault)
            return
        command.accept()
        self._commands.put(command)

    def _carry_out(self, command: Command) -> None:
        actions: dict[str, Callable[[], None]] = {
            "play": lambda: self._set_playing(True),
            "pause": lambda: self._set_playing(False),
            "restart": lambda: self._restart(command.args.get("seed")),
            "speed": lambda: self._set_speed(float(command.args["value"])),
            "close": lambda: self.end("closed"),
            "status": lambda: None,
        }
        actions[command.name]()
        command.done(result=self._status())

    def _set_playing(self, playing: bool) -> None:
        self._playing = playing

    def _set_speed(self, speed: float) -> None:
        self._speed = speed

    def _restart(self, seed: int | None) -> None:
        self._begin(self._playback.seed if seed is None else seed)
        self._publish()

    def _status(self) -> dict[str, Any]:
        return {
            "world": self._playback.world.name,
            "step": None if self._policy is None else self._policy.step,
            "seed": self._playback.seed,
            "speed": self._speed,
            "playing": self._playing,
            "episode": self._playback.episode,
        }


COMMANDS = ("play", "pause", "restart", "speed", "close", "status")


def _fault(command: Command) -> str | None:
    """What is wrong with a command, None if it can be carried out."""
    if command.name not in COMMANDS:
        return f"A session has no command '{command.name[:40]}'; expected one of {', '.join(COMMANDS)}."
    if command.name == "speed":
        value: Any = command.args.get("value")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not MIN_SPEED <= value <= MAX_SPEED:
            return f"value must be a number from {MIN_SPEED:g} to {MAX_SPEED:g}, got {value!r:.40}."
    if command.name == "restart":
        seed = command.args.get("seed")
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < SEEDS_END):
            return f"seed must be a whole number from 0 to {SEEDS_END - 1}, got {seed!r:.40}."
    return None
