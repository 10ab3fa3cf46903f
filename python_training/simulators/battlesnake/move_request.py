"""What the official game asks a snake: `{"game", "turn", "board", "you"}`, read without trust.

A board that no game reaches is refused, so that what decides on it may rely on living, connected bodies that lie on the
board, none of them on another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from python_training.simulators.battlesnake.rules.board_json import (
    DEFAULT_HAZARD_DAMAGE,
    MAX_AMOUNT,
    identifier,
    integer,
    mapping,
    read_board,
    refuse,
    written_points,
)
from python_training.simulators.battlesnake.rules.modes import DEFAULT_TIMEOUT_MS, MAX_HEALTH, MODES
from python_training.simulators.battlesnake.rules.reference import Board, Point, Snake

MAX_TIMEOUT_MS: Final = 600_000
MAX_TURN: Final = 1_000_000
SPARE_SEGMENTS: Final = 7
"""A body may have so many segments more than the board has cells: those that lie in one heap."""


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A position and whose move it is.

    Attributes:
        game: id of the game.
        turn: from 0.
        timeout_ms: how long the game waits for an answer, the way there and back included.
        mode: name of the official ruleset; one that is not known is played by the standard rules.
        hazard_damage: health lost per hazard under the head.
        board: the living snakes and what lies about.
        you: the place in `board.snakes` of the snake that is asked.
        latency_ms: how long the game waited for this snake's last answer, None if it does not say.
    """

    game: str
    turn: int
    timeout_ms: int
    mode: str
    hazard_damage: int
    board: Board
    you: int
    latency_ms: int | None = None

    @property
    def snake(self) -> Snake:
        """The snake that is asked."""
        return self.board.snakes[self.you]

    @property
    def seed(self) -> int:
        """Of this decision's random numbers: equal requests are answered equally, whatever came before them."""
        named = "\0".join((self.game, self.snake.id, str(self.turn))).encode(errors="backslashreplace")
        return int.from_bytes(hashlib.sha256(named).digest()[:8], "big") >> 1


def read_move_request(raw: Any) -> MoveRequest:
    """Read the document of a /move or /start request; raises ConfigError, which names the field."""
    mapping(raw, "request")
    game = read_game(raw)
    ruleset = mapping(game.get("ruleset", {}), "game.ruleset")
    settings = mapping(ruleset.get("settings", {}), "game.ruleset.settings")
    damage = settings.get("hazardDamagePerTurn", DEFAULT_HAZARD_DAMAGE)
    name = ruleset.get("name", "standard")
    if not isinstance(name, str):
        refuse("game.ruleset.name", "the name of a ruleset", name)
    mode = name if name in MODES else "standard"
    board = read_board(mapping(raw.get("board"), "board"))
    you = mapping(raw.get("you"), "you")
    id_ = identifier(you.get("id"), "you.id")
    places = {snake.id: i for i, snake in enumerate(board.snakes)}
    if id_ not in places:
        refuse("you.id", "the id of one of board.snakes", id_)
    _check_reachable(board, wrapped=MODES[mode].wrapped)
    return MoveRequest(
        game=identifier(game.get("id"), "game.id"),
        turn=integer(raw.get("turn"), "turn", 0, MAX_TURN),
        timeout_ms=integer(game.get("timeout", DEFAULT_TIMEOUT_MS), "game.timeout", 1, MAX_TIMEOUT_MS),
        mode=mode,
        hazard_damage=integer(damage, "game.ruleset.settings.hazardDamagePerTurn", -MAX_AMOUNT, MAX_AMOUNT),
        board=board,
        you=places[id_],
        latency_ms=_latency(you.get("latency")),
    )


def read_game(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The `game` of a request, with an id; all that /end needs, for its board may have lost the snake."""
    game = mapping(raw.get("game"), "game")
    identifier(game.get("id"), "game.id")
    return game


def _check_reachable(board: Board, *, wrapped: bool) -> None:
    """Raise ConfigError unless the board could be one between two turns of a game."""
    for name, points in (("food", board.food), ("hazards", board.hazards)):
        for i, point in enumerate(points):
            if not board.holds(point):
                refuse(f"board.{name}[{i}]", "a cell of the board", written_points([point])[0])
    most = board.width * board.height + SPARE_SEGMENTS
    if len(board.food) > board.width * board.height:
        refuse("board.food", "at most one on each cell", f"{len(board.food)} of them")
    owner: dict[Point, int] = {}
    for s, snake in enumerate(board.snakes):
        where = f"board.snakes[{s}]"
        if not 1 <= snake.health <= MAX_HEALTH:
            refuse(f"{where}.health", f"a living snake's, from 1 to {MAX_HEALTH}", snake.health)
        if len(snake.body) > most:
            refuse(f"{where}.body", f"at most {most} segments on this board", f"{len(snake.body)} of them")
        for i, point in enumerate(snake.body):
            if not board.holds(point):
                refuse(f"{where}.body[{i}]", "a cell of the board", written_points([point])[0])
            if owner.setdefault(point, s) != s:
                refuse(f"{where}.body[{i}]", "a cell without another snake", written_points([point])[0])
        for i, (near, far) in enumerate(pairwise(snake.body)):
            if not _touch(board, near, far, wrapped):
                refuse(f"{where}.body[{i + 1}]", "a cell beside the segment before it", written_points([far])[0])


def _touch(board: Board, a: Point, b: Point, wrapped: bool) -> bool:
    """Whether two segments in a row lie in one cell or side by side."""
    dx, dy = abs(a[0] - b[0]), abs(a[1] - b[1])
    if wrapped:
        dx, dy = min(dx, board.width - dx), min(dy, board.height - dy)
    return dx + dy <= 1


def _latency(raw: Any) -> int | None:
    """The official API writes it as a text, "" or "0" where nothing was measured; what makes no sense counts so too."""
    try:
        value = int(raw) if isinstance(raw, str | int) and len(str(raw)) < 8 else 0
    except ValueError:
        return None
    return value if value > 0 else None
