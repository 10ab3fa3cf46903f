"""The bouts of a run: which world, at which seeds, against whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from python_training.contracts.seeds import held_out_seeds, training_seed
from python_training.environments.actions import actions_of
from python_training.environments.open_world import open_world
from python_training.environments.stopping import current_stop
from python_training.systems.neat.bout_executor import open_bout_executor
from python_training.systems.neat.bouts import WorkUnit, bout_seeds, population_unit
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.fitness import Judgement, judge
from python_training.systems.neat.foreign_network import ForeignNetwork
from python_training.systems.neat.genome_json import decode
from python_training.systems.neat.genome_network import Network
from python_training.systems.neat.pack import pack_networks

Flyer = Network | ForeignNetwork
WON = "success_rate"
"""The figure by which a world with duels says whether the pilot in seat 0 won: 1 or 0, and 0 for both is a draw."""
TRIAL, DUELS, CONFIRMATION = 1, 2, 4
"""What seeds are drawn for, beside those of a generation's bouts."""


class Flights:
    """Has networks flown in the run's world.

    Args:
        config: of the run.
        threads: cores that may be used where `num_processes` does not say.

    Attributes:
        inputs, outputs: numbers that a network is shown and puts out.
        actions: how the outputs become actions, as plain data.
        steps: of the world, flown so far.

    Raises:
        ConfigError: the world cannot be opened, or networks cannot fly it.
        ExecutorError: the machines that should do the work cannot be reached.
    """

    def __init__(self, config: NEATConfig, threads: int) -> None:
        self._world, self._seed = config.env, config.seed
        self._trials, self._confirmations = config.trial_bouts, config.confirmation_bouts
        self._held_out = config.held_out_bouts
        self._settings = training_settings(config)
        self._duel_settings = duel_settings(config)
        self._stop = current_stop()
        world = open_world(config.env, self._settings, 1, evaluation=False)
        try:
            self.inputs = world.observation_size
            actions = actions_of(world.envs.single_action_space, config.env, zero="least")
        finally:
            world.close()
        self.outputs, self.actions = actions.outputs, actions.to_dict()
        self.steps = 0
        self._executor = open_bout_executor(
            config.executor, threads=config.num_processes or threads, ray_address=config.ray_address
        )

    @property
    def has_duels(self) -> bool:
        """Whether pilots can meet each other in this world."""
        return self._duel_settings is not None

    def generation(
        self, flyers: Sequence[Flyer], generation: int, bouts: int, opponents: Sequence[Flyer] = ()
    ) -> Judgement:
        """A generation's bouts; `opponents`, if any, are who flies the second seat in each of them."""
        return self._fly(flyers, bout_seeds(self._seed, generation, bouts), opponents)

    def trial(self, flyer: Flyer) -> float:
        """The fitness of one network in the trial bouts, which are the same for all that are tried."""
        seeds = drawn_seeds(self._seed, TRIAL, 0, self._trials)
        return float(self._fly([flyer], seeds).fitness[0])

    def confirmation(self, flyer: Flyer) -> float:
        """The fitness of one network in the confirmation bouts, by which nothing is chosen."""
        seeds = drawn_seeds(self._seed, CONFIRMATION, 0, self._confirmations)
        return float(self._fly([flyer], seeds).fitness[0])

    def held_out(self, flyer: Flyer) -> Judgement:
        """The held-out bouts of one network."""
        return self._fly([flyer], held_out_seeds(self._held_out), held_out=True)

    def duels(self, flyer: Flyer, others: Sequence[Flyer], generation: int, bouts: int) -> list[float]:
        """The points that one network makes against each of `others` in twice `bouts` duels, half from either seat."""
        if self._duel_settings is None:
            raise ValueError(f"There are no duels in '{self._world}'.")
        count, pack = len(others), pack_networks([flyer, *others])
        seeds = np.tile(np.array(drawn_seeds(self._seed, DUELS, generation, bouts), dtype=np.int64), count)
        rivals = np.repeat(np.arange(1, count + 1, dtype=np.int32), bouts)
        own = np.zeros_like(rivals)
        units = [
            WorkUnit(self._world, self._duel_settings, pack, np.stack(seats, axis=1), seeds, stop=self._stop)
            for seats in ((own, rivals), (rivals, own))
        ]
        flown = self._executor.run(units)
        self.steps += sum(int(results.ticks.sum()) for results in flown)
        first, second = (results.figures[WON].reshape(count, bouts) for results in flown)
        points: list[float] = ((first + 1.0 - second).sum(axis=1)).tolist()
        return points

    def close(self) -> None:
        """Release the executor; safe twice."""
        self._executor.close()

    def _fly(
        self, flyers: Sequence[Flyer], seeds: Sequence[int], opponents: Sequence[Flyer] = (), held_out: bool = False
    ) -> Judgement:
        pack = pack_networks([*flyers, *opponents])
        crew = [range(len(flyers), len(pack))] if opponents else []
        unit = population_unit(self._world, self._settings, pack, len(flyers), seeds, opponents=crew, held_out=held_out)
        (results,) = self._executor.run([replace(unit, stop=self._stop)])
        self.steps += int(results.ticks.sum())
        return judge(self._world, results, len(flyers))


def training_settings(config: NEATConfig) -> dict[str, Any]:
    """The settings of the world that genomes are bred in, as plain data."""
    if config.opponents != "scripted":
        duel: dict[str, Any] = config.world_config().duel().model_dump()
        return duel
    own = config.world_config()
    return dict(config.env_config) if own is None else own.model_dump()


def duel_settings(config: NEATConfig) -> dict[str, Any] | None:
    """The settings in which two pilots meet, None in a world without duels."""
    own = config.world_config()
    return own.duel().model_dump() if hasattr(own, "duel") else None


def drawn_seeds(seed: int, purpose: int, generation: int, count: int) -> tuple[int, ...]:
    """`count` training seeds for a purpose other than a generation's bouts."""
    drawn = np.random.SeedSequence((seed, generation, purpose)).generate_state(count)
    return tuple(training_seed(each) for each in drawn)


@lru_cache(maxsize=256)
def network_of_file(genome: bytes) -> Network:
    """The network of a genome file's content."""
    return decode(genome).compile()
