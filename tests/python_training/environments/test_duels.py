"""Two players in the seats of the arena."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError
from python_training.contracts.player import Player
from python_training.environments.duels import Duels, duel, duel_config
from python_training.environments.open_world import open_world
from python_training.runtime.players import scripted_player

DUEL = {"scenario": "duel"}


class Idler:
    """Does nothing, whoever shoots at it."""

    def reset(self, num_envs: int, seed: int) -> None:
        """It remembers nothing."""

    def act(self, observations: Any, world: Any) -> Any:
        """No thrust, no turn, no shot."""
        return np.zeros((len(observations), 3), dtype=np.float32)


def ace(name: str = "ace") -> Player:
    """A scripted ace."""
    world = open_world("arena", DUEL, 1)
    try:
        return scripted_player(world, name)
    finally:
        world.close()


def test_an_ace_beats_one_that_does_nothing() -> None:
    """Wins are counted for the first player, whichever seat it sits in."""
    assert duel(ace(), Idler(), "arena", DUEL, bouts=20).wins == 20
    assert duel(Idler(), ace(), "arena", DUEL, bouts=20).losses == 20


def test_who_meets_its_equal_wins_as_often_as_it_loses() -> None:
    """Each seed is played in both seats: the seats' advantages cancel out exactly for equal players."""
    met = duel(ace("ace_sniper"), ace("ace_sniper"), "arena", DUEL, bouts=40)
    assert met.wins == met.losses
    assert met.bouts == 40


def test_duels_are_repeatable_and_reported() -> None:
    """Equal players and seeds give equal results; progress counts bouts."""
    told: list[tuple[int, int]] = []
    first = duel(ace(), ace("ace_rusher"), "arena", DUEL, bouts=10, on_progress=lambda *done: told.append(done))
    assert first == duel(ace(), ace("ace_rusher"), "arena", DUEL, bouts=10)
    assert told == [(5, 10), (10, 10)]


def test_rate_comes_with_its_interval() -> None:
    """Draws count as bouts that were not won."""
    shown = Duels(wins=6, losses=3, draws=1).to_dict()
    assert (shown["bouts"], shown["win_rate"]) == (10, 0.6)
    low, high = shown["win_rate_ci"]
    assert 0.2 < low < 0.6 < high < 0.9


@pytest.mark.parametrize("bouts", [0, 7])
def test_odd_number_of_bouts_is_refused(bouts: int) -> None:
    """Somebody would sit in the better seat more often."""
    with pytest.raises(ConfigError) as caught:
        duel(Idler(), Idler(), "arena", DUEL, bouts=bouts)
    assert caught.value.field == "duels"


def test_world_without_two_seats_is_refused() -> None:
    """Waves have one pilot, and a rover drives alone."""
    with pytest.raises(ConfigError, match="two seats"):
        duel(Idler(), Idler(), "arena", {}, bouts=2)
    assert duel_config("lunabotics", {}) is None
    assert duel_config("CartPole-v1", {}) is None
