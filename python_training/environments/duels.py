"""Two players against each other in the seats of a world, over seeds that training never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.player import Player
from python_training.contracts.seats import SeatedWorld
from python_training.contracts.seeds import held_out_seeds
from python_training.environments.episodes import play_steps
from python_training.environments.intervals import wilson_interval
from python_training.environments.open_world import OpenWorld, open_world

WON = "success_rate"
"""The figure that is 1 for the seat that won a duel."""


@dataclass(frozen=True, slots=True)
class Duels:
    """How often the first of two players won, lost, or neither."""

    wins: int
    losses: int
    draws: int

    @property
    def bouts(self) -> int:
        """All of them."""
        return self.wins + self.losses + self.draws

    def to_dict(self) -> dict[str, Any]:
        """`{bouts, wins, losses, draws, win_rate, win_rate_ci}`; the interval is Wilson's, 95%."""
        low, high = wilson_interval(self.wins, self.bouts)
        return {
            "bouts": self.bouts,
            "wins": self.wins,
            "losses": self.losses,
            "draws": self.draws,
            "win_rate": self.wins / self.bouts,
            "win_rate_ci": [low, high],
        }


def duel_config(world: str, config: Mapping[str, Any]) -> dict[str, Any] | None:
    """The config of a duel in `world`, None for a world that has none."""
    entry = registry.world(world)
    if entry is None:
        return None
    model = validate(registry.load(entry.config), dict(config)).evaluation()
    return dict(model.duel().model_dump()) if hasattr(model, "duel") else None


def duel(
    first: Player,
    second: Player,
    world: str,
    config: Mapping[str, Any],
    *,
    bouts: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Duels:
    """Let two players meet `bouts` times: on each held-out seed twice, once in either seat.

    Args:
        first: whose wins are counted as such.
        second: another player object, even of the same kind.
        world: name of a world of Paddock's.
        config: as `duel_config` returns it.
        bouts: an even number.
        on_progress: called with (bouts done, bouts in all).

    Raises:
        ConfigError: an odd number of bouts, or a world without seats for two.
    """
    if bouts < 2 or bouts % 2:
        raise ConfigError(f"duels must be an even number of bouts, got {bouts}.", field="duels")
    seeds = held_out_seeds(bouts // 2)
    opened = open_world(world, config, len(seeds))
    try:
        envs = opened.envs.unwrapped
        if not isinstance(envs, SeatedWorld) or envs.seats != 2:
            raise ConfigError(f"A duel in '{world}' needs two seats.", field="world")
        wins = losses = draws = 0
        for own in (0, 1):
            won = _play(opened, envs, (first, second) if own == 0 else (second, first), seeds)
            ours, theirs = won[:, own], won[:, 1 - own]
            wins += int((ours & ~theirs).sum())
            losses += int((theirs & ~ours).sum())
            draws += int((ours == theirs).sum())
            if on_progress is not None:
                on_progress((own + 1) * len(seeds), bouts)
    finally:
        opened.close()
    return Duels(wins, losses, draws)


def _play(world: OpenWorld, envs: SeatedWorld, players: Sequence[Player], seeds: Sequence[int]) -> NDArray[np.bool_]:
    """Play one bout a seed; who won, (bouts, seats). Player i sits in seat i."""
    for player in players:
        player.reset(len(seeds), seeds[0])
    won = np.zeros((len(seeds), len(players)), dtype=bool)

    def step(_: NDArray[Any]) -> tuple[Any, ...]:
        return envs.step_seats(np.stack([_act(player, seat, envs) for seat, player in enumerate(players)], axis=1))

    def note(ended: NDArray[np.bool_]) -> None:
        for seat in range(len(players)):
            won[ended, seat] = envs.seat_figures(seat)[WON][ended] > 0

    play_steps(step, world, seeds, on_ended=note)
    return won


def _act(player: Player, seat: int, envs: SeatedWorld) -> NDArray[Any]:
    """What a player does in a seat; one that looks at the world itself is told from where."""
    observations = envs.observe(seat)
    if hasattr(player, "act_seat"):
        return np.asarray(player.act_seat(seat, observations, envs))
    return player.act(observations, envs)
