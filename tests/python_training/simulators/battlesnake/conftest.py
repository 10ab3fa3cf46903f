"""Boards made to measure, and both ways of judging them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from python_training.simulators.battlesnake import engine, reference
from python_training.simulators.battlesnake.modes import MODES
from python_training.simulators.battlesnake.reference import Board, Point, Snake, Turn

Judge = Callable[..., Turn]


@pytest.fixture(params=["reference", "compiled"])
def judge(request: pytest.FixtureRequest) -> Judge:
    """`judge(board, moves, mode="standard", damage=14)`, once by the reference and once by the compiled engine."""
    play_turn = {"reference": reference.play_turn, "compiled": engine.play_turn}[request.param]

    def play(board: Board, moves: dict[str, str], mode: str = "standard", damage: int = 14) -> Turn:
        return play_turn(MODES[mode], board, moves, damage)

    return play


@pytest.fixture
def make_board() -> Callable[..., Board]:
    """`make_board({"a": [(1, 1), (1, 0)]}, food=..., hazards=..., health={"a": 5}, width=11, height=11)`."""

    def build(
        snakes: dict[str, Sequence[Point]],
        *,
        food: Sequence[Point] = (),
        hazards: Sequence[Point] = (),
        health: dict[str, int] | None = None,
        width: int = 11,
        height: int = 11,
    ) -> Board:
        living = tuple(Snake(id_, (health or {}).get(id_, 90), tuple(body)) for id_, body in snakes.items())
        return Board(width, height, living, tuple(food), tuple(hazards))

    return build
