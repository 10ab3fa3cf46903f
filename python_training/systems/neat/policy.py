"""A bred pilot as it plays: nothing but a genome file is needed, neither neat-python nor TensorFlow."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.environments.actions import Actions, actions_from_dict
from python_training.systems.neat.genome_json import read_genome
from python_training.systems.neat.genome_record import GenomeRecord
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.network_view import NetworkView, network_of
from python_training.systems.neat.pack import pack_networks

CHAMPION = "champion.json"
"""The genome file in a checkpoint's folder: the best of its generation."""


class GenomePlayer:
    """Plays what one genome's network puts out, in any number of copies of a world.

    Args:
        genome: who plays.
        actions: what its outputs mean to the world, for a genome that does not say so itself.

    Raises:
        ConfigError: neither says what outputs mean, or they mean something for another number of outputs.
        UserFunctionError: the genome needs a function that neat-python does not ship.
    """

    def __init__(self, genome: GenomeRecord, actions: Actions | None = None) -> None:
        if genome.actions is not None:
            actions = actions_from_dict(genome.actions)
        if actions is None:
            raise ConfigError("actions: the genome does not say what its outputs mean.", field="actions")
        if actions.outputs != genome.outputs:
            raise ConfigError(f"outputs: expected {actions.outputs}, got {genome.outputs}.", field="outputs")
        self.genome = genome
        self._actions = actions
        self._pack = pack_networks([genome.compile()])
        self.reset(0, 0)

    @cached_property
    def network(self) -> NetworkView:
        """The network as it is drawn."""
        return network_of(self.genome)

    def reset(self, num_envs: int, seed: int) -> None:
        """Forget everything; nothing is drawn at random."""
        self._memory = self._pack.memory(num_envs)
        self._outputs = np.zeros((num_envs, self._pack.outputs))
        self._owner = np.zeros(num_envs, dtype=np.int32)

    def act(self, observations: NDArray[Any], world: Any = None) -> NDArray[Any]:
        """Actions (N, *action_shape) for observations (N, *shape); raises ConfigError if they do not fit."""
        seen = np.asarray(observations).reshape(len(observations), -1)
        if seen.shape != (len(self._owner), self._pack.inputs):
            raise ConfigError(
                f"inputs: expected {len(self._owner)} observations of {self._pack.inputs} numbers, "
                f"got {seen.shape[0]} of {seen.shape[1]}.",
                field="inputs",
            )
        activate(self._pack, self._owner, self._memory, seen, self._outputs)
        return self._actions.to_world(self._actions.choose(self._outputs))

    def activations(self, copy: int) -> list[float]:
        """What the nodes of one copy put out last, in the order of `network.nodes`; inputs are what was seen.

        All are finite: NaN is shown as 0, and infinity as the largest float.
        """
        values: list[float] = np.nan_to_num(self._memory[copy, list(self.network.slots)]).tolist()
        return values


def load_policy(folder: Path) -> GenomePlayer:
    """The champion of a checkpoint; raises CheckpointError if there is none that could play."""
    try:
        return GenomePlayer(read_genome(folder / CHAMPION))
    except ConfigError as error:
        raise CheckpointError(f"{folder} holds no pilot: {error.message}") from error
