"""Each sentence of the rules, held against the reference and the compiled engine alike."""

from __future__ import annotations

import pytest

from python_training.simulators.battlesnake.rules.reference import Elimination, default_move

FAR = [(9, 9), (9, 8), (9, 7)]
"""A snake that is in nobody's way."""


def deaths(turn):
    """What each of the dead died of, and by whom."""
    return {death.id: (death.cause, death.by) for death in turn.eliminated}


def test_a_move_takes_a_health_and_the_tail_along(judge, make_board):
    """The head goes one cell on, the last segment disappears, health falls by one."""
    turn = judge(make_board({"a": [(5, 5), (5, 4), (5, 3)], "b": FAR}), {"a": "left", "b": "up"})
    a = turn.board.snakes[0]
    assert a.body == ((4, 5), (5, 5), (5, 4))
    assert a.health == 89
    assert not turn.over


@pytest.mark.parametrize(
    ("mode", "left"), [("standard", 1), ("royale", 1), ("wrapped", 1), ("constrictor", 1), ("solo", 0)]
)
def test_a_game_already_over_is_returned_unchanged(judge, make_board, mode, left):
    """With one snake left, in solo with none, nothing moves, starves or eats."""
    board = make_board({"a": [(0, 0), (0, 1)]} if left else {}, food=[(1, 0)], health={"a": 1})
    turn = judge(board, {"a": "left"}, mode)
    assert turn.board == board
    assert turn.eliminated == ()
    assert turn.over


def test_in_solo_one_snake_plays_on(judge, make_board):
    """A solo game ends with its last snake, not before."""
    turn = judge(make_board({"a": [(0, 0), (0, 1)]}), {"a": "right"}, "solo")
    assert not turn.over
    assert turn.board.snakes[0].head == (1, 0)
    assert judge(turn.board, {"a": "down"}, "solo").over


def test_game_over_tells_of_the_state_returned(judge, make_board):
    """The turn in which the last rival dies is the turn that says so."""
    turn = judge(make_board({"a": [(0, 5), (1, 5)], "b": FAR}), {"a": "left", "b": "up"})
    assert turn.over
    assert [snake.id for snake in turn.board.snakes] == ["b"]


def test_hazard_takes_its_damage_beside_the_turns_own(judge, make_board):
    """One hazard costs 14 on top of the one for the turn."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, hazards=[(5, 6)])
    assert judge(board, {"a": "up", "b": "up"}).board.snakes[0].health == 90 - 1 - 14


def test_stacked_hazards_hurt_once_each(judge, make_board):
    """Three hazards on one cell cost three times the damage."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, hazards=[(5, 6)] * 3)
    assert judge(board, {"a": "up", "b": "up"}).board.snakes[0].health == 90 - 1 - 42


def test_only_the_head_feels_a_hazard(judge, make_board):
    """A body may lie in hazards for nothing."""
    board = make_board({"a": [(5, 5), (5, 4), (5, 3)], "b": FAR}, hazards=[(5, 5), (5, 4)])
    assert judge(board, {"a": "up", "b": "up"}).board.snakes[0].health == 89


def test_no_hazard_hurts_where_the_head_is_on_food(judge, make_board):
    """Food under the head spares all damage, however many hazards lie there."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, food=[(5, 6)], hazards=[(5, 6)] * 9, health={"a": 1})
    turn = judge(board, {"a": "up", "b": "up"})
    assert turn.board.snakes[0].health == 100
    assert turn.board.hazards == board.hazards


@pytest.mark.parametrize(("health", "damage"), [(15, 14), (3, 14), (1, 14), (1, 0)])
def test_health_at_nothing_in_a_hazard_is_death_by_hazard(judge, make_board, health, damage):
    """Whoever is at 0 in a hazard died of it, even where the turn's own point was the last one."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, hazards=[(5, 6)], health={"a": health})
    assert deaths(judge(board, {"a": "up", "b": "up"}, damage=damage)) == {"a": ("hazard", "")}


def test_negative_damage_heals_up_to_the_maximum(judge, make_board):
    """Healing pools are hazards of negative damage; a snake at 0 that is healed lives."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, hazards=[(5, 6), (9, 10)], health={"a": 1})
    a, b = judge(board, {"a": "up", "b": "up"}, damage=-30).board.snakes
    assert (a.health, b.health) == (30, 100)


def test_out_of_health_is_death(judge, make_board):
    """The last point goes with a turn that brings no food."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, health={"a": 1})
    assert deaths(judge(board, {"a": "up", "b": "up"})) == {"a": ("out-of-health", "")}


