"""What is served where: paths from names, looks that services take, and a player at less and less effort."""

from __future__ import annotations

from itertools import pairwise

import pytest

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.players.parameters import (
    LOOKAHEAD_DEPTH,
    MCTS_ITERATIONS,
    MCTS_TIMEOUT_MS,
    USE_MCTS,
)
from python_training.simulators.battlesnake.players.player_file import PlayerOptions, default_values, heuristic
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.server.rungs import rungs
from python_training.simulators.battlesnake.server.snakes import Appearance, served

HUNGRY = SCRIPTED["hungry"]


def serve(*names, look=None):
    """Snakes of these names, all the same player."""
    return served([(name, HUNGRY, look or Appearance()) for name in names])


def test_a_snake_has_the_path_of_its_name():
    """Presets keep theirs, files lose folder and ending."""
    names = ("default", "runs/best/My Snake.v2.yaml", "TUNED_3.json")
    assert [snake.path for snake in serve(*names)] == ["default", "my-snake-v2", "tuned_3"]


@pytest.mark.parametrize(
    "name", ["move.yaml", "health", "start", "end", "slange-å", ".yaml", "", "a/", "x" * 65, "a?b"]
)
def test_a_name_that_makes_no_path_is_refused(name):
    """Also one that means something else below the root."""
    with pytest.raises(ConfigError, match="config"):
        serve(name + ("" if name != "a/" else "\N{SNOWMAN}"))


def test_two_of_a_path_are_refused():
    """A request could not say which it means."""
    with pytest.raises(ConfigError, match="two of them"):
        serve("one.yaml", "folder/one.yaml")


@pytest.mark.parametrize(
    ("field", "value"), [("color", "red"), ("color", "#12345"), ("head", ""), ("tail", "a b"), ("head", "<b>")]
)
def test_looks_that_services_do_not_take_are_refused(field, value):
    """The field is named."""
    with pytest.raises(ConfigError) as caught:
        serve("one", look=Appearance(**{field: value}))
    assert caught.value.field == field


def test_a_snake_without_a_colour_gets_its_own():
    """The same one every time, another one for another path; a given one is kept."""
    one, two = serve("one", "two")
    assert one.introduction()["color"] == serve("one")[0].introduction()["color"] != two.introduction()["color"]
    assert serve("one", look=Appearance(color="#102030"))[0].introduction()["color"] == "#102030"


def test_scripted_players_have_one_effort():
    """They answer at once anyway."""
    assert rungs(HUNGRY) == (HUNGRY,)


@pytest.mark.parametrize("use_mcts", [True, False])
def test_each_rung_searches_less_until_none_does(use_mcts):
    """The first is the player itself; nothing but the search's budget changes on the way down."""
    values = default_values() | {"hybrid.mcts_iterations": 200, "hybrid.lookahead_depth": 4}
    player = heuristic(values, options=PlayerOptions(use_mcts=use_mcts))
    steps = rungs(player)
    assert steps[0] == player
    budget = (MCTS_ITERATIONS, MCTS_TIMEOUT_MS, LOOKAHEAD_DEPTH, USE_MCTS)
    for above, below in pairwise(steps):
        assert above.policy == below.policy
        changed = {i for i, (a, b) in enumerate(zip(above.parameters, below.parameters, strict=True)) if a != b}
        assert changed
        assert changed <= set(budget)
        assert all(below.parameters[i] < above.parameters[i] for i in changed)
    assert (steps[-1].parameters[USE_MCTS], steps[-1].parameters[LOOKAHEAD_DEPTH]) == (0, 0)
    assert all(step.parameters[LOOKAHEAD_DEPTH] >= 1 for step in steps[:-1])
