"""One player in a world, to watch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.config import StrictModel
from python_training.contracts.player import Player
from python_training.contracts.view import ViewFrame
from python_training.environments.playback import Playback
from python_training.runtime.followed_policy import FollowedPolicy
from python_training.runtime.players import scripted_player
from python_training.runtime.run_folder import RunFolder
from python_training.runtime.session_spec import PolicyPlayer, ScriptedPlayer


class SoloShow:
    """Plays episode after episode; a policy that follows its run is taken up anew at each.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: what is asked for cannot be shown.
    """

    commands: Mapping[str, type[StrictModel]] = {}

    def __init__(self, world: str, config: Mapping[str, Any], player: PolicyPlayer | ScriptedPlayer, seed: int) -> None:
        self._playback = Playback(world, config, seed)
        self._policy: FollowedPolicy | None = None
        if isinstance(player, PolicyPlayer):
            folder = RunFolder.at(Path(player.run_dir), Path(player.checkpoints_dir))
            self._policy = FollowedPolicy(folder, player.step)
            self._player: Player = self._policy.player
        else:
            self._player = scripted_player(self._playback.world, player.name)
        self._playback.begin(self._player)

    @property
    def tick_s(self) -> float:
        """World seconds of one step of the player."""
        return self._playback.world.step_seconds()

    def advance(self) -> bool:
        """Play a step; after the end of an episode, begin the next one."""
        if self._playback.ended:
            self._begin(None)
        else:
            self._playback.step()
        return True

    def hurry(self, seconds: float) -> bool:
        """Nothing: it goes by the clock."""
        return False

    def restart(self, seed: int | None) -> None:
        """Begin an episode at `seed`, or the same one again."""
        self._begin(self._playback.seed if seed is None else seed)

    def carry_out(self, name: str, args: Any) -> Mapping[str, Any] | None:
        """Nothing: there are no commands but the session's own."""
        raise NotImplementedError(name)

    def frame(self) -> ViewFrame:
        """The world, and which policy plays."""
        return self._playback.frame({} if self._policy is None else {"Policy step": self._policy.step})

    def status(self) -> Mapping[str, Any]:
        """Who plays where."""
        return {
            "kind": "watch",
            "world": self._playback.world.name,
            "step": None if self._policy is None else self._policy.step,
            "seed": self._playback.seed,
            "episode": self._playback.episode,
        }

    def close(self) -> None:
        """Release the world."""
        self._playback.close()

    def _begin(self, seed: int | None) -> None:
        if self._policy is not None and self._policy.refresh():
            self._player = self._policy.player
        self._playback.begin(self._player, seed)