def test_eating_on_the_last_point_saves(judge, make_board):
    """Feeding comes before elimination."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR}, food=[(5, 6)], health={"a": 1})
    turn = judge(board, {"a": "up", "b": "up"})
    assert turn.board.snakes[0].health == 100
    assert turn.board.snakes[0].body == ((5, 6), (5, 5), (5, 5))
    assert turn.board.food == ()


def test_out_of_health_comes_before_out_of_bounds(judge, make_board):
    """A starving snake that leaves the board has starved."""
    board = make_board({"a": [(0, 5), (1, 5)], "b": FAR}, health={"a": 1})
    assert deaths(judge(board, {"a": "left", "b": "up"})) == {"a": ("out-of-health", "")}


@pytest.mark.parametrize(("head", "move"), [((0, 5), "left"), ((10, 5), "right"), ((5, 0), "down"), ((5, 10), "up")])
def test_leaving_the_board_is_death_by_the_wall(judge, make_board, head, move):
    """All four walls kill."""
    turn = judge(make_board({"a": [head, (5, 5)], "b": FAR}), {"a": move, "b": "up"})
    assert deaths(turn) == {"a": ("wall-collision", "")}


def test_who_died_of_health_wall_or_hazard_blocks_and_fights_nobody(judge, make_board):
    """Its body is no obstacle in that very turn, nor is its head a rival."""
    starving = make_board(
        {"a": [(5, 5), (5, 4), (5, 3)], "b": [(4, 4), (3, 4)], "c": FAR, "d": [(4, 6), (3, 6)]},
        health={"a": 1},
    )
    turn = judge(starving, {"a": "up", "b": "right", "c": "up", "d": "right"})
    assert deaths(turn) == {"a": ("out-of-health", "")}
    leaving = make_board({"a": [(0, 5), (1, 5), (2, 5)], "b": [(1, 4), (1, 3)], "c": FAR})
    assert set(deaths(judge(leaving, {"a": "left", "b": "up", "c": "up"}))) == {"a"}
    burning = make_board(
        {"a": [(5, 5), (5, 4), (5, 3)], "b": [(4, 4), (3, 4)], "c": FAR}, hazards=[(5, 6)], health={"a": 5}
    )
    assert set(deaths(judge(burning, {"a": "up", "b": "right", "c": "up"}))) == {"a"}


def test_who_dies_of_a_hazard_eats_nothing(judge, make_board):
    """Food is for those alive after the hazards; a dead head takes none from a living one."""
    board = make_board(
        {"a": [(5, 5), (5, 4)], "b": FAR, "c": [(2, 2), (2, 1)]}, hazards=[(5, 6)], food=[(5, 7)], health={"a": 2}
    )
    turn = judge(board, {"a": "up", "b": "up", "c": "up"})
    assert deaths(turn) == {"a": ("hazard", "")}
    assert turn.board.food == ((5, 7),)


def test_everyone_whose_head_is_on_food_eats_and_it_is_gone_even_in_a_tie(judge, make_board):
    """Two equal heads on one food both eat, both die, and the food is gone."""
    board = make_board(
        {"a": [(4, 5), (3, 5), (2, 5)], "b": [(6, 5), (7, 5), (8, 5)], "c": [(1, 9), (1, 8)]}, food=[(5, 5), (0, 0)]
    )
    turn = judge(board, {"a": "right", "b": "left", "c": "up"})
    assert deaths(turn) == {"a": ("head-collision", "b"), "b": ("head-collision", "a")}
    assert turn.board.food == ((0, 0),)


def test_food_listed_twice_is_eaten_twice(judge, make_board):
    """Each piece doubles the last segment once more."""
    turn = judge(make_board({"a": [(5, 5), (5, 4)], "b": FAR}, food=[(5, 6), (5, 6)]), {"a": "up", "b": "up"})
    assert turn.board.snakes[0].body == ((5, 6), (5, 5), (5, 5), (5, 5))


def test_own_body_kills_to_ones_own_credit(judge, make_board):
    """`by` of a self collision is the snake itself."""
    coil = [(5, 5), (5, 6), (6, 6), (6, 5), (6, 4), (5, 4)]
    turn = judge(make_board({"a": coil, "b": FAR}), {"a": "right", "b": "up"})
    assert deaths(turn) == {"a": ("snake-self-collision", "a")}


def test_ones_own_tail_cell_is_free(judge, make_board):
    """The tail leaves while the head comes."""
    turn = judge(make_board({"a": [(5, 5), (5, 6), (6, 6), (6, 5)], "b": FAR}), {"a": "right", "b": "up"})
    assert turn.eliminated == ()


def test_eating_blocks_the_old_tail_cell_only_the_next_turn(judge, make_board):
    """Whoever follows an eating snake's tail lives this turn and dies the next."""
    board = make_board({"a": [(5, 5), (5, 4), (5, 3)], "b": [(5, 2), (5, 1)], "c": FAR}, food=[(5, 6)])
    first = judge(board, {"a": "up", "b": "up", "c": "up"})
    assert first.eliminated == ()
    second = judge(first.board, {"a": "up", "b": "up", "c": "left"})
    assert deaths(second) == {"b": ("snake-collision", "a")}


