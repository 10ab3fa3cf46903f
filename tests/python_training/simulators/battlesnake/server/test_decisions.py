"""Moves in time: the whole effort where there is time, less where not, and an answer at the deadline in any case."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.players.choice import choose
from python_training.simulators.battlesnake.players.player_file import PlayerOptions, default_values, heuristic
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.server.app import time_to_decide_s
from python_training.simulators.battlesnake.server.decisions import Decisions
from python_training.simulators.battlesnake.server.pace import Pace
from python_training.simulators.battlesnake.server.snakes import Appearance, served

SEARCHES = default_values() | {
    "late_game.turn_threshold": 50,
    "hybrid.mcts_iterations": 200,
    "hybrid.mcts_timeout_ms": 500,
    "hybrid.lookahead_depth": 5,
}
SEARCHER = heuristic(SEARCHES, "searcher", PlayerOptions(use_mcts=True))
LATE_DUEL = [
    MoveRequest(
        game=f"game {i}",
        turn=200,
        timeout_ms=500,
        mode="standard",
        hazard_damage=14,
        board=Board(
            11,
            11,
            (
                Snake("a", 60, ((5, 5), (5, 4), (5, 3), (4, 3), (3, 3), (3, 4), (3, 5))),
                Snake("b", 60, ((8, 5), (8, 4), (8, 3), (9, 3), (10, 3), (10, 4))),
            ),
            food=((1, 1), (9, 9)),
        ),
        you=0,
    )
    for i in range(30)
]


@pytest.fixture
def snake():
    """A served player that searches late duels, its kernels loaded."""
    choose(SEARCHER, LATE_DUEL[0])
    (served_snake,) = served([("searcher", SEARCHER, Appearance())])
    return served_snake


def run(think, workers=1):
    """Run `think(decisions, loop)` in a loop with decisions of its own."""

    async def main():
        decisions = Decisions(workers)
        try:
            return await think(decisions, asyncio.get_running_loop())
        finally:
            decisions.close()

    return asyncio.run(main())


def test_with_time_a_served_player_is_the_player(snake):
    """Every move is the one that its config makes, whichever way it was decided."""

    async def think(decisions, loop):
        return [await decisions.decide(snake, request, loop.time() + 60, sharing=1) for request in LATE_DUEL]

    decided = run(think)
    assert {each.effort for each in decided} == {"full"}
    assert [each.move for each in decided] == [choose(SEARCHER, request) for request in LATE_DUEL]


def test_at_the_deadline_the_answer_at_hand_is_given(snake):
    """Far more searches at a time than one thread can do by then, and nothing known of what they take."""
    crowd = [replace(request, game=f"{request.game}, {i}") for i in range(20) for request in LATE_DUEL]

    async def think(decisions, loop):
        deadline = loop.time() + 0.05
        return await asyncio.gather(*(decisions.decide(snake, request, deadline, sharing=1) for request in crowd))

    decided = run(think)
    assert decided[-1].effort in ("late", "reduced")
    cut_short = [
        (each.move, choose(snake.rungs[-1], request))
        for each, request in zip(decided, crowd, strict=True)
        if each.effort == "late"
    ]
    assert all(move == at_hand for move, at_hand in cut_short)


def test_after_the_deadline_nothing_is_begun(snake):
    """A request that was read too late gets the move of the last rung."""

    async def think(decisions, loop):
        return [await decisions.decide(snake, request, loop.time() - 1, sharing=1) for request in LATE_DUEL]

    decided = run(think)
    assert {each.effort for each in decided} == {"reduced"}
    assert [each.move for each in decided] == [choose(snake.rungs[-1], request) for request in LATE_DUEL]


def test_many_at_the_same_time_get_less_each_and_all_are_in_time(snake):
    """A thousand snakes share one thread: once it is known what a search takes, less is done for each."""

    async def think(decisions, loop):
        learnt = await decisions.decide(snake, LATE_DUEL[0], loop.time() + 60, sharing=1)
        assert learnt.effort == "full"
        seconds = decisions.expected_s(snake, LATE_DUEL[0])
        deadline = loop.time() + 100 * seconds
        crowd = [decisions.decide(snake, request, deadline, sharing=1_000_000) for request in LATE_DUEL]
        return await asyncio.gather(*crowd)

    assert "full" not in {each.effort for each in run(think)}


def test_a_scripted_player_needs_no_thread():
    """Its one rung is decided on the spot, even after the deadline."""
    (hungry,) = served([("hungry", SCRIPTED["hungry"], Appearance())])

    async def think(decisions, loop):
        return await decisions.decide(hungry, LATE_DUEL[0], loop.time() - 1, sharing=50)

    decided = run(think)
    assert decided.effort == "full"
    assert decided.move == choose(SCRIPTED["hungry"], LATE_DUEL[0])


def test_the_pace_is_a_mean_that_forgives():
    """Unknown is no time; the mean follows what comes; quick decisions below let the effort above be tried again."""
    pace = Pace()
    assert pace.expected("kind", 0) == 0.0
    pace.observe("kind", 0, 1.0)
    assert pace.expected("kind", 0) == 1.0
    pace.observe("kind", 0, 2.0)
    assert 1.0 < pace.expected("kind", 0) < 1.2
    for _ in range(500):
        pace.observe("kind", 2, 0.001)
    assert pace.expected("kind", 0) < 0.01
    assert pace.expected("kind", 1) == pace.expected("other", 2) == 0.0


@pytest.mark.parametrize(
    ("timeout_ms", "margin_ms", "way_ms", "seconds"),
    [
        (500, 100, 0, 0.4),
        (500, 100, 40, 0.4),
        (500, 100, 60, 0.39),
        (500, 100, 120, 0.33),
        (500, 100, 480, 0.25),
        (500, 0, 30, 0.47),
        (100, 100, 0, 0.05),
        (50, 500, 0, 0.025),
    ],
)
def test_the_margin_is_kept_free(timeout_ms, margin_ms, way_ms, seconds):
    """More where the way to the game is known to be longer; at least half of the timeout remains for deciding."""
    assert time_to_decide_s(timeout_ms, margin_ms, way_ms) == pytest.approx(seconds)
