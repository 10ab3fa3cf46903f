"""A move apart from a game: a function of player and request, the one that the player makes in a game."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.play.replay import moments
from python_training.simulators.battlesnake.players.choice import choose
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.rules.modes import MODES
from python_training.simulators.battlesnake.rules.reference import Board, Snake


def asked(board, *, you=0, mode="standard", turn=5):
    """A request about a board."""
    return MoveRequest("game", turn, 500, mode, 14, board, you)


def positions(player, mode):
    """Requests to either snake all along a game, with the moves that they made in it."""
    ids = ["a", "b"]
    before = None
    for moment in moments(BattlesnakeConfig(mode=mode), [player, player], ids, seed=3):
        if before is not None:
            for snake in before.board.snakes:
                place = [each.id for each in before.board.snakes].index(snake.id)
                yield asked(before.board, you=place, mode=mode, turn=before.turn), moment.moves[snake.id]
        before = moment


@pytest.mark.parametrize("mode", sorted(set(MODES) - {"solo"}))
def test_a_player_without_luck_moves_as_in_a_game(mode):
    """Territorial draws only among equals: nearly every position gives the move of the game that it is from."""
    same = [
        choose(SCRIPTED["territorial"], request) == move for request, move in positions(SCRIPTED["territorial"], mode)
    ]
    assert len(same) > 20
    assert sum(same) / len(same) > 0.8


def test_equal_requests_are_answered_equally_in_any_thread():
    """A random player's luck is in the request; positions of other sizes in between change nothing."""
    player = SCRIPTED["random-safe"]
    requests = [
        asked(
            Board(size, size, (Snake("a", 90, ((4, 4), (4, 3), (4, 2))), Snake("b", 90, ((1, 1), (1, 0))))), turn=turn
        )
        for turn in range(40)
        for size in (7, 11, 19)
    ]
    alone = [choose(player, request) for request in requests]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda request: choose(player, request), reversed(requests))) == alone[::-1]
    assert set(alone) == {"up", "left", "right"}


def test_the_snake_that_is_asked_decides():
    """Of two heads beside walls, each is told to stay on the board."""
    board = Board(7, 7, (Snake("a", 90, ((0, 0), (0, 1))), Snake("b", 90, ((6, 6), (6, 5)))))
    assert choose(SCRIPTED["random-safe"], asked(board, you=0)) == "right"
    assert choose(SCRIPTED["random-safe"], asked(board, you=1)) == "left"
