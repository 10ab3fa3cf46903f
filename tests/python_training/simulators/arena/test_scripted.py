from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.seeds import held_out_seeds
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.scoring import fitness
from python_training.simulators.arena.scripted import AceDodger, AcePlayer, AceRusher, AceSniper, RandomPlayer

Fly = Callable[..., dict[str, Any]]
ACES = (AcePlayer, AceRusher, AceSniper, AceDodger)


class Always:
    """Does the same thing over and over."""

    def __init__(self, *action: float) -> None:
        self._action = action

    def reset(self, num_envs: int, seed: int) -> None:
        """Get ready for so many copies."""
        self._actions = np.tile(self._action, (num_envs, 1))

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """The one action (N, 3)."""
        return self._actions


class RandomNetworks:
    """A network of random weights for each copy's ten bouts, as a first generation has them: tanh, fully connected."""

    def __init__(self, networks: int) -> None:
        rng = np.random.default_rng(11)
        self._weights = np.repeat(rng.normal(size=(networks, 23, 3)), 10, axis=0)
        self._biases = np.repeat(rng.normal(size=(networks, 3)), 10, axis=0)

    def reset(self, num_envs: int, seed: int) -> None:
        """Ten copies a network."""
        assert num_envs == len(self._weights)

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """Each copy's own network's outputs (N, 3)."""
        return np.tanh(2.5 * (np.einsum("ni,nij->nj", observations, self._weights) + self._biases))


def test_a_random_network_scores_below_5000(fly: Fly) -> None:
    """On average over a hundred networks with ten held-out bouts each; half of them below 4,000."""
    figures = fly(RandomNetworks(100), held_out_seeds(10) * 100)
    scores = [fitness({name: values[10 * k : 10 * k + 10] for name, values in figures.items()}) for k in range(100)]
    assert np.mean(scores) < 4500
    assert np.median(scores) < 4000


@pytest.mark.parametrize(
    "player",
    [RandomPlayer(), Always(0, 0, 1), Always(0, 1, 1), Always(1, 1, 1), Always(1, 0, 1)],
    ids=["random", "still", "spinning", "circling", "straight on"],
)
def test_blind_fire_scores_below_5000(fly: Fly, player: Any) -> None:
    """Who shoots without looking is dead before it adds up to anything."""
    assert fitness(fly(player, held_out_seeds(200))) < 5000


def test_the_ace_scores_what_the_suite_is_set_by(fly: Fly) -> None:
    """80,000 to 150,000 over 300 held-out bouts, with room on either side; the other aces are of its class."""
    assert 90_000 < fitness(fly(AcePlayer(), held_out_seeds(300))) < 135_000
    for ace in ACES[1:]:
        assert 70_000 < fitness(fly(ace(), held_out_seeds(200))) < 190_000


def test_the_outcome_hardly_depends_on_the_tick(fly: Fly) -> None:
    """The ace's score at dt 0.1, where training flies, and at 1/60, where games do, differ by less than a fifth."""
    coarse, fine = (fitness(fly(AcePlayer(ArenaConfig(sim_dt=dt)), range(400), sim_dt=dt)) for dt in (0.1, 1 / 60))
    assert abs(fine - coarse) < 0.2 * coarse


def test_the_aces_fly_any_seat(make_world: Callable[..., ArenaVectorEnv]) -> None:
    """What an ace decides in seat 1 is what the world's own pilot of that seat decides."""
    for player in ACES:
        ace = player(ArenaConfig(scenario="duel"))
        alone, seated = (make_world(3, seed=4, scenario="duel", opponent=player.style) for _ in range(2))
        ace.reset(3, 0)
        for _ in range(60):
            theirs = ace.act_seat(1, np.zeros((3, 23)), seated)
            alone.step(np.zeros((3, 3)))
            seated.step_seats(np.stack([np.zeros((3, 3)), theirs], axis=1))
        np.testing.assert_allclose(alone.state.ships.x, seated.state.ships.x, rtol=1e-5)


def test_aces_differ(fly: Fly) -> None:
    """The four styles fly four different bouts."""
    assert len({fly(ace(), [5])["damage_dealt"][0] for ace in ACES}) == 4


def test_an_ace_must_be_told_how_many_copies_there_are(make_world: Callable[..., ArenaVectorEnv]) -> None:
    """Playing a batch of another size than it was reset for is an error, not a guess."""
    with pytest.raises(ValueError, match="0 copies, the world has 2"):
        AcePlayer().act(np.zeros((2, 23)), make_world(2))


def test_random_play_is_seeded() -> None:
    """Equal seeds give equal actions within the action space."""
    player, drawn = RandomPlayer(), []
    for seed in (3, 3, 4):
        player.reset(10, seed)
        drawn.append(player.act(np.zeros((10, 23))))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).any()
    assert drawn[0][:, 2].min() >= 0.0


def test_the_registry_names_the_players() -> None:
    """A random one, the ace and its rivals."""
    entry = registry.world("arena")
    assert entry is not None
    assert set(entry.players) == {"random", "ace", "ace_rusher", "ace_sniper", "ace_dodger"}
