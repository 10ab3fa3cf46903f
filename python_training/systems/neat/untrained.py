"""A network as the first generation draws it: what a run's pilot is compared with."""

from __future__ import annotations

from python_training.contracts.config import SystemConfig
from python_training.systems.neat.actions import actions_of, observation_size
from python_training.systems.neat.config import of_neat
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.neat_settings import neat_config
from python_training.systems.neat.policy import GenomePlayer
from python_training.systems.neat.worlds import open_envs


def untrained(config: SystemConfig, seed: int) -> GenomePlayer:
    """A pilot whose genome is drawn at random from `seed`, as those of a run with this config begin.

    Raises:
        ConfigError: the world cannot be opened, or is not for networks.
    """
    config = of_neat(config)
    world = config.world_config()
    envs = open_envs(config.env, config.env_config if world is None else world.model_dump(), 1, held_out=True)
    try:
        inputs = observation_size(envs.single_observation_space, config.env)
        actions = actions_of(envs.single_action_space, config.env)
    finally:
        envs.close()
    evolution = Evolution(neat_config(config, inputs, actions.outputs), seed)
    genome = next(iter(evolution.population.values()))
    return GenomePlayer(genome_of(genome, evolution.config, recurrent=config.recurrent, actions=actions.to_dict()))