def test_another_body_kills_to_the_credit_of_the_longest_after_feeding(judge, make_board):
    """Where two bodies lie on a cell the longer one gets it; a meal this turn counts."""
    bodies = {"a": [(5, 5), (4, 5)], "b": [(6, 4), (6, 5), (6, 6)], "c": [(7, 5), (6, 5), (6, 6)]}
    assert deaths(judge(make_board(bodies), {"a": "right", "b": "down", "c": "right"}))["a"] == ("snake-collision", "b")
    fed = make_board(bodies, food=[(8, 5)])
    assert deaths(judge(fed, {"a": "right", "b": "down", "c": "right"}))["a"] == ("snake-collision", "c")


def test_own_body_before_anothers_and_a_body_before_a_head(judge, make_board):
    """The precedence of causes: self, body, head."""
    both = {"a": [(5, 5), (5, 6), (6, 6), (6, 5), (6, 4)], "b": [(7, 4), (6, 5), (7, 5), (8, 5)], "c": FAR}
    assert deaths(judge(make_board(both), {"a": "right", "b": "down", "c": "up"}))["a"][0] == "snake-self-collision"
    body_and_head = {"a": [(5, 5), (4, 5)], "b": [(6, 4), (7, 4), (8, 4)], "c": [(7, 6), (6, 5), (7, 5)]}
    found = deaths(judge(make_board(body_and_head), {"a": "right", "b": "up", "c": "up"}))
    assert found["a"] == ("snake-collision", "c")


def test_a_shorter_head_dies_by_a_longer_one(judge, make_board):
    """The longer one lives on."""
    turn = judge(make_board({"a": [(4, 5), (3, 5)], "b": [(6, 5), (7, 5), (8, 5)]}), {"a": "right", "b": "left"})
    assert deaths(turn) == {"a": ("head-collision", "b")}
    assert turn.over


def test_among_several_heads_the_longest_gets_the_credit_ties_by_list_order(judge, make_board):
    """Three heads in one cell: each dies by the longest other, of equal ones the first in the list."""
    heads = {"a": [(4, 5), (3, 5)], "b": [(6, 5), (7, 5), (8, 5)], "c": [(5, 4), (5, 3), (5, 2)]}
    found = deaths(judge(make_board(heads), {"a": "right", "b": "left", "c": "up"}))
    assert found == {"a": ("head-collision", "b"), "b": ("head-collision", "c"), "c": ("head-collision", "b")}


def test_a_meal_of_this_turn_counts_in_a_head_to_head(judge, make_board):
    """Two that meet on food have both grown; nothing changes between them."""
    heads = {"a": [(4, 5), (3, 5), (2, 5)], "b": [(6, 5), (7, 5)]}
    assert deaths(judge(make_board(heads, food=[(5, 5)]), {"a": "right", "b": "left"})) == {
        "b": ("head-collision", "a")
    }


def test_snakes_that_die_in_collisions_still_block(judge, make_board):
    """All collisions are judged against everyone still there, whoever of them dies."""
    board = make_board({"a": [(5, 5), (5, 6), (6, 6), (6, 5), (6, 4)], "b": [(4, 6), (3, 6)], "c": FAR})
    found = deaths(judge(board, {"a": "right", "b": "right", "c": "up"}))
    assert found == {"a": ("snake-self-collision", "a"), "b": ("snake-collision", "a")}


def test_two_that_change_places_meet_each_others_necks(judge, make_board):
    """Heads that pass through each other have both run into a body."""
    board = make_board({"a": [(4, 5), (3, 5)], "b": [(5, 5), (6, 5)], "c": FAR})
    found = deaths(judge(board, {"a": "right", "b": "left", "c": "up"}))
    assert found == {"a": ("snake-collision", "b"), "b": ("snake-collision", "a")}


def test_bodies_of_one_segment_pass_through_each_other(judge, make_board):
    """There is no neck to run into."""
    board = make_board({"a": [(4, 5)], "b": [(5, 5)], "c": FAR})
    assert judge(board, {"a": "right", "b": "left", "c": "up"}).eliminated == ()


def test_bodies_of_one_segment_meet_head_on(judge, make_board):
    """A body of one segment is a head like any other."""
    tie = judge(make_board({"a": [(4, 5)], "b": [(6, 5)], "c": FAR}), {"a": "right", "b": "left", "c": "up"})
    assert deaths(tie) == {"a": ("head-collision", "b"), "b": ("head-collision", "a")}


