"""Flies bouts: every bout of a work unit in lockstep, each a copy of one batched world."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.compiled_step import CompiledWorld
from python_training.contracts.errors import ConfigError
from python_training.contracts.seats import SeatedWorld
from python_training.contracts.seeds import training_seed
from python_training.environments.actions import BoxActions, Scale, actions_of
from python_training.environments.episodes import StepOf, play_steps
from python_training.environments.open_world import Envs, open_world
from python_training.environments.stopping import StopSignal, stopped_by
from python_training.systems.neat.compiled_flight import fly_compiled
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import Pack


@dataclass(frozen=True, slots=True, eq=False)
class WorkUnit:
    """B bouts that may be flown anywhere, in any company: what comes of one depends on nothing but itself.

    Attributes:
        world: name of one of Paddock's worlds, or any Gymnasium id.
        settings: the world's config as plain data.
        pack: the networks that fly.
        crews: (B, S) int32, the network of `pack` that flies each seat of a bout. Figures are those of seat 0. S is 1,
            or the number of seats that the world has; with 1 the world's own scripted pilots fly the others.
        seeds: (B,) int64, the seed of each bout.
        held_out: whether what only training wants is switched off (curriculum, domain randomisation).
        stop: ends the bouts early.
    """

    world: str
    settings: Mapping[str, Any]
    pack: Pack
    crews: NDArray[np.int32]
    seeds: NDArray[np.int64]
    held_out: bool = False
    stop: StopSignal = field(default_factory=StopSignal)

    def __len__(self) -> int:
        return len(self.seeds)

    def share(self, part: int, parts: int) -> WorkUnit:
        """Every `parts`-th bout from `part` on, so that each share has bouts of every network, good or bad."""
        return replace(self, crews=self.crews[part::parts], seeds=self.seeds[part::parts])


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What came of the bouts of a work unit, in their order.

    Attributes:
        figures: what the world reports at the end of an episode, by metric name, each (B,) float64.
        returns: (B,) float64, undiscounted sums of rewards.
        ticks: (B,) int64, steps that were flown until the bout ended.
    """

    figures: Mapping[str, NDArray[np.float64]]
    returns: NDArray[np.float64]
    ticks: NDArray[np.int64]

    @classmethod
    def of_shares(cls, shares: Sequence[Results]) -> Results:
        """Put together what `WorkUnit.share(0, n)` to `share(n - 1, n)` gave."""
        parts, bouts = len(shares), sum(len(share.ticks) for share in shares)
        returns, ticks = np.empty(bouts), np.empty(bouts, dtype=np.int64)
        figures = {name: np.empty(bouts) for name in shares[0].figures}
        for part, share in enumerate(shares):
            returns[part::parts] = share.returns
            ticks[part::parts] = share.ticks
            for name, values in figures.items():
                values[part::parts] = share.figures[name]
        return cls(figures, returns, ticks)


def population_unit(
    world: str,
    settings: Mapping[str, Any],
    pack: Pack,
    networks: int,
    seeds: Sequence[int],
    *,
    opponents: Sequence[Sequence[int]] = (),
    held_out: bool = False,
) -> WorkUnit:
    """A bout at each of `seeds` for each of the first `networks` of `pack`, all bouts of a network beside each other.

    So the results' arrays can be reshaped to (networks, len(seeds)). The seeds are the same for every network (common
    random numbers), lest luck decide between them. `opponents` holds, for each further seat, the networks of `pack`
    that fly it, one for each seed; the rest is as in WorkUnit.
    """
    bouts = len(seeds)
    crews = np.empty((networks * bouts, 1 + len(opponents)), dtype=np.int32)
    crews[:, 0] = np.repeat(np.arange(networks), bouts)
    for seat, flown_by in enumerate(opponents, start=1):
        crews[:, seat] = np.tile(np.asarray(flown_by, dtype=np.int32), networks)
    return WorkUnit(world, settings, pack, crews, np.tile(np.asarray(seeds, dtype=np.int64), networks), held_out)


def bout_seeds(seed: int, generation: int, bouts: int) -> tuple[int, ...]:
    """The training seeds of a generation's bouts: drawn from the run's seed, and others in every generation."""
    drawn = np.random.SeedSequence((seed, generation)).generate_state(bouts)
    return tuple(training_seed(each) for each in drawn)


