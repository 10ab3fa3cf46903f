"""What a server elsewhere is sent: the official API's document of a position."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules.board_json import written_points
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.reference import Board, Point
from python_training.simulators.battlesnake.rules.snapshot import board_of, body_of
from python_training.simulators.battlesnake.rules.state import HEALTH, TURN, Games


@dataclass(frozen=True, slots=True)
class GameNames:
    """What a game and its snakes are called, by seat, and what a request says of the game."""

    game: dict[str, Any]
    ids: tuple[str, ...]
    names: tuple[str, ...]


def game_names(config: BattlesnakeConfig, names: Sequence[str], seed: int, timeout_ms: int) -> GameNames:
    """Names of the game of `seed` with players of these names in the seats 0, 1, ...

    Its id only depends on what is played, so a server whose moves are functions of their requests replays the game.
    """
    told = json.dumps([config.model_dump(mode="json"), list(names), seed], sort_keys=True)
    game = {
        "id": hashlib.sha256(told.encode()).hexdigest()[:32],
        "ruleset": {
            "name": config.mode,
            "version": f"paddock {metadata.version('paddock')}",
            "settings": {
                "foodSpawnChance": config.food_spawn_chance,
                "minimumFood": config.minimum_food,
                "hazardDamagePerTurn": config.hazard_damage_per_turn,
                "royale": {"shrinkEveryNTurns": config.shrink_every_n_turns},
            },
        },
        "map": config.chosen_map,
        "source": "custom",
        "timeout": timeout_ms,
    }
    return GameNames(game, tuple(f"seat-{s}" for s in range(len(names))), tuple(names))


def documents(
    games: Games, layout: Layout, named: GameNames, seats: Sequence[int], latencies_ms: Sequence[int]
) -> list[bytes]:
    """The requests for the snakes in `seats` of game 0 as it stands now; a dead one is shown as it died.

    Args:
        games: the game is in place 0.
        layout: of it.
        named: what everybody is called.
        seats: whose requests.
        latencies_ms: (snakes,) what each one's last answer took.
    """
    board = board_of(games, layout, 0, named.ids)
    places = {id_: s for s, id_ in enumerate(named.ids)}
    living = {
        snake.id: _snake(named, places[snake.id], snake.health, snake.body, latencies_ms) for snake in board.snakes
    }
    shared = {"game": named.game, "turn": int(games.facts[0, TURN]), "board": _board(board, list(living.values()))}
    written = []
    for s in seats:
        you = living.get(named.ids[s])
        if you is None:
            you = _snake(named, s, int(games.snakes[0, s, HEALTH]), body_of(games, layout, 0, s), latencies_ms)
        written.append(json.dumps({**shared, "you": you}, separators=(",", ":")).encode())
    return written


def _board(board: Board, snakes: list[dict[str, Any]]) -> dict[str, Any]:
    food, hazards = written_points(board.food), written_points(board.hazards)
    return {"height": board.height, "width": board.width, "food": food, "hazards": hazards, "snakes": snakes}


def _snake(named: GameNames, s: int, health: int, body: Sequence[Point], latencies_ms: Sequence[int]) -> dict[str, Any]:
    points = written_points(body)
    return {
        "id": named.ids[s],
        "name": named.names[s],
        "health": health,
        "body": points,
        "latency": str(latencies_ms[s]),
        "head": points[0],
        "length": len(points),
        "shout": "",
        "squad": "",
        "customizations": {"color": "#888888", "head": "default", "tail": "default"},
    }
