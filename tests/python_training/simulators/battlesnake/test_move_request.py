"""Requests of the official API: what is read, what is refused and by which name, and that equal ones are equal."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.move_request import MAX_SNAKES_SEEN, read_move_request
from python_training.simulators.battlesnake.players.choice import choose
from python_training.simulators.battlesnake.players.roster import player
from python_training.simulators.battlesnake.rules.modes import MOVES

PLAYERS = ("random-safe", "hungry", "space-filler", "hunter", "territorial", "default", "mcts")


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
    ("told", "read"),
    [
        ("0", None),
        ("", None),
        ("soon", None),
        (42, 42),
        ("42", 42),
        (42.9, 42),
        ([1], None),
        ("-3", None),
        (True, None),
    ],
)
def test_a_latency_that_makes_no_sense_counts_as_none(told, read):
    """It is a hint that no move hangs on."""
    assert read_move_request(request(you__latency=told)).latency_ms == read


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"board": None}, "board"),
        ({"board": []}, "board"),
        ({"board__width": None}, "board.width"),
        ({"board__width": 26}, "board.width"),
        ({"board__height": 0}, "board.height"),
        ({"board__height": "11"}, "board.height"),
        ({"board__width": True}, "board.width"),
        ({"you": None}, "you.body"),
        ({"you": "b"}, "you.body"),
        ({"you__id": "nobody"}, "you.body"),
        ({"board__snakes": None}, "you.body"),
        ({"board__snakes__1__body": []}, "you.body"),
        ({"you": {"id": "c", "body": [{"x": "one", "y": 1}]}}, "you.body"),
    ],
)
def test_only_the_board_s_size_and_the_own_body_are_needed(changes, field):
    """The error names the field, what was expected and what came."""
    with pytest.raises(ConfigError) as caught:
        read_move_request(request(**changes))
    assert caught.value.field == field
    assert "expected" in caught.value.message
    assert len(caught.value.message) < 300


NOT_NEEDED = {
    "no game": {"game": None},
    "a game that is none": {"game": "g"},
    "a game of no name": {"game__id": None},
    "a game by number": {"game__id": 17},
    "a very long name": {"game__id": "x" * 20_000},
    "no time": {"game__timeout": 0},
    "time as a text": {"game__timeout": "400"},
    "a ruleset that is none": {"game__ruleset": []},
    "a ruleset by number": {"game__ruleset__name": 3},
    "settings that are none": {"game__ruleset__settings": 3},
    "a broken damage": {"game__ruleset__settings__hazardDamagePerTurn": 1.5},
    "an endless damage": {"game__ruleset__settings__hazardDamagePerTurn": 10**30},
    "no turn": {"turn": None},
    "a turn in words": {"turn": "three"},
    "a turn before the first": {"turn": -1},
    "no food": {"board__food": None},
    "food that is none": {"board__food": {"x": 1}},
    "food off the board": {"board__food": points((11, 0), (-1, 5), (3, 3))},
    "food in one place": {"board__food": points((5, 5)) * 1000},
    "points that are none": {"board__food": [None, 5, {}, {"x": 1}, {"x": 1, "y": "2"}, {"x": 10**30, "y": 1}, []]},
    "hazards off the board": {"board__hazards": points((0, 9), (5, 14), (-3, -3))},
    "hazards thousands deep": {"board__hazards": points((0, 8)) * 40_000},
    "a dead snake": {"board__snakes__0__health": 0},
    "a snake too well": {"board__snakes__0__health": 1000},
    "no health": {"board__snakes__0__health": None},
    "a snake without a body": {"board__snakes__0__body": []},
    "a body of nothing": {"board__snakes__0__body": [None]},
    "a snake that is none": {"board__snakes__0": 3},
    "a body in one heap": {"board__snakes__0__body": points((1, 1)) * 200},
    "a head off the board": {"board__snakes__0__body__0": {"x": -1, "y": 1}},
    "a tail off the board": {"board__snakes__0__body__2": {"x": 1, "y": 20}},
    "a body in two parts": {"board__snakes__0__body__2": {"x": 7, "y": 7}},
    "a body upon another": {"board__snakes__0__body": points((8, 1), (8, 2), (8, 3))},
    "two of one name": {"board__snakes__0__id": "b"},
    "names of any text": {"board__snakes__0__id": "\ud800\x00", "board__snakes__0__name": {"a": []}},
    "more than there may be": {"board__further": {"deep": [[[1]]]}, "you__squad": 3, "game__map": 5},
    "you as you died": {"you": {"id": "b", "health": 0, "body": points((11, 1), (10, 1))}},
    "you beside the list": {"you": {"id": "c", "body": points((4, 4), (4, 3))}},
    "you without a name": {"you": {"body": points((8, 1), (8, 2), (8, 2))}},
    "your head alone": {"you": {"id": "c", "head": {"x": 4, "y": 4}}},
    "whole numbers with a point": {"board__width": 11.0, "board__snakes__1__body__0": {"x": 8.0, "y": 1.0}},
}


@pytest.mark.parametrize("changes", NOT_NEEDED.values(), ids=NOT_NEEDED)
def test_what_a_move_does_not_need_refuses_nothing(changes):
    """It counts as not said, and every player has a move."""
    asked = read_move_request(request(**changes))
    assert asked.board.holds(asked.snake.head) or asked.snake.health == 1
    assert all(asked.board.holds(point) for point in (*asked.board.food, *asked.board.hazards))
    assert 0 < asked.timeout_ms <= 600_000
    for name in PLAYERS:
        assert choose(player(name), asked) in MOVES, name


def test_the_official_map_snail_mode_is_played():
    """Its trails are counted by hazards above the board; those on the board count, as often as they are deadly."""
    trail = points(*[(5, 20)] * 9, *[(1, 1 + 9)] * 3, (4, 4), *[(5, 4)] * 30)
    asked = read_move_request(request(board__hazards=trail, game__map="snail_mode"))
    assert asked.board.hazards.count((5, 4)) == 12  # 9 a turn each: twelve are deadly, and more are no worse
    assert asked.board.hazards.count((4, 4)) == 1
    assert len(asked.board.hazards) == 13


def test_the_own_snake_is_found_or_added():
    """By its id, else by its body, else it is one more."""
    body = points((8, 1), (8, 2), (8, 2))
    assert read_move_request(request(you={"body": body})).you == 1
    added = read_move_request(request(you={"id": "c", "body": points((4, 4))}))
    assert (added.you, added.snake.id, len(added.board.snakes)) == (2, "c", 3)
    told = read_move_request(request(you={"id": "b", "health": 33, "body": points((7, 7))}))
    assert (told.you, told.snake.health, told.snake.body) == (1, 33, ((7, 7),))


def test_bodies_may_go_around_the_edge_in_any_mode():
    """A ruleset that nobody knows wraps if it is called so."""
    around = points((10, 4), (0, 4), (1, 4))
    for name, mode in (("wrapped", "wrapped"), ("Wrapped_Zoo", "wrapped"), ("zoo", "standard")):
        asked = read_move_request(request(game__ruleset__name=name, board__snakes__0__body=around))
        assert (asked.mode, asked.board.snakes[0].body) == (mode, ((10, 4), (0, 4), (1, 4)))


def test_more_snakes_than_can_be_looked_at_lose_the_farthest():
    """The own one stays, in its order."""
    crowd = [{"id": str(k), "health": 50, "body": points((k % 25, k // 25))} for k in range(400)]
    board = {"width": 25, "height": 25, "snakes": crowd}
    asked = read_move_request({"board": board, "you": {"id": "200"}})
    assert len(asked.board.snakes) == MAX_SNAKES_SEEN
    assert asked.snake.id == "200"
    assert max(math.dist(snake.head, asked.snake.head) for snake in asked.board.snakes) < 6


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def odd_requests(draw):
    """Requests with a size and an own body, and anything in any other place."""
    width, height = draw(st.integers(1, 25)), draw(st.integers(1, 25))
    cell = st.fixed_dictionaries({"x": st.integers(-2, width + 1), "y": st.integers(-2, height + 1)})
    body = st.lists(cell | ANY, max_size=12)
    snake = st.dictionaries(
        st.sampled_from(["id", "health", "head", "length", "latency", "shout", "name"]), ANY
    ).flatmap(lambda rest: body.map(lambda points: {**rest, "body": points}))
    game = st.fixed_dictionaries(
        {},
        optional={
            "id": ANY,
            "timeout": ANY,
            "map": ANY,
            "ruleset": ANY | st.fixed_dictionaries({"name": st.sampled_from(["wrapped", "constrictor", "solo"]) | ANY}),
        },
    )
    own = st.lists(cell, min_size=1, max_size=12)
    board = {"width": width, "height": height}
    for name, values in (("food", cell), ("hazards", cell), ("snakes", snake)):
        board[name] = draw(st.lists(values | ANY, max_size=17) | ANY)
    return {
        "game": draw(game | ANY),
        "turn": draw(ANY),
        "board": board,
        "you": {**draw(snake), "body": draw(own)},
        draw(st.text(max_size=3)): draw(ANY),
    }


@settings(max_examples=150, deadline=None)
@given(odd_requests(), st.sampled_from(PLAYERS))
def test_whoever_has_a_board_and_a_body_gets_a_move(raw, name):
    """Whatever stands in all the other places; the same request gets the same move again."""
    if not isinstance(raw.get("board"), dict) or not isinstance(raw.get("you"), dict):
        return  # the odd key was one of these
    move = choose(player(name), read_move_request(raw))
    assert move in MOVES
    assert choose(player(name), read_move_request(raw)) == move


@given(ANY | st.fixed_dictionaries({"board": ANY, "you": ANY, "game": ANY}))
def test_anything_is_read_or_refused_by_name(raw):
    """No other error than the one that names the field."""
    with suppress(ConfigError):
        assert read_move_request(raw).board.width > 0
        return
    with pytest.raises(ConfigError, match=r"^(request|board|board\.width|board\.height|you\.body): expected"):
        read_move_request(raw)


def test_the_seed_of_a_decision_is_in_its_request():
    """It depends on game, snake and turn, not on who asks when; odd characters are no trouble."""
    seeds = {
        read_move_request(request(**changes)).seed
        for changes in ({}, {"turn": 13}, {"game__id": "other"}, {"you__id": "a"}, {"game__id": "\ud800"})
    }
    assert len(seeds) == 5
    assert read_move_request(request()).seed == read_move_request(request(you__latency="7")).seed
    assert all(0 <= seed < 2**63 for seed in seeds)
