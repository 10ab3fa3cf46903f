"""A policy at play by the clock, for those who watch training."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from python_training.contracts.player import Player
from python_training.contracts.view import ViewFrame
from python_training.environments.playback import Playback

MOST_STEPS = 100
"""No more are taken for one picture, however long nobody looked."""

PATIENCE_S = 0.1
"""So long they may take: training waits for it."""


class LiveEpisode:
    """Plays episodes in a copy of the world that training does not use, as fast as the world's own time goes by.

    All episodes begin at `seed`.

    Raises:
        ConfigError: `settings` do not fit the world.
    """

    def __init__(self, world: str, settings: Mapping[str, Any], seed: int) -> None:
        self._playback = Playback(world, settings, seed)
        self._seed = seed
        self._player: Player | None = None
        self._shown_at = 0.0

    def begin(self, player: Player) -> None:
        """Let `player` play from the beginning of an episode on."""
        self._player = player
        self._shown_at = time.monotonic()
        self._playback.begin(player, self._seed)

    def follow(self, player: Player) -> None:
        """Let `player`, a newer one, take over with the next episode."""
        if self._player is None:
            self.begin(player)
        self._player = player

    def frame(self) -> ViewFrame:
        """The world as it stands now."""
        if self._player is None:
            raise RuntimeError("begin() must be called before the first frame.")
        now, step_s = time.monotonic(), self._playback.world.step_seconds()
        steps = min(int((now - self._shown_at) / step_s), MOST_STEPS)
        self._shown_at = now if steps == MOST_STEPS else self._shown_at + steps * step_s
        for _ in range(steps):
            if time.monotonic() - now > PATIENCE_S:
                break
            if self._playback.ended:
                self._playback.begin(self._player, self._seed)
            else:
                self._playback.step()
        return self._playback.frame()

    def close(self) -> None:
        """Release the world."""
        self._playback.close()