def fly(unit: WorkUnit) -> Results:
    """Fly every bout of `unit` to its end. A pure function: equal units give equal results, bit for bit, anywhere.

    Raises:
        ConfigError: the world cannot be opened, or the networks cannot fly it.
    """
    with stopped_by(unit.stop):
        world = open_world(unit.world, unit.settings, len(unit), evaluation=unit.held_out, autoreset=False)
    try:
        step, pilots = _crewed(world.envs, unit)
        scale = pilots[0].scale
        if len(pilots) == 1 and scale is not None and isinstance(world.envs, CompiledWorld):
            return _flown_compiled(world.envs, unit, scale)

        def leave(ended: NDArray[np.bool_]) -> None:
            for each in pilots:
                each.leave(ended)

        flown = play_steps(step, world, unit.seeds.tolist(), on_ended=leave)
        return Results(flown.figures, flown.returns, flown.lengths)
    finally:
        world.close()


def _flown_compiled(envs: CompiledWorld, unit: WorkUnit, scale: Scale) -> Results:
    """The same bits as `play_steps`, without coming back to Python in between."""
    observations, _ = envs.reset(seed=unit.seeds.tolist())
    returns, ticks = fly_compiled(envs.compiled_step(), unit.pack.arrays, unit.crews[:, 0], scale, observations)
    return Results(envs.seat_figures(0), returns, ticks)


def _crewed(envs: Envs, unit: WorkUnit) -> tuple[StepOf, list[_Pilots]]:
    """One tick of `envs` under the networks of `unit`, given what seat 0 sees, and the pilots of each seat."""
    pilots = [_Pilots(unit, seat, envs) for seat in range(unit.crews.shape[1])]
    if len(pilots) == 1:
        return lambda observations: envs.step(pilots[0].act(observations)), pilots
    if not isinstance(envs, SeatedWorld) or len(pilots) != envs.seats:
        seats = envs.seats if isinstance(envs, SeatedWorld) else 1
        raise ConfigError(
            f"env_config: expected pilots for the {seats} seats that '{unit.world}' has, got {len(pilots)}.",
            field="env_config",
        )

    def step(observations: NDArray[Any]) -> tuple[Any, ...]:
        seen = [observations, *(envs.observe(seat) for seat in range(1, len(pilots)))]
        actions = [each.act(view) for each, view in zip(pilots, seen, strict=True)]
        return envs.step_seats(np.stack(actions, axis=1))

    return step, pilots


class _Pilots:
    """The networks that fly one seat, one a bout."""

    def __init__(self, unit: WorkUnit, seat: int, envs: Envs) -> None:
        self._pack = unit.pack
        self._actions = actions_of(envs.single_action_space, unit.world, zero="least")
        size = math.prod(envs.single_observation_space.shape or ())
        if (unit.pack.inputs, unit.pack.outputs) != (size, self._actions.outputs):
            raise ConfigError(
                f"env: '{unit.world}' needs networks of {size} inputs and {self._actions.outputs} outputs, "
                f"got {unit.pack.inputs} and {unit.pack.outputs}.",
                field="env",
            )
        self._owner = np.array(unit.crews[:, seat], dtype=np.int32)  # a copy: `leave` writes to it
        self._memory = unit.pack.memory(len(unit))
        self._outputs = np.zeros((len(unit), unit.pack.outputs))

    @property
    def scale(self) -> Scale | None:
        """How outputs become actions if both are compiled, else None."""
        compiled = not self._pack.foreign and isinstance(self._actions, BoxActions)
        return self._actions.scale if compiled and self._actions.dtype == np.float32 else None

    def act(self, observations: NDArray[Any]) -> NDArray[Any]:
        """What each bout's network does about its observation, (B, *observation_shape)."""
        seen = observations.reshape(len(observations), -1)
        activate(self._pack, self._owner, self._memory, seen, self._outputs)
        return self._actions.to_world(self._actions.choose(self._outputs))

    def leave(self, ended: NDArray[np.bool_]) -> None:
        """The bouts `ended` are over: their networks are asked no more."""
        self._owner[ended] = -1
