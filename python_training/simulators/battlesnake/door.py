"""The text door: one JSON line in, one out, so that anybody can hold the engine against the official one.

In:  `{"ruleset": "standard", "settings": {...}, "board": {...}, "moves": {"snake id": "up", ...}}`, board and settings
as in the official API. Out: `{"board", "eliminated": [{"id", "cause", "by"}], "gameOver"}`, the state after
elimination and before food appears or hazards change. What a snake or the board carries beside the rules' own fields
is handed through. A line that cannot be understood is answered with `{"error": {"code", "message", "field"}}`.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final, NoReturn

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.engine import play_turn
from python_training.simulators.battlesnake.modes import MAX_SIDE, MAX_SNAKES, MODES, Mode
from python_training.simulators.battlesnake.reference import Board, Point, Snake, Turn

MAX_LINE_BYTES: Final = 1_000_000
MAX_POINTS: Final = 5_000
"""Points in any one list of a line."""
MAX_AMOUNT: Final = 1_000_000
"""Greatest health and damage, either sign."""
MAX_ID_LENGTH: Final = 200
DEFAULT_HAZARD_DAMAGE: Final = 14


def serve_lines(source: BinaryIO, sink: BinaryIO) -> int:
    """Answer every line of `source` on `sink` at once; returns how many could not be understood. Blank ones are passed.

    A line longer than MAX_LINE_BYTES is refused without being held in memory.
    """
    refused = 0
    while line := source.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = source.readline(MAX_LINE_BYTES)
            reply: dict[str, Any] = _refusal(ConfigError(f"A line may have {MAX_LINE_BYTES:,} bytes, this has more."))
        elif not line.strip():
            continue
        else:
            reply = answer(line)
        refused += "error" in reply
        sink.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
        sink.flush()
    return refused


def answer(line: bytes | str) -> dict[str, Any]:
    """The reply to one line; what is wrong with it becomes `{"error": ...}`, never an exception."""
    try:
        return _step(_parsed(line))
    except ConfigError as error:
        return _refusal(error)


def _refusal(error: ConfigError) -> dict[str, Any]:
    return {"error": {**error.to_dict(), "code": "invalid_line"}}


def _parsed(line: bytes | str) -> Any:
    try:
        return json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise ConfigError(f"Expected one JSON object on a line: {error}.") from None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _step(request: Any) -> dict[str, Any]:
    _mapping(request, "line")
    mode = _mode(request.get("ruleset"))
    raw = _mapping(request.get("board"), "board")
    settings = _mapping(request.get("settings", {}), "settings")
    damage = _integer(
        settings.get("hazardDamagePerTurn", DEFAULT_HAZARD_DAMAGE),
        "settings.hazardDamagePerTurn",
        -MAX_AMOUNT,
        MAX_AMOUNT,
    )
    board = _board(raw)
    moves = _mapping(request.get("moves"), "moves")
    for id_, move in moves.items():
        if not (move is None or isinstance(move, str)):
            _refuse(f"moves.{id_[:MAX_ID_LENGTH]}", "a move's name, or null for none", move)
    turn = play_turn(mode, board, {id_: move or "" for id_, move in moves.items()}, damage)
    return {
        "board": _written(raw, board, turn),
        "eliminated": [{"id": death.id, "cause": death.cause, "by": death.by} for death in turn.eliminated],
        "gameOver": turn.over,
    }


def _written(raw: dict[str, Any], before: Board, turn: Turn) -> dict[str, Any]:
    """The board as it came in, with what the turn changed."""
    given = {snake.id: raw["snakes"][i] for i, snake in enumerate(before.snakes)}
    snakes = []
    for snake in turn.board.snakes:
        body = [{"x": x, "y": y} for x, y in snake.body]
        snakes.append({**given[snake.id], "health": snake.health, "body": body, "head": body[0], "length": len(body)})
    food = [{"x": x, "y": y} for x, y in turn.board.food]
    hazards = [{"x": x, "y": y} for x, y in turn.board.hazards]
    return {**raw, "food": food, "hazards": hazards, "snakes": snakes}


def _mode(raw: Any) -> Mode:
    name = raw.get("name") if isinstance(raw, dict) else raw
    if not isinstance(name, str) or name not in MODES:
        _refuse("ruleset", f"one of {', '.join(MODES)}", raw)
    return MODES[name]


def _board(raw: dict[str, Any]) -> Board:
    width = _integer(raw.get("width"), "board.width", 1, MAX_SIDE)
    height = _integer(raw.get("height"), "board.height", 1, MAX_SIDE)
    listed = raw.get("snakes")
    if not isinstance(listed, list) or len(listed) > MAX_SNAKES:
        _refuse("board.snakes", f"a list of at most {MAX_SNAKES} snakes", listed)
    snakes = tuple(_snake(each, f"board.snakes[{i}]") for i, each in enumerate(listed))
    ids = [snake.id for snake in snakes]
    for i, id_ in enumerate(ids):
        if id_ in ids[:i]:
            _refuse(f"board.snakes[{i}].id", "an id that no snake before it has", id_)
    food, hazards = (_points(raw.get(name, []), f"board.{name}") for name in ("food", "hazards"))
    return Board(width, height, snakes, food, hazards)


def _snake(raw: Any, where: str) -> Snake:
    _mapping(raw, where)
    id_ = raw.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= MAX_ID_LENGTH:
        _refuse(f"{where}.id", f"a text of 1 to {MAX_ID_LENGTH} characters", id_)
    health = _integer(raw.get("health"), f"{where}.health", -MAX_AMOUNT, MAX_AMOUNT)
    body = _points(raw.get("body"), f"{where}.body")
    if not body:
        _refuse(f"{where}.body", "at least one segment", [])
    return Snake(id_, health, body)


def _points(raw: Any, where: str) -> tuple[Point, ...]:
    if not isinstance(raw, list) or len(raw) > MAX_POINTS:
        _refuse(where, f"a list of at most {MAX_POINTS} points", raw)
    points: list[Point] = []
    for i, each in enumerate(raw):
        # Spelt out, for this is where the door spends its time.
        x, y = (each.get("x"), each.get("y")) if type(each) is dict else (None, None)
        if type(x) is not int or type(y) is not int or not (abs(x) <= MAX_AMOUNT and abs(y) <= MAX_AMOUNT):
            _refuse(f"{where}[{i}]", 'a point {"x": integer, "y": integer}', each)
        points.append((x, y))
    return tuple(points)


def _mapping(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        _refuse(where, "a JSON object", raw)
    return raw


def _integer(raw: Any, where: str, low: int, high: int) -> int:
    if type(raw) is not int or not low <= raw <= high:
        _refuse(where, f"an integer from {low} to {high}", raw)
    return raw


def _refuse(field: str, expected: str, got: Any) -> NoReturn:
    """Name the field, what was expected and what came, however large that was."""
    shown = "nothing" if got is None else json.dumps(got)
    raise ConfigError(f"{field}: expected {expected}, got {shown[:80]}{'...' if len(shown) > 80 else ''}.", field=field)
