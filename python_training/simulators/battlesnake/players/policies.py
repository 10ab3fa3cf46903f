"""Which compiled policy decides for a snake. A player is a policy's number and a row of parameters for it.

A policy is a function `(games, layout, g, s, parameters, scratch) -> move`. It draws from the snake's own stream only
and keeps nothing between turns but what is in `games`, so a game is a function of its seed and its players.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.policy_heuristic import heuristic
from python_training.simulators.battlesnake.heuristic.sight import Scratch
from python_training.simulators.battlesnake.players.players import HEURISTIC, HUNGRY, HUNTER, SPACE_FILLER, TERRITORIAL
from python_training.simulators.battlesnake.players.policy_random_safe import random_safe
from python_training.simulators.battlesnake.players.policy_scripted import hungry, hunter, space_filler, territorial
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.state import Games


@lean
def decide(
    games: Games, layout: Layout, g: int, s: int, policy: int, parameters: NDArray[np.float64], scratch: Scratch
) -> int:
    """The move that `policy` makes for snake `s` of game `g`; `parameters` is the player's row."""
    if policy == HEURISTIC:
        return heuristic(games, layout, g, s, parameters, scratch)
    if policy == HUNGRY:
        return hungry(games, layout, g, s, parameters, scratch)
    if policy == SPACE_FILLER:
        return space_filler(games, layout, g, s, parameters, scratch)
    if policy == HUNTER:
        return hunter(games, layout, g, s, parameters, scratch)
    if policy == TERRITORIAL:
        return territorial(games, layout, g, s, parameters, scratch)
    return random_safe(games, layout, g, s)