def test_a_body_of_one_segment_dies_of_its_meal(judge, make_board):
    """The doubled segment lies under the head: by the official order of the turn that is a self collision."""
    turn = judge(make_board({"a": [(4, 5)], "c": FAR}, food=[(5, 5)]), {"a": "right", "c": "up"})
    assert deaths(turn) == {"a": ("snake-self-collision", "a")}
    assert turn.board.food == ()


def test_a_body_of_two_may_turn_back(judge, make_board):
    """Its neck is its tail, which leaves."""
    turn = judge(make_board({"a": [(4, 5), (3, 5)], "c": FAR}), {"a": "left", "c": "up"})
    assert turn.board.snakes[0].body == ((3, 5), (4, 5))


def test_a_stacked_start_unfolds(judge, make_board):
    """Three segments in one cell follow the head one by one."""
    turn = judge(make_board({"a": [(1, 1)] * 3, "b": FAR}), {"a": "up", "b": "up"})
    assert turn.board.snakes[0].body == ((1, 2), (1, 1), (1, 1))


@pytest.mark.parametrize("mode", ["wrapped", "wrapped_constrictor"])
@pytest.mark.parametrize(
    ("head", "move", "to"),
    [((0, 5), "left", (10, 5)), ((10, 5), "right", (0, 5)), ((5, 0), "down", (5, 6)), ((5, 6), "up", (5, 0))],
)
def test_wrapped_boards_have_no_walls(judge, make_board, mode, head, move, to):
    """Who leaves a rectangle of 11 by 7 comes back on the other side."""
    board = make_board({"a": [head, (5, 3)], "b": [(2, 2), (2, 1)]}, height=7)
    assert judge(board, {"a": move, "b": "up"}, mode).board.snakes[0].head == to


@pytest.mark.parametrize("mode", ["constrictor", "wrapped_constrictor"])
def test_constrictor_removes_food_and_grows_everyone(judge, make_board, mode):
    """All are at full health with a doubled tail; who ate has one already and grows no more."""
    board = make_board({"a": [(5, 5), (5, 4)], "b": FAR, "c": [(2, 2)]}, food=[(5, 6), (0, 0)])
    turn = judge(board, {"a": "up", "b": "up", "c": "up"}, mode)
    assert turn.board.food == ()
    assert [snake.body for snake in turn.board.snakes] == [
        ((5, 6), (5, 5), (5, 5)),
        ((9, 10), (9, 9), (9, 8), (9, 8)),
        ((2, 3), (2, 3)),
    ]
    assert {snake.health for snake in turn.board.snakes} == {100}


@pytest.mark.parametrize("move", ["", "sideways", "UP"])
def test_without_a_move_a_snake_goes_on_as_before(judge, make_board, move):
    """No move and an unknown one are the same: the last direction again."""
    board = make_board({"a": [(5, 5), (4, 5)], "b": [(2, 2)] * 3})
    turn = judge(board, {"a": move} if move else {})
    assert [snake.head for snake in turn.board.snakes] == [(6, 5), (2, 3)]


@pytest.mark.parametrize(
    ("body", "move"),
    [
        ([(5, 5)], "up"),
        ([(5, 5), (5, 5)], "up"),
        ([(5, 5), (5, 6)], "down"),
        ([(5, 5), (6, 5)], "left"),
        ([(0, 5), (10, 5)], "right"),
        ([(10, 5), (0, 5)], "left"),
        ([(5, 0), (5, 10)], "up"),
        ([(5, 10), (5, 0)], "down"),
    ],
)
def test_the_last_direction_is_read_off_head_and_neck(body, move):
    """Also where the neck lies across the edge of a wrapped board."""
    assert default_move(body) == move


def test_the_dead_are_listed_in_the_order_of_the_board(judge, make_board):
    """Whatever they died of."""
    board = make_board({"a": [(4, 5), (3, 5)], "b": [(0, 0), (1, 0)], "c": [(5, 5), (6, 5)], "d": FAR}, health={"c": 1})
    turn = judge(board, {"a": "up", "b": "left", "c": "up", "d": "up"})
    assert turn.eliminated == (Elimination("b", "wall-collision"), Elimination("c", "out-of-health"))


def test_a_body_off_the_board_is_judged_too(judge, make_board):
    """No game reaches it, but a tester may: any segment off the board is out of bounds, unless it just left."""
    board = make_board({"a": [(0, 5), (-1, 5), (-2, 5)], "b": [(0, 3), (-1, 3)], "c": FAR})
    turn = judge(board, {"a": "right", "b": "right", "c": "up"})
    assert deaths(turn) == {"a": ("wall-collision", "")}
