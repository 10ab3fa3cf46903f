"""A game played again turn by turn: the same seed and players give the same game as in a match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.play.games import decide_one
from python_training.simulators.battlesnake.players.players import Player, tables
from python_training.simulators.battlesnake.rules.engine import start_one, turn_one, update_one
from python_training.simulators.battlesnake.rules.layout import Layout, layout
from python_training.simulators.battlesnake.rules.modes import MOVES
from python_training.simulators.battlesnake.rules.reference import Board, Elimination
from python_training.simulators.battlesnake.rules.snapshot import board_of, eliminations_of
from python_training.simulators.battlesnake.rules.state import ALIVE, DIED, MOVE, OVER, TURN, Games, allocate

_MARKS = "AaBbCcDdEeFfGgHh"


@dataclass(frozen=True, slots=True)
class Moment:
    """A game after a turn (turn 0: before the first): the board, who died in it, and the moves that led to it by id."""

    turn: int
    board: Board
    moves: dict[str, str]
    eliminated: tuple[Elimination, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, the board as in the official API."""
        board = self.board
        snakes = [
            {"id": snake.id, "health": snake.health, "length": len(snake.body), "body": _points(snake.body)}
            for snake in board.snakes
        ]
        return {
            "turn": self.turn,
            "moves": self.moves,
            "board": {
                "width": board.width,
                "height": board.height,
                "food": _points(board.food),
                "hazards": _points(board.hazards),
                "snakes": snakes,
            },
            "eliminated": [{"id": each.id, "cause": each.cause, "by": each.by} for each in self.eliminated],
        }


def moments(config: BattlesnakeConfig, players: Sequence[Player], ids: Sequence[str], seed: int) -> Iterator[Moment]:
    """Every state of the game of `seed` with `players` in the seats 0, 1, ..., named `ids`."""
    for games, table in states(config, players, seed):
        turn = int(games.facts[0, TURN])
        # Who died in this turn moved in it.
        moved = (games.snakes[0, :, ALIVE] > 0) | (games.snakes[0, :, DIED] == turn)
        moves = {ids[s]: MOVES[games.snakes[0, s, MOVE]] for s in range(len(ids)) if turn > 0 and moved[s]}
        yield Moment(turn, board_of(games, table, 0, ids), moves, eliminations_of(games, 0, ids))


def states(config: BattlesnakeConfig, players: Sequence[Player], seed: int) -> Iterator[tuple[Games, Layout]]:
    """The same as game 0 of the engine's own arrays, which hold the next state once it is asked for."""
    table = layout(config, len(players))
    games, memory = allocate(1, table), scratch(table)
    policies, parameters = tables(players)
    seats = np.arange(len(players), dtype=np.int64)
    start_one(games, table, 0, seed)
    yield games, table
    while not games.facts[0, OVER] and games.facts[0, TURN] < table.max_turns:
        decide_one(games, table, 0, seats, policies, parameters, memory)
        turn_one(games, table, 0)
        update_one(games, table, 0)
        yield games, table


def drawn(board: Board) -> str:
    """The board as text, top row first: capital letters are heads, small ones bodies, * food, ~ hazards."""
    rows = [["."] * board.width for _ in range(board.height)]
    for x, y in board.hazards:
        rows[y][x] = "~"
    for x, y in board.food:
        rows[y][x] = "*"
    for s, snake in enumerate(board.snakes):
        for i, (x, y) in reversed(list(enumerate(snake.body))):
            rows[y][x] = _MARKS[2 * s + (i > 0)]
    return "\n".join(" ".join(row) for row in reversed(rows))


def _points(points: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in points]
