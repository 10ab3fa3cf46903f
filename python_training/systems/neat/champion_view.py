"""The champion in a bout of its own, for those who watch training."""

from __future__ import annotations

import time
from typing import Any

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.view import ViewFrame
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.flights import training_settings
from python_training.systems.neat.genome_json import decode
from python_training.systems.neat.policy import GenomePlayer

MOST_STEPS = 100
"""No more are taken for one picture, however long nobody looked."""


class ChampionView:
    """Draws the champion as it flies. Nothing of it is part of training, so that watching changes nothing."""

    def __init__(self, config: NEATConfig) -> None:
        entry = registry.world(config.env)
        if entry is None:
            raise ValueError(f"'{config.env}' draws no pictures.")
        self._draw: Any = registry.load(entry.view)
        world = validate(registry.load(entry.config), training_settings(config)).evaluation()
        self._envs: Any = registry.load(entry.vector_env)(num_envs=1, config=world)
        self._step_s = 1.0 / float(self._envs.metadata.get("render_fps") or 30)
        self._genome = b""
        self._seed = config.seed

    def frame(self, genome: bytes) -> ViewFrame:
        """The bout as it stands now; another champion begins another bout."""
        now = time.monotonic()
        if genome != self._genome:
            self._genome, self._player = genome, GenomePlayer(decode(genome))
            self._observations, _ = self._envs.reset(seed=[self._seed])
            self._player.reset(1, 0)
            self._shown_at = now
        steps = min(int((now - self._shown_at) / self._step_s), MOST_STEPS)
        self._shown_at = now if steps == MOST_STEPS else self._shown_at + steps * self._step_s
        for _ in range(steps):
            actions = self._player.act(self._observations)
            self._observations, _, terminated, truncated, _ = self._envs.step(actions)
            if (terminated | truncated).any():
                self._player.reset(1, 0)
        frame: ViewFrame = self._draw(self._envs, 0)
        return frame

    def close(self) -> None:
        """Release the world."""
        self._envs.close()
