"""The text door: one JSON line in, one out, so that anybody can hold the engine against the official one.

In:  `{"ruleset": "standard", "settings": {...}, "board": {...}, "moves": {"snake id": "up", ...}}`, board and settings
as in the official API. Out: `{"board", "eliminated": [{"id", "cause", "by"}], "gameOver"}`, the state after
elimination and before food appears or hazards change. What a snake or the board carries beside the rules' own fields
is handed through. A line that cannot be understood is answered with `{"error": {"code", "message", "field"}}`.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.rules.board_json import (
    DEFAULT_HAZARD_DAMAGE,
    MAX_AMOUNT,
    MAX_ID_LENGTH,
    integer,
    mapping,
    parsed,
    read_board,
    refuse,
    written_points,
)
from python_training.simulators.battlesnake.rules.engine import play_turn
from python_training.simulators.battlesnake.rules.modes import MODES, Mode
from python_training.simulators.battlesnake.rules.reference import Board, Turn

MAX_LINE_BYTES: Final = 1_000_000


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
        return _step(parsed(line))
    except ConfigError as error:
        return _refusal(error)


def _refusal(error: ConfigError) -> dict[str, Any]:
    return {"error": {**error.to_dict(), "code": "invalid_line"}}


def _step(request: Any) -> dict[str, Any]:
    mapping(request, "line")
    mode = _mode(request.get("ruleset"))
    raw = mapping(request.get("board"), "board")
    settings = mapping(request.get("settings", {}), "settings")
    damage = integer(
        settings.get("hazardDamagePerTurn", DEFAULT_HAZARD_DAMAGE),
        "settings.hazardDamagePerTurn",
        -MAX_AMOUNT,
        MAX_AMOUNT,
    )
    board = read_board(raw)
    moves = mapping(request.get("moves"), "moves")
    for id_, move in moves.items():
        if not (move is None or isinstance(move, str)):
            refuse(f"moves.{id_[:MAX_ID_LENGTH]}", "a move's name, or null for none", move)
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
        body = written_points(snake.body)
        snakes.append({**given[snake.id], "health": snake.health, "body": body, "head": body[0], "length": len(body)})
    food, hazards = written_points(turn.board.food), written_points(turn.board.hazards)
    return {**raw, "food": food, "hazards": hazards, "snakes": snakes}


def _mode(raw: Any) -> Mode:
    name = raw.get("name") if isinstance(raw, dict) else raw
    if not isinstance(name, str) or name not in MODES:
        refuse("ruleset", f"one of {', '.join(MODES)}", raw)
    return MODES[name]
