"""The 31 numbers of the heuristic player: range, unit and meaning. Light to import.

The order is that of a player's row, which compiled code reads by the column numbers below. Two columns more follow that
nobody tunes: USE_MCTS (0 or 1) and TIE_SEED.
"""

from __future__ import annotations

from typing import Final

from python_training.contracts.objective import Parameter

(
    SPACE,
    HEAD_COLLISION,
    CENTER_CONTROL,
    WALL_PENALTY,
    CUTOFF,
    FOOD,
    TRAP_MODERATE,
    TRAP_SEVERE,
    TRAP_CRITICAL,
    FOOD_TRAP,
    FOOD_TRAP_THRESHOLD,
    PURSUIT_2,
    PURSUIT_3,
    PURSUIT_4,
    PURSUIT_5,
    TRAPPING_WEIGHT,
    SPACE_CUTOFF_THRESHOLD,
    TRAPPED_RATIO,
    URGENCY_CRITICAL,
    URGENCY_LOW,
    URGENCY_NORMAL,
    TURN_THRESHOLD,
    CAUTION,
    CRITICAL_HEALTH,
    CRITICAL_SPACE_RATIO,
    CRITICAL_NEARBY_ENEMIES,
    LOOKAHEAD_DEPTH,
    MCTS_ITERATIONS,
    MCTS_TIMEOUT_MS,
    MAX_DEPTH,
    MAX_ASTAR_NODES,
    USE_MCTS,
    TIE_SEED,
) = range(33)
"""Columns of a heuristic player's row."""

TERMS: Final = (
    "space",
    "head_collision",
    "center_control",
    "wall_penalty",
    "cutoff",
    "food",
    "traps",
    "food_trap",
    "pursuit",
    "trapping",
    "hazard",
)
"""What a move is worth is the sum of these."""


def _weight(name: str, default: float, doc: str, unit: str) -> Parameter:
    return Parameter(f"weights.{name}", 0.1, 1000.0, default, doc, unit)


def _trap(name: str, default: float, doc: str) -> Parameter:
    return Parameter(f"traps.{name}", 1.0, 2000.0, default, doc, "points")


def _pursuit(distance: int, default: float, doc: str) -> Parameter:
    return Parameter(f"pursuit.distance_{distance}", 1.0, 500.0, default, doc, "points")


def _count(name: str, low: int, high: int, default: int, doc: str, unit: str) -> Parameter:
    return Parameter(name, low, high, default, doc, unit, integer=True)


PARAMETERS: Final = (
    _weight("space", 54.0, "Worth of the cells that can still be reached, as a share of the board.", "points"),
    _weight("head_collision", 900.0, "Price of a cell that a head of at least the own length can reach too.", "points"),
    _weight(
        "center_control", 40.0, "Worth of the middle of the board early in the game, a fifth of it late.", "points"
    ),
    _weight("wall_penalty", 27.0, "Price of each wall beside the cell; a corner costs one more.", "points a wall"),
    _weight("cutoff", 190.0, "Worth of reaching cells before the enemies do, as a share of all reached.", "points"),
    _weight("food", 250.0, "Worth of food, divided by the steps to it and scaled by hunger and urgency.", "points"),
    _trap("moderate", 84.0, "Price of less room than twice the own length."),
    _trap("severe", 140.0, "Price of less room than one and a half times the own length."),
    _trap("critical", 350.0, "Price of less room than the own length; doubled where there is none."),
    _trap("food_trap", 330.0, "Price of food that lies where the grown body would fill too much of the room."),
    Parameter(
        "traps.food_trap_threshold",
        0.5,
        0.95,
        0.79,
        "Share of the room that the grown body fills from which food counts as a trap.",
        "share",
    ),
    _pursuit(2, 32.0, "Worth of a shorter enemy's head at a distance of two or less."),
    _pursuit(3, 26.0, "Worth of a shorter enemy's head three steps away."),
    _pursuit(4, 39.0, "Worth of a shorter enemy's head four steps away."),
    _pursuit(5, 10.0, "Worth of a shorter enemy's head five steps away."),
    Parameter("trapping.weight", 50.0, 1000.0, 400.0, "Worth of an enemy that is left without room.", "points"),
    Parameter(
        "trapping.space_cutoff_threshold",
        0.1,
        0.9,
        0.19,
        "Share of all reached cells below which an enemy's own cells count as cut off.",
        "share",
    ),
    Parameter(
        "trapping.trapped_ratio",
        0.1,
        0.9,
        0.54,
        "Cells an enemy reaches first over its length, below which it counts as trapped.",
        "cells a segment",
    ),
    Parameter("food_urgency.critical", 1.0, 3.0, 2.58, "Factor on food when health is critical.", "factor"),
    Parameter("food_urgency.low", 1.0, 3.0, 1.3, "Factor on food up to 30 health above critical.", "factor"),
    Parameter("food_urgency.normal", 1.0, 3.0, 1.45, "Factor on food in good health.", "factor"),
    _count("late_game.turn_threshold", 50, 300, 200, "Turn from which the game is late.", "turns"),
    Parameter(
        "late_game.caution_multiplier", 1.0, 2.0, 1.13, "Factor on collisions and traps in the late game.", "factor"
    ),
    _count("hybrid.critical_health", 10, 50, 25, "Health up to which the snake looks ahead.", "health"),
    Parameter(
        "hybrid.critical_space_ratio",
        1.0,
        5.0,
        2.0,
        "Room over own length up to which the snake looks ahead.",
        "cells a segment",
    ),
    _count(
        "hybrid.critical_nearby_enemies", 1, 4, 1, "Heads within four steps at which the snake looks ahead.", "snakes"
    ),
    _count("hybrid.lookahead_depth", 1, 5, 3, "Turns that it looks ahead.", "turns"),
    _count("hybrid.mcts_iterations", 50, 200, 100, "Most playouts of the tree search in late duels.", "playouts"),
    _count("hybrid.mcts_timeout_ms", 100, 500, 300, "Its time, at a fixed number of positions a millisecond.", "ms"),
    _count("search.max_depth", 50, 200, 121, "Most cells that a flood fill counts.", "cells"),
    _count(
        "search.max_astar_nodes",
        100,
        1000,
        300,
        "Most places and times that a turn's four searches for a path look at.",
        "nodes",
    ),
)
"""In the order of the columns."""
