"""Requests of the official API: what is read, what is refused and by which name, and that equal ones are equal."""

from __future__ import annotations

import pytest

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.move_request import read_move_request


def points(*cells):
    """Cells as the API writes them."""
    return [{"x": x, "y": y} for x, y in cells]


def request(**changes):
    """A sound request of two snakes, with values at dotted paths replaced; None takes the key away."""
    raw = {
        "game": {
            "id": "game",
            "ruleset": {"name": "royale", "version": "v1", "settings": {"hazardDamagePerTurn": 9}},
            "timeout": 400,
        },
        "turn": 12,
        "board": {
            "width": 11,
            "height": 9,
            "food": points((5, 5)),
            "hazards": points((0, 0), (0, 0)),
            "snakes": [
                {"id": "a", "health": 80, "body": points((1, 1), (1, 2), (1, 3))},
                {"id": "b", "health": 70, "body": points((8, 1), (8, 2), (8, 2))},
            ],
        },
        "you": {"id": "b", "latency": "123"},
    }
    for path, value in changes.items():
        *way, last = path.split("__")
        place = raw
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        if value is None:
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = value
    return raw


def test_a_request_says_who_is_asked_where_and_how_long():
    """Everything that a decision needs is read from the document."""
    asked = read_move_request(request())
    assert (asked.game, asked.turn, asked.timeout_ms, asked.latency_ms) == ("game", 12, 400, 123)
    assert (asked.mode, asked.hazard_damage) == ("royale", 9)
    assert (asked.board.width, asked.board.height) == (11, 9)
    assert (asked.you, asked.snake.id, asked.snake.body) == (1, "b", ((8, 1), (8, 2), (8, 2)))
    assert asked.board.hazards == ((0, 0), (0, 0))


def test_what_games_may_leave_out_has_the_official_defaults():
    """Old and home-made engines send less; a ruleset that nobody knows is played as standard."""
    raw = request(game__ruleset=None, game__timeout=None, board__food=None, board__hazards=None, you__latency=None)
    asked = read_move_request(raw)
    assert (asked.mode, asked.hazard_damage, asked.timeout_ms, asked.latency_ms) == ("standard", 14, 500, None)
    assert read_move_request(request(game__ruleset__name="squad")).mode == "standard"


@pytest.mark.parametrize(
    ("told", "read"), [("0", None), ("", None), ("soon", None), (42, 42), ([1], None), ("-3", None)]
)
def test_a_latency_that_makes_no_sense_counts_as_none(told, read):
    """It is a hint that no move hangs on."""
    assert read_move_request(request(you__latency=told)).latency_ms == read


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"game": None}, "game"),
        ({"game__id": None}, "game.id"),
        ({"game__id": "x" * 201}, "game.id"),
        ({"game__timeout": 0}, "game.timeout"),
        ({"game__timeout": "500"}, "game.timeout"),
        ({"game__ruleset": []}, "game.ruleset"),
        ({"game__ruleset__name": 3}, "game.ruleset.name"),
        ({"game__ruleset__settings": 3}, "game.ruleset.settings"),
        ({"game__ruleset__settings__hazardDamagePerTurn": 1.5}, "game.ruleset.settings.hazardDamagePerTurn"),
        ({"turn": None}, "turn"),
        ({"turn": -1}, "turn"),
        ({"board": None}, "board"),
        ({"board__width": 26}, "board.width"),
        ({"board__snakes": None}, "board.snakes"),
        ({"board__snakes": [{}] * 9}, "board.snakes"),
        ({"board__snakes": []}, "you.id"),
        ({"you": None}, "you"),
        ({"you__id": None}, "you.id"),
        ({"you__id": "c"}, "you.id"),
        ({"board__food": points((11, 0))}, "board.food[0]"),
        ({"board__food": points((5, 5)) * 100}, "board.food"),
        ({"board__hazards__1": {"x": 0, "y": 9}}, "board.hazards[1]"),
        ({"board__snakes__0__health": 0}, "board.snakes[0].health"),
        ({"board__snakes__0__health": 101}, "board.snakes[0].health"),
        ({"board__snakes__0__body": []}, "board.snakes[0].body"),
        ({"board__snakes__0__body": points((1, 1)) * 107}, "board.snakes[0].body"),
        ({"board__snakes__0__body__0": {"x": -1, "y": 1}}, "board.snakes[0].body[0]"),
        ({"board__snakes__0__body__2": {"x": 2, "y": 3}}, "board.snakes[0].body[2]"),
        ({"board__snakes__1__body": points((1, 1), (1, 0))}, "board.snakes[1].body[0]"),
        ({"board__snakes__1__id": "a"}, "board.snakes[1].id"),
    ],
)
def test_a_fault_is_named_by_its_field(changes, field):
    """Missing, of the wrong kind, out of range, or on a board that no game reaches."""
    with pytest.raises(ConfigError) as caught:
        read_move_request(request(**changes))
    assert caught.value.field == field
    assert "expected" in caught.value.message
    assert len(caught.value.message) < 300


def test_bodies_go_around_the_edge_in_wrapped_modes_only():
    """Segments on both sides of the board touch where it wraps."""
    around = points((10, 4), (0, 4), (1, 4))
    assert read_move_request(request(game__ruleset__name="wrapped", board__snakes__0__body=around)).mode == "wrapped"
    with pytest.raises(ConfigError, match="beside the segment before it"):
        read_move_request(request(board__snakes__0__body=around))


def test_the_seed_of_a_decision_is_in_its_request():
    """It depends on game, snake and turn, not on who asks when; odd characters are no trouble."""
    seeds = {
        read_move_request(request(**changes)).seed
        for changes in ({}, {"turn": 13}, {"game__id": "other"}, {"you__id": "a"}, {"game__id": "\ud800"})
    }
    assert len(seeds) == 5
    assert read_move_request(request()).seed == read_move_request(request(you__latency="7")).seed
    assert all(0 <= seed < 2**63 for seed in seeds)
