"""The compiled rules for one board at a time, with the same signature as the reference."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from python_training.compiled.kernel import kernel
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules import reference, rules
from python_training.simulators.battlesnake.rules.layout import Layout, layout
from python_training.simulators.battlesnake.rules.maps import start, update
from python_training.simulators.battlesnake.rules.modes import MAX_SIDE, MAX_SNAKES, MODES, MOVES, Mode
from python_training.simulators.battlesnake.rules.reference import Board, Turn
from python_training.simulators.battlesnake.rules.snapshot import board_of, eliminations_of, fits, load
from python_training.simulators.battlesnake.rules.state import FOOD, MOVE, OVER, Games, allocate


@kernel
def start_one(games: Games, layout: Layout, g: int, seed: int) -> None:
    """Set up game `g` from `seed`."""
    start(games, layout, g, seed)


@kernel
def turn_one(games: Games, layout: Layout, g: int) -> None:
    """Apply the rules to game `g` once, to the moves in its MOVE column."""
    rules.play_turn(games, layout, g)


@kernel
def update_one(games: Games, layout: Layout, g: int) -> None:
    """Let the map do its part after a turn of game `g`."""
    update(games, layout, g)


def play_turn(mode: Mode, board: Board, moves: Mapping[str, str], hazard_damage: int) -> Turn:
    """What `reference.play_turn` says, found by the compiled engine.

    A board that no game can reach and the arrays do not hold, such as one with a body off it, goes to the reference.
    One thread at a time may call this.
    """
    if not (1 <= min(board.width, board.height) <= max(board.width, board.height) <= MAX_SIDE):
        return reference.play_turn(mode, board, moves, hazard_damage)
    table, games = _place(mode.name, board.width, board.height)
    if not fits(board, table):
        return reference.play_turn(mode, board, moves, hazard_damage)
    table = table._replace(hazard_damage=hazard_damage)
    load(games, table, 0, board)
    if games.facts[0, OVER]:
        return Turn(board, (), over=True)
    ids = [snake.id for snake in board.snakes]
    for s, snake in enumerate(board.snakes):
        move = moves.get(snake.id, "")
        games.snakes[0, s, MOVE] = MOVES.index(move if move in MOVES else reference.default_move(snake.body))
    turn_one(games, table, 0)
    after = board_of(games, table, 0, ids)
    food = tuple(point for point in board.food if games.grids[0, FOOD, point[1] * board.width + point[0]])
    return Turn(
        Board(board.width, board.height, after.snakes, food, board.hazards),
        eliminations_of(games, 0, ids),
        over=bool(games.facts[0, OVER]),
    )


@lru_cache(maxsize=64)
def _place(mode: str, width: int, height: int) -> tuple[Layout, Games]:
    """A place to judge boards of one kind in."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {list(MODES)}, got '{mode}'.")
    config = BattlesnakeConfig.model_construct(mode=mode, width=width, height=height, map="empty")
    table = layout(config, MAX_SNAKES)
    return table, allocate(1, table)
