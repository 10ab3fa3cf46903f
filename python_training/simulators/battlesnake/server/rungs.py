"""The same player at less and less effort: what a server climbs down when time is short.

Only served players are cut short. In training and in matches every player has the effort that its config says, and
nobody asks the clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from python_training.simulators.battlesnake.players.parameters import (
    LOOKAHEAD_DEPTH,
    MCTS_ITERATIONS,
    MCTS_TIMEOUT_MS,
    USE_MCTS,
)
from python_training.simulators.battlesnake.players.players import HEURISTIC, Player

_LEAST_ITERATIONS: Final = 8
"""A tree of fewer playouts says less than the moves' terms at sight."""


def rungs(player: Player) -> tuple[Player, ...]:
    """The player itself first, last the one that answers at once.

    Each rung of a heuristic player has half the tree search of the one above it and looks one turn less ahead; the last
    does neither. Scripted players have one rung: they always answer at once.
    """
    if player.policy != HEURISTIC:
        return (player,)
    steps = [player]
    row = list(player.parameters)
    while (row[USE_MCTS] and row[MCTS_ITERATIONS] >= 2 * _LEAST_ITERATIONS) or row[LOOKAHEAD_DEPTH] > 1:
        row[MCTS_ITERATIONS] = max(row[MCTS_ITERATIONS] // 2, _LEAST_ITERATIONS)
        row[MCTS_TIMEOUT_MS] /= 2
        row[LOOKAHEAD_DEPTH] = max(row[LOOKAHEAD_DEPTH] - 1, 1)
        steps.append(replace(player, parameters=tuple(row)))
    row[USE_MCTS] = row[LOOKAHEAD_DEPTH] = 0
    return (*steps, replace(player, parameters=tuple(row)))
