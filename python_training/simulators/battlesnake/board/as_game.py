"""Battlesnake as a game that people put together, watch and play. Light to import."""

from __future__ import annotations

from typing import Any

from python_training.contracts.games import GameSpec, QuickStart
from python_training.simulators.battlesnake.rules.modes import MAX_SNAKES, MOVES

GAME = GameSpec(
    min_seats=1,
    max_seats=MAX_SNAKES,
    clock="turns",
    endless=False,
    hand="direction",
    hand_speed=0.5,
    settings=("mode", "width", "height"),
    starts=(
        QuickStart("Watch a duel", "The default player against the best scripted one.", ("default", "territorial")),
        QuickStart("Play it yourself", "You against a hunter, four turns a second.", ("person", "hunter")),
        QuickStart(
            "Eight on a large board",
            "All scripted players and the default one, on 19 × 19 cells.",
            (
                "default",
                "territorial",
                "hunter",
                "space-filler",
                "territorial",
                "hunter",
                "space-filler",
                "hungry",
            ),
            {"width": 19, "height": 19},
        ),
        QuickStart(
            "Royale",
            "Four of them while hazards close in.",
            ("default", "territorial", "hunter", "training"),
            {"mode": "royale"},
        ),
    ),
)


def hands(thrust: float, turn: float, fire: float, seat: int, world: Any) -> int | None:
    """The move that a person's hands mean: where to, or on in the last direction.

    A move into the own neck is not heard: nobody means it, and it would be the end.
    """
    if abs(thrust) < 0.5 and abs(turn) < 0.5:
        return None
    along = "up" if thrust > 0 else "down"
    across = "left" if turn > 0 else "right"
    move = MOVES.index(along if abs(thrust) >= abs(turn) else across)
    from python_training.simulators.battlesnake.rules.snapshot import (
        body_of,  # arrays: only a game that goes on needs them
    )

    env = world.unwrapped
    head, *rest = body_of(env.games, env.layout, 0, seat)
    into_neck = bool(rest) and rest[0] != head and _beside(env.layout, head, move) == rest[0]
    return None if into_neck else move


def _beside(table: Any, cell: tuple[int, int], move: int) -> tuple[int, int] | None:
    """The cell where `move` leads from `cell`, None off the board."""
    there = int(table.neighbours[cell[1] * table.width + cell[0], move])
    return None if there == table.cells else (there % table.width, there // table.width)
