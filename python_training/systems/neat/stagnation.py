"""Which species end."""

from __future__ import annotations

import statistics
from typing import Any

from neat.config import ConfigParameter, DefaultClassConfig
from neat.stagnation import DefaultStagnation


class Stagnation(DefaultStagnation):  # type: ignore[misc]  # neat-python has no types
    """neat-python's rule, and an upper limit to the number of species.

    neat-python keeps a species for as long as it gets fitter, however near another one it has come, gives every
    species its least size, and gives up with a RuntimeError when these come to more than the population. Here the
    weakest species end when there are more than `max_species`.
    """

    def __init__(self, config: DefaultClassConfig, reporters: Any) -> None:
        """With the fitness of a species as the config names it; a mean that every Python rounds alike."""
        super().__init__(config, reporters)
        if config.species_fitness_func == "mean":
            self.species_fitness_func = statistics.fmean

    @classmethod
    def parse_config(cls, param_dict: dict[str, str]) -> DefaultClassConfig:
        """Read the section of neat-python's config file."""
        parameters = [
            ConfigParameter("species_fitness_func", str, "mean"),
            ConfigParameter("max_stagnation", int, 15),
            ConfigParameter("species_elitism", int, 0),
            ConfigParameter("max_species", int),
        ]
        return DefaultClassConfig(param_dict, parameters, cls.__name__)

    def update(self, species_set: Any, generation: int) -> list[tuple[int, Any, bool]]:
        """(key, species, whether it ends) of every species, the weakest first."""
        judged: list[tuple[int, Any, bool]] = super().update(species_set, generation)
        excess = sum(not ends for _, _, ends in judged) - self.stagnation_config.max_species
        for index, (key, species, ends) in enumerate(judged):
            if excess > 0 and not ends:
                judged[index] = (key, species, True)
                excess -= 1
        return judged
