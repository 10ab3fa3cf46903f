"""Explanations: the move that is made, the reasons in numbers, and nothing changed by asking."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.commands import commands
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.replay import states
from python_training.simulators.battlesnake.players.explain import explain
from python_training.simulators.battlesnake.players.parameters import TERMS
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.players.roster import player
from python_training.simulators.battlesnake.rules.modes import MOVES
from python_training.simulators.battlesnake.rules.state import ALIVE, MOVE, TURN

REQUEST = {
    "game": {"id": "g", "ruleset": {"name": "standard", "settings": {}}, "timeout": 500},
    "turn": 14,
    "board": {
        "width": 11,
        "height": 11,
        "food": [{"x": 5, "y": 5}],
        "hazards": [],
        "snakes": [
            {"id": "me", "health": 54, "body": [{"x": 3, "y": 5}, {"x": 2, "y": 5}, {"x": 1, "y": 5}]},
            {"id": "you", "health": 90, "body": [{"x": 9, "y": 9}, {"x": 9, "y": 8}, {"x": 9, "y": 7}]},
        ],
    },
    "you": {"id": "me", "health": 54, "body": [{"x": 3, "y": 5}, {"x": 2, "y": 5}, {"x": 1, "y": 5}]},
}


@pytest.fixture
def terminal():
    """`terminal("explain", ...)` runs a command and returns what it printed; its error is raised."""

    def run(*arguments, text=None):
        result = CliRunner().invoke(commands, arguments, input=text)
        if result.exception:
            raise result.exception
        return result.stdout

    return run


@pytest.mark.parametrize("name", ["default", "mcts", *SCRIPTED])
def test_the_move_explained_is_the_move_made(name):
    """Along a whole game, and asking changes nothing in it: the game goes on as it would have."""
    seated = (player(name), player("training"))
    asked, made = [], []
    for games, table in states(BattlesnakeConfig(max_turns=220), seated, 3):
        if games.facts[0, TURN]:
            made.append(MOVES[games.snakes[0, 0, MOVE]])
        if games.snakes[0, 0, ALIVE]:
            before = [array.copy() for array in games]
            asked.append(explain(games, table, 0, 0, seated[0]).move)
            assert all((old == new).all() for old, new in zip(before, games, strict=True))
    assert len(made) > 10
    assert asked[: len(made)] == made


def test_a_total_is_the_sum_of_its_terms(terminal):
    """Each legal move has all the terms, a blocked one none."""
    told = json.loads(terminal("explain", "training", "--position", "-", "--json", text=json.dumps(REQUEST)))
    assert told["mode"] == "greedy"
    assert told["move"] == "right"
    moves = {each["move"]: each for each in told["moves"]}
    assert not moves["left"]["legal"]
    assert moves["left"]["terms"] == {}
    for name in ("up", "down", "right"):
        assert set(moves[name]["terms"]) == set(TERMS)
        assert moves[name]["total"] == pytest.approx(sum(moves[name]["terms"].values()))
        assert moves[name]["total"] <= moves["right"]["total"]


def test_a_position_of_a_game_is_explained_in_the_terminal(terminal):
    """As text, a row a term; the same game and turn as `replay` shows, whichever seat the seed gives."""
    for seed in ("4", "5"):
        shown = terminal("explain", "default", "--against", "hungry", "--seed", seed, "--turn", "8")
        told = json.loads(
            terminal("explain", "default", "--against", "hungry", "--seed", seed, "--turn", "20", "--json")
        )
        replayed = json.loads(terminal("replay", "default", "hungry", "--seed", seed, "--json"))
        assert shown.startswith(f"default, turn 8: {told['move']}")
        assert all(term in shown for term in TERMS)
        assert replayed["turns"][9]["moves"]["a:default"] == told["move"]


@pytest.mark.parametrize(
    ("arguments", "text", "field"),
    [
        (["--position", "-"], "{", "position"),
        (["--position", "-"], json.dumps({**REQUEST, "you": {"id": "nobody"}}), "you.body"),
        (["--position", "no-such-file.json"], None, "position"),
        ([], None, "position"),
        (["--against", "hungry", "--turn", "100000"], None, "turn"),
    ],
)
def test_what_cannot_be_explained_is_refused_by_name(terminal, arguments, text, field):
    """A document that is none, a snake that is not there, a turn that the game never came to."""
    with pytest.raises(ConfigError) as caught:
        terminal("explain", "training", *arguments, text=text)
    assert caught.value.field == field


def test_parameters_and_players_are_listed(terminal):
    """All 31 with value and range; every player by name, presets with their summary."""
    listed = json.loads(terminal("parameters", "training", "--json"))["parameters"]
    assert len(listed) == 31
    assert all(each["low"] <= each["value"] <= each["high"] for each in listed)
    assert "food_trap_threshold" in terminal("parameters")
    names = {each["name"]: each for each in json.loads(terminal("players", "--json"))["players"]}
    assert names["territorial"]["kind"] == "scripted"
    assert names["training"]["kind"] == "preset"
    assert names["training"]["summary"] in terminal("players")
