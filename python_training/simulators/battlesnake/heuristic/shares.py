"""What a position is worth to everybody in it, from 0 to 1: who has won, and for whom it looks better at sight."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.sight import Scratch
from python_training.simulators.battlesnake.heuristic.terms import position_value
from python_training.simulators.battlesnake.players.parameters import CUTOFF, FOOD, SPACE, TRAP_SEVERE
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.state import ALIVE, DIED, LIVING, OVER, TURN, Games

_LEAST, _MOST = 0.1, 0.9
"""Bounds of what a game that goes on is worth."""
_OVERWHELMING = 30.0
"""Clear leads beyond which more makes no difference."""


@lean
def share_out(
    games: Games, layout: Layout, g: int, parameters: NDArray[np.float64], shares: NDArray[np.float64], scratch: Scratch
) -> None:
    """Fill `shares` (snakes,) for game `g`.

    1 for the only one left and 0 for the dead, but half for those who died together as the last. While the game goes
    on, a logistic of the lead over the best of the others, everybody's position being worth what the searching
    player's own terms say of it.
    """
    living, turn = games.facts[g, LIVING], games.facts[g, TURN]
    if games.facts[g, OVER]:
        for s in range(layout.snakes):
            died_last = living == 0 and layout.snakes > 1 and games.snakes[g, s, DIED] == turn
            shares[s] = 0.5 * died_last + games.snakes[g, s, ALIVE]
        return
    best, second = -math.inf, -math.inf
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            shares[s] = position_value(games, layout, g, s, parameters, scratch)
            best, second = max(best, shares[s]), max(second, min(best, shares[s]))
    for s in range(layout.snakes):
        if games.snakes[g, s, ALIVE]:
            others = second if shares[s] == best else best
            lead = 0.0 if living == 1 else (shares[s] - others) / clear_lead(parameters)
            shares[s] = _LEAST + (_MOST - _LEAST) / (1.0 + math.exp(-min(max(lead, -_OVERWHELMING), _OVERWHELMING)))
        else:
            shares[s] = 0.0


@lean
def clear_lead(parameters: NDArray[np.float64]) -> float:
    """Points that count as a clear lead: an average of the weights, so that only their proportions matter."""
    return (parameters[SPACE] + parameters[CUTOFF] + parameters[FOOD] + parameters[TRAP_SEVERE]) / 4.0  # type: ignore[no-any-return]
