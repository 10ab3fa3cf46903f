"""The champion in a bout of its own, for those who watch training."""

from __future__ import annotations

from python_training.contracts.view import ViewFrame
from python_training.environments.live_episode import LiveEpisode
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.flights import training_settings
from python_training.systems.neat.genome_json import decode
from python_training.systems.neat.policy import GenomePlayer


class ChampionView:
    """Draws the champion as it flies. Nothing of it is part of training, so that watching changes nothing."""

    def __init__(self, config: NEATConfig) -> None:
        self._episode = LiveEpisode(config.env, training_settings(config), config.seed)
        self._genome = b""

    def frame(self, genome: bytes) -> ViewFrame:
        """The bout as it stands now; another champion begins another bout."""
        if genome != self._genome:
            self._genome = genome
            self._episode.begin(GenomePlayer(decode(genome)))
        return self._episode.frame()

    def close(self) -> None:
        """Release the world."""
        self._episode.close()
