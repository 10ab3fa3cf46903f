"""One copy of a world with a player in it, stepped and drawn: what sessions stream and what `paddock render` films."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from python_training.contracts.player import Player
from python_training.contracts.seeds import SEEDS_END
from python_training.contracts.view import ViewFrame
from python_training.environments.open_world import open_world


class Playback:
    """Plays episode after episode; episode n of a playback begun with `seed` has the seed `seed + n`.

    Equal world, config, player and seed give equal frames. Used from one thread.
    """

    def __init__(self, world: str, config: Mapping[str, Any], seed: int) -> None:
        """Open the world; `begin` must be called with a player before anything else.

        Raises:
            ConfigError: the config does not fit.
            UnknownNameError: no such world.
        """
        self.world = open_world(world, config, 1, autoreset=False, pictures=True)
        self.seed = seed
        self.episode = 0
        self._player: Player | None = None
        self._observations: Any = None
        self._return = 0.0
        self.ended = False

    def begin(self, player: Player, seed: int | None = None) -> None:
        """Start the next episode with `player`, at `seed` or, by default, at the seed after the last one."""
        if seed is not None:
            self.seed = seed
        elif self._player is not None:
            self.seed = self.seed + 1 if self.seed + 1 < SEEDS_END else 0
        if self._player is not None:
            self.episode += 1
        self._player = player
        self._observations = self.world.reset([self.seed])
        player.reset(1, self.seed)
        self._return = 0.0
        self.ended = False

    def step(self) -> bool:
        """Let the player decide once and the world follow; returns whether the episode has ended with it."""
        if self._player is None or self.ended:
            raise RuntimeError("begin() must be called before the first step and after the end of an episode.")
        actions = self._player.act(self._observations, self.world.envs)
        self._observations, rewards, terminated, truncated, _ = self.world.envs.step(actions)
        self._return += float(rewards[0])
        self.ended = bool(terminated[0] or truncated[0])
        return self.ended

    def frame(self, figures: Mapping[str, str | float | int] | None = None) -> ViewFrame:
        """The world as it stands, with the world's own figures, the return so far, the seed, and `figures`."""
        drawn = self.world.draw()
        facts = {**drawn.figures, "Return": round(self._return, 2), "Seed": self.seed, **(figures or {})}
        return replace(drawn, episode=self.episode, figures=facts)

    def close(self) -> None:
        """Release the world."""
        self.world.close()
