"""The world behind the Gymnasium API, its players and its picture."""

from __future__ import annotations

import numpy as np
import pytest

from python_training import registry
from python_training.raster import rasterise
from python_training.simulators.battlesnake.board.view import draw
from python_training.simulators.battlesnake.config import METRICS, BattlesnakeConfig
from python_training.simulators.battlesnake.env import BattlesnakeVectorEnv
from python_training.simulators.battlesnake.play.replay import moments
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.rules.snapshot import board_of


def played(world, player, turns):
    """Everything that comes out of `turns` steps of a player."""
    observations, _ = world.reset(seed=3)
    player.reset(world.num_envs, 3)
    out = []
    for _ in range(turns):
        observations, rewards, terminated, truncated, infos = world.step(player.act(observations, world))
        out.append((observations, rewards, terminated, truncated, infos))
    return out


def scripted(name, config=None):
    """A player of the registry."""
    return registry.load(registry.WORLDS["battlesnake"].players[name])(config or BattlesnakeConfig())


@pytest.mark.parametrize("settings", [{}, {"mode": "royale", "opponents": ("hunter", "hungry")}, {"mode": "wrapped"}])
def test_observations_stay_in_their_space(settings):
    """Whatever the game and the player."""
    world = BattlesnakeVectorEnv(8, BattlesnakeConfig(**settings))
    for observations, *_ in played(world, scripted("random-safe"), 150):
        assert world.observation_space.contains(observations)


def test_an_episode_ends_with_its_figures_and_the_next_step_begins_another():
    """NEXT_STEP autoreset, figures named after METRICS, rewards as configured."""
    world = BattlesnakeVectorEnv(4)
    ended = np.zeros(4, dtype=bool)
    for _, rewards, terminated, truncated, infos in played(world, scripted("random"), 200):
        assert (rewards[ended] == 0).all()
        assert not (terminated | truncated)[ended].any()
        ended = terminated | truncated
        if ended.any():
            assert set(infos["episode_figures"]) == {metric.name for metric in METRICS}
            np.testing.assert_array_equal(infos["_episode_figures"], ended)
            won = infos["episode_figures"]["success_rate"][ended]
            assert set(np.round(rewards[ended & terminated], 3)) <= {-1.0, -0.5, 1.002, 1.022}
            assert ((rewards[ended] > 1) == (won == 1)).all()


def test_a_scripted_player_in_an_environment_plays_the_game_of_the_match():
    """The same seed, players and settings: the board of every turn is that of the replay."""
    world = BattlesnakeVectorEnv(1, BattlesnakeConfig(opponents=("hungry",)))
    player = scripted("territorial")
    game = moments(world.config, [SCRIPTED["territorial"], SCRIPTED["hungry"]], ["a", "b"], 12)
    observations, _ = world.reset(seed=12)
    assert board_of(world.games, world.layout, 0, ["a", "b"]) == next(game).board
    for moment in game:
        observations, *_ = world.step(player.act(observations, world))
        assert board_of(world.games, world.layout, 0, ["a", "b"]) == moment.board


def test_solo_is_won_by_reaching_the_limit_of_turns():
    """Nobody is left to beat."""
    world = BattlesnakeVectorEnv(1, BattlesnakeConfig(mode="solo", opponents=(), max_turns=3))
    *_, last = played(world, scripted("space-filler"), 3)
    assert last[3][0]
    assert last[4]["episode_figures"]["success_rate"][0] == 1


@pytest.mark.parametrize("actions", [np.zeros(3, int), np.zeros(2), np.array([0, 4]), np.array([-1, 0])])
def test_actions_that_are_no_moves_are_refused(actions):
    """Shape, kind and range."""
    world = BattlesnakeVectorEnv(2)
    world.reset(seed=0)
    with pytest.raises(ValueError, match="actions must"):
        world.step(actions)


def test_more_snakes_than_a_board_holds_are_refused():
    """The config says how many it holds."""
    with pytest.raises(ValueError, match="holds 5 snakes"):
        BattlesnakeConfig(width=3, height=3, opponents=("hungry",) * 7)


def test_the_picture_shows_board_snakes_food_hazards_and_health():
    """A ViewFrame with its layers, also of a wrapped board, and drawable as pixels."""
    world = BattlesnakeVectorEnv(1, BattlesnakeConfig(mode="wrapped", map="royale", shrink_every_n_turns=2))
    played(world, scripted("hunter"), 25)
    frame = draw(world, 0)
    assert [layer.name for layer in frame.layers] == ["board", "hazards", "choices", "food", "snakes", "health"]
    assert all(layer.shapes for layer in frame.layers)
    assert frame.figures["Turn"] == 25 or frame.episode > 1
    assert rasterise(frame).shape[2] == 3
    with pytest.raises(IndexError):
        draw(world, 1)
