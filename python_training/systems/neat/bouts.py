"""Flies bouts: every bout of a work unit in lockstep, each a copy of one batched world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.systems.neat.actions import Actions, actions_of
from python_training.systems.neat.kernels import activate
from python_training.systems.neat.pack import Pack
from python_training.systems.neat.worlds import Envs, open_envs


@dataclass(frozen=True, slots=True, eq=False)
class WorkUnit:
    """B bouts that may be flown anywhere, in any company: what comes of one depends on nothing but itself.

    Attributes:
        world: name of one of Paddock's worlds, or any Gymnasium id.
        settings: the world's config as plain data.
        pack: the networks that fly.
        crews: (B, S) int32, the network of `pack` that flies each seat of a bout. Seat 0 is the one that figures are
            kept of; seats beyond S are flown by the world's own scripted pilots.
        seeds: (B,) int64, the seed of each bout.
        held_out: whether what only training wants is switched off (curriculum, domain randomisation).
    """

    world: str
    settings: Mapping[str, Any]
    pack: Pack
    crews: NDArray[np.int32]
    seeds: NDArray[np.int64]
    held_out: bool = False

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

    Args:
        world, settings, pack, held_out: as in WorkUnit.
        networks: N; the results' arrays can be reshaped to (N, len(seeds)).
        seeds: the same for every network (common random numbers), so that luck does not decide between them.
        opponents: for each further seat, the network of `pack` that flies it in each of a network's bouts.
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
    return tuple(int(each) % TRAINING_SEEDS_END for each in drawn)


def fly(unit: WorkUnit) -> Results:
    """Fly every bout of `unit` to its end. A pure function: equal units give equal results, bit for bit, anywhere.

    Raises:
        ConfigError: the world cannot be opened, or the networks cannot fly it.
    """
    envs = open_envs(unit.world, unit.settings, len(unit), held_out=unit.held_out)
    try:
        return _lockstep(envs, unit)
    finally:
        envs.close()


def _lockstep(envs: Envs, unit: WorkUnit) -> Results:
    """Fly all bouts side by side until the last has ended."""
    bouts, further = unit.crews.shape[0], range(1, unit.crews.shape[1])
    pilots = [_Pilots(unit.pack, crew, envs) for crew in unit.crews.T]
    observations, _ = envs.reset(seed=unit.seeds.tolist())
    returns, ticks = np.zeros(bouts), np.zeros(bouts, dtype=np.int64)
    figures: dict[str, NDArray[np.float64]] = {}
    flying = np.ones(bouts, dtype=np.bool_)
    while flying.any():
        actions = pilots[0].act(observations)
        if further:
            others = [pilots[seat].act(envs.observe(seat)) for seat in further]
            observations, rewards, terminated, truncated, infos = envs.step_seats(np.stack([actions, *others], axis=1))
        else:
            observations, rewards, terminated, truncated, infos = envs.step(actions)
        ticks += flying
        np.add(returns, rewards, out=returns, where=flying)
        ended = flying & (terminated | truncated)
        if ended.any():
            for name, values in infos.get("episode_figures", {}).items():
                if not name.startswith("_"):
                    figures.setdefault(name, np.zeros(bouts))[ended] = values[ended]
            flying &= ~ended
            for each in pilots:
                each.leave(ended)
    return Results(figures, returns, ticks)


class _Pilots:
    """The networks that fly one seat, one a bout."""

    def __init__(self, pack: Pack, crew: NDArray[np.int32], envs: Envs) -> None:
        self._pack = pack
        self._owner = np.array(crew, dtype=np.int32)  # a copy: `leave` writes to it
        self._actions = actions_of(envs.single_action_space)
        self._memory = pack.memory(len(crew))
        self._outputs = np.zeros((len(crew), pack.outputs))

    def act(self, observations: NDArray[Any]) -> NDArray[Any]:
        """What each bout's network does about its observation, (B, *observation_shape)."""
        seen = np.ascontiguousarray(observations.reshape(len(observations), -1), dtype=np.float32)
        activate(self._pack, self._owner, self._memory, seen, self._outputs)
        return self._actions.to_world(self._outputs)

    def leave(self, ended: NDArray[np.bool_]) -> None:
        """The bouts `ended` are over: their networks are asked no more."""
        self._owner[ended] = -1
