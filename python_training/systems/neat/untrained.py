"""A network as the first generation draws it: what a run's pilot is compared with."""

from __future__ import annotations

from python_training.contracts.config import SystemConfig
from python_training.environments.actions import actions_of
from python_training.environments.open_world import open_world
from python_training.systems.neat.config import of_neat
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.neat_settings import neat_config
from python_training.systems.neat.policy import GenomePlayer


def untrained(config: SystemConfig, seed: int) -> GenomePlayer:
    """A pilot whose genome is drawn at random from `seed`, as those of a run with this config begin.

    Raises:
        ConfigError: the world cannot be opened, or is not for networks.
    """
    config = of_neat(config)
    own = config.world_config()
    world = open_world(config.env, config.env_config if own is None else own.model_dump(), 1)
    try:
        inputs = world.observation_size
        actions = actions_of(world.envs.single_action_space, config.env, zero="least")
    finally:
        world.close()
    evolution = Evolution(neat_config(config, inputs, actions.outputs), seed)
    genome = next(iter(evolution.population.values()))
    return GenomePlayer(genome_of(genome, evolution.config, recurrent=config.recurrent, actions=actions.to_dict()))
