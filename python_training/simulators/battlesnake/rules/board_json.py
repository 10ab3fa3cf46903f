"""Boards as the official API writes them, read without trust: what is wrong is named by its field.

Shapes and sizes are checked here, not whether a game could have reached the board; `move_request` adds that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.rules.modes import MAX_SIDE, MAX_SNAKES
from python_training.simulators.battlesnake.rules.reference import Board, Point, Snake

MAX_POINTS: Final = 5_000
"""Points in any one list of a board."""
MAX_AMOUNT: Final = 1_000_000
"""Greatest health, damage and coordinate, either sign."""
MAX_ID_LENGTH: Final = 200
DEFAULT_HAZARD_DAMAGE: Final = 14
"""As in the official settings, where a request does not say."""


def parsed(text: bytes | str) -> Any:
    """What a JSON text says; raises ConfigError for anything else, bottomless nesting and NaN included."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ConfigError(f"Expected one JSON object: {error}.") from None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def read_board(raw: dict[str, Any]) -> Board:
    """The board of a request; raises ConfigError with the field, what was expected and what came."""
    width = integer(raw.get("width"), "board.width", 1, MAX_SIDE)
    height = integer(raw.get("height"), "board.height", 1, MAX_SIDE)
    listed = raw.get("snakes")
    if not isinstance(listed, list) or len(listed) > MAX_SNAKES:
        refuse("board.snakes", f"a list of at most {MAX_SNAKES} snakes", listed)
    snakes = tuple(_snake(each, f"board.snakes[{i}]") for i, each in enumerate(listed))
    ids = [snake.id for snake in snakes]
    for i, id_ in enumerate(ids):
        if id_ in ids[:i]:
            refuse(f"board.snakes[{i}].id", "an id that no snake before it has", id_)
    food, hazards = (_points(raw.get(name, []), f"board.{name}") for name in ("food", "hazards"))
    return Board(width, height, snakes, food, hazards)


def _snake(raw: Any, where: str) -> Snake:
    mapping(raw, where)
    id_ = identifier(raw.get("id"), f"{where}.id")
    health = integer(raw.get("health"), f"{where}.health", -MAX_AMOUNT, MAX_AMOUNT)
    body = _points(raw.get("body"), f"{where}.body")
    if not body:
        refuse(f"{where}.body", "at least one segment", [])
    return Snake(id_, health, body)


def _points(raw: Any, where: str) -> tuple[Point, ...]:
    if not isinstance(raw, list) or len(raw) > MAX_POINTS:
        refuse(where, f"a list of at most {MAX_POINTS} points", raw)
    points: list[Point] = []
    for i, each in enumerate(raw):
        # Spelt out, for this is where reading a board takes its time.
        x, y = (each.get("x"), each.get("y")) if type(each) is dict else (None, None)
        if type(x) is not int or type(y) is not int or not (abs(x) <= MAX_AMOUNT and abs(y) <= MAX_AMOUNT):
            refuse(f"{where}[{i}]", 'a point {"x": integer, "y": integer}', each)
        points.append((x, y))
    return tuple(points)


def written_points(points: Iterable[Point]) -> list[dict[str, int]]:
    """Points as the official API writes them."""
    return [{"x": x, "y": y} for x, y in points]


def mapping(raw: Any, where: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(raw, dict):
        refuse(where, "a JSON object", raw)
    return raw


def identifier(raw: Any, where: str) -> str:
    """The name of a snake or a game."""
    if not isinstance(raw, str) or not 0 < len(raw) <= MAX_ID_LENGTH:
        refuse(where, f"a text of 1 to {MAX_ID_LENGTH} characters", raw)
    return raw


def integer(raw: Any, where: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`; true and 1.0 are none."""
    if type(raw) is not int or not low <= raw <= high:
        refuse(where, f"an integer from {low} to {high}", raw)
    return raw


def refuse(field: str, expected: str, got: Any) -> NoReturn:
    """Name the field, what was expected and what came, however large that was."""
    shown = "nothing" if got is None else json.dumps(got)
    raise ConfigError(f"{field}: expected {expected}, got {shown[:80]}{'...' if len(shown) > 80 else ''}.", field=field)
