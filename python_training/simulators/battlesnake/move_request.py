"""What the official game asks a snake: `{"game", "turn", "board", "you"}`, read without trust.

Only what a move needs can be missing: the size of the board and the snake's own body. Whatever else is missing, of
another kind or nonsense counts as not said: games differ, maps of the official game place hazards off the board, and a
request that is refused is a move that is lost.

A decision may rely on living snakes whose heads lie on the board, the own one excepted; segments may lie off it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from python_training.simulators.battlesnake.rules.board_json import (
    DEFAULT_HAZARD_DAMAGE,
    MAX_AMOUNT,
    MAX_ID_LENGTH,
    mapping,
    refuse,
)
from python_training.simulators.battlesnake.rules.modes import DEFAULT_TIMEOUT_MS, MAX_HEALTH, MAX_SIDE, MODES
from python_training.simulators.battlesnake.rules.reference import Board, Point, Snake

MAX_TIMEOUT_MS: Final = 600_000
MAX_TURN: Final = 1_000_000
SPARE_SEGMENTS: Final = 7
"""A body may have so many segments more than the board has cells, in one heap; further ones are not looked at."""
MAX_SNAKES_SEEN: Final = 32
"""Of more snakes those whose heads are farthest from the own one are not looked at."""


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A position and whose move it is.

    Attributes:
        game: id of the game, "" if it has none.
        turn: from 0.
        timeout_ms: how long the game waits for an answer, the way there and back included.
        mode: name of the official ruleset; one that is not known is played by the standard rules.
        hazard_damage: health lost per hazard under the head.
        board: the living snakes and what lies about; a cell has no more hazards than are deadly at once.
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
    """Read the document of a /move or /start request; raises ConfigError, naming the field, where no move can be made.

    Those fields are `board`, `board.width`, `board.height` and `you.body`.
    """
    request = mapping(raw, "request")
    game = _object(request.get("game"))
    ruleset = _object(game.get("ruleset"))
    drawn = mapping(request.get("board"), "board")
    width, height = (_side(drawn.get(name), f"board.{name}") for name in ("width", "height"))
    empty = Board(width, height, ())
    you = _object(request.get("you"))
    snakes, place = _snakes(empty, _list(drawn.get("snakes")), you)
    damage = _number(_object(ruleset.get("settings")).get("hazardDamagePerTurn"), DEFAULT_HAZARD_DAMAGE)
    damage = _within(damage, -MAX_AMOUNT, MAX_AMOUNT)
    timeout = _number(game.get("timeout"), 0)
    board = Board(
        width,
        height,
        snakes,
        food=tuple(dict.fromkeys(_on_board(empty, _list(drawn.get("food"))))),
        hazards=_heaped(_on_board(empty, _list(drawn.get("hazards"))), math.ceil(MAX_HEALTH / max(1, abs(damage)))),
    )
    latency = _number(you.get("latency"), 0)
    return MoveRequest(
        game=_text(game.get("id")),
        turn=_within(_number(request.get("turn"), 0), 0, MAX_TURN),
        timeout_ms=min(timeout, MAX_TIMEOUT_MS) if timeout > 0 else DEFAULT_TIMEOUT_MS,
        mode=_mode(ruleset.get("name")),
        hazard_damage=damage,
        board=board,
        you=place,
        latency_ms=latency if 0 < latency <= MAX_TIMEOUT_MS else None,
    )


def read_names(raw: Mapping[str, Any]) -> tuple[str, str]:
    """The ids of the game and of the snake that is asked; all that /end needs. Raises ConfigError."""
    return _text(mapping(raw.get("game"), "game").get("id")), _text(mapping(raw.get("you"), "you").get("id"))


def _snakes(board: Board, listed: list[Any], you: Mapping[str, Any]) -> tuple[tuple[Snake, ...], int]:
    """The snakes that matter and the place of the own one; raises ConfigError if that has no body anywhere.

    The own one is that of the same id, else of the same body, else it is added. Others are left out that are dead: with
    a head off the board, or without health.
    """
    id_ = _text(you.get("id"))
    others = [each for each in listed if isinstance(each, dict)]
    same = next((k for k, each in enumerate(others) if id_ and _text(each.get("id")) == id_), None)
    if same is None and you.get("body"):
        same = next((k for k, each in enumerate(others) if each.get("body") == you["body"]), None)
    told = others[same] if same is not None else {}
    body = _body(board, you) or _body(board, told)
    if not body:
        refuse("you.body", "at least one point of the snake's own body", you.get("body"))
    health = _number(you.get("health"), _number(told.get("health"), MAX_HEALTH))
    own = Snake(id_ or _text(told.get("id")), _within(health, 1, MAX_HEALTH), body)
    snakes: list[Snake] = []
    for k, each in enumerate(others):
        if k == same:
            snakes.append(own)
            continue
        health, body = _number(each.get("health"), MAX_HEALTH), _body(board, each)
        if health > 0 and body and board.holds(body[0]):
            snakes.append(Snake(_text(each.get("id")), min(health, MAX_HEALTH), body))
    if same is None:
        snakes.append(own)
    if len(snakes) > MAX_SNAKES_SEEN:
        nearest = sorted(snakes, key=lambda snake: (snake is not own, math.dist(snake.head, own.head)))
        kept = {id(snake) for snake in nearest[:MAX_SNAKES_SEEN]}
        snakes = [snake for snake in snakes if id(snake) in kept]
    return tuple(snakes), next(k for k, snake in enumerate(snakes) if snake is own)


def _body(board: Board, snake: Mapping[str, Any]) -> tuple[Point, ...]:
    """The segments from the head on as far as they are points, the head alone where that is told; () for none."""
    found: list[Point] = []
    for each in _list(snake.get("body"))[: board.width * board.height + SPARE_SEGMENTS]:
        point = _point(each)
        if point is None:
            break
        found.append(point)
    if not found and (head := _point(snake.get("head"))) is not None:
        found.append(head)
    return tuple(found)


def _on_board(board: Board, listed: list[Any]) -> Iterable[Point]:
    """The points of a list that lie on the board; maps of the official game place things beside it."""
    for each in listed:
        point = _point(each)
        if point is not None and board.holds(point):
            yield point


def _heaped(points: Iterable[Point], most: int) -> tuple[Point, ...]:
    """`points`, each at most so many times."""
    counts: dict[Point, int] = {}
    kept: list[Point] = []
    for point in points:
        count = counts.get(point, 0)
        if count < most:
            counts[point] = count + 1
            kept.append(point)
    return tuple(kept)


def _point(raw: Any) -> Point | None:
    # Spelt out, for this is where reading a board takes its time.
    if type(raw) is not dict:
        return None
    x, y = raw.get("x"), raw.get("y")
    if type(x) is int and type(y) is int and abs(x) <= MAX_AMOUNT and abs(y) <= MAX_AMOUNT:
        return x, y
    if (
        isinstance(x, float | int)
        and isinstance(y, float | int)
        and not isinstance(x, bool)
        and not isinstance(y, bool)
    ):
        whole = all(abs(each) <= MAX_AMOUNT and each == int(each) for each in (x, y))
        return (int(x), int(y)) if whole else None
    return None


def _side(raw: Any, where: str) -> int:
    whole = int(raw) if type(raw) is float and raw == raw // 1 else raw
    if type(whole) is not int or not 1 <= whole <= MAX_SIDE:
        refuse(where, f"an integer from 1 to {MAX_SIDE}", raw)
    return whole


def _mode(raw: Any) -> str:
    """The ruleset of that name; home-made ones are played as standard, or as wrapped if they are called so."""
    if isinstance(raw, str) and raw in MODES:
        return raw
    return "wrapped" if isinstance(raw, str) and "wrapped" in raw.lower() else "standard"


def _number(raw: Any, default: int) -> int:
    """A whole number, as one or written as a text; `default` for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or (isinstance(raw, str) and len(raw) > 20):
        return default
    try:
        return int(raw)
    except (ValueError, OverflowError):  # no number, or one that is not finite
        return default


def _within(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def _object(raw: Any) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _text(raw: Any) -> str:
    """A name, whatever it is made of; "" for none."""
    return str(raw)[:MAX_ID_LENGTH] if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
