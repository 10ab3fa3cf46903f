"""Battlesnake behind the Gymnasium API; importing this registers `paddock/Battlesnake-v0`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.gymnasium_api.single_world import SingleWorld, register
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.vector_env import BattlesnakeVectorEnv

__all__ = ["ENV_ID", "BattlesnakeEnv", "BattlesnakeVectorEnv"]

ENV_ID = "paddock/Battlesnake-v0"


class BattlesnakeEnv(SingleWorld[BattlesnakeConfig]):
    """A snake that shall outlive the others on a board of cells: the official rules, seen from the first seat.

    ## Description

    The official game on 11 x 11 cells (see `docs/battlesnake.md` for the rules). The other seats are played by the
    scripted players that `BattlesnakeConfig.opponents` names.

    ## Action Space

    `Discrete(4)`: 0 up (towards greater y), 1 down, 2 left, 3 right.

    ## Observation Space

    Eight numbers for each move, in the order of the moves, then five for the snake. A move into a wall or a body has
    eight zeros.

    | Num | Observation | Min | Max |
    |-----|-------------|-----|-----|
    | 8 m + 0 | 1 / steps to the nearest food, if the way there begins with move m | 0 | 1 |
    | 8 m + 1 | whether the cell is free (tails count as free) | 0 | 1 |
    | 8 m + 2 | cells that hang together there, as a share of the board | 0 | 1 |
    | 8 m + 3 | the same, as a share of the own length | 0 | 1 |
    | 8 m + 4 | cells that the snake reaches first less those that others do, as a share of the board | -1 | 1 |
    | 8 m + 5 | whether a head of at least the own length can come there | 0 | 1 |
    | 8 m + 6 | whether only shorter heads can | 0 | 1 |
    | 8 m + 7 | hazards on the cell, four or more count as 1 | 0 | 1 |
    | 32 | health, of 100 | 0 | 1 |
    | 33 | length, as a share of the board | 0 | 1 |
    | 34 | own length less that of the longest other, of 10 | -1 | 1 |
    | 35 | living others, of 7 | 0 | 1 |
    | 36 | turns played, as a share of the most there may be | 0 | 1 |

    ## Rewards

    See `RewardsConfig`: +1 for being the only one left, -1 for dying, -0.5 for dying together with the last of the
    others, 0.002 for each turn survived, 0.02 for food.

    ## Starting State

    Drawn from the seed given to `reset`: snakes of three segments in one cell, in corners or at cardinal points, food
    beside each and in the middle.

    ## Episode End

    Terminated when the snake dies or the game is over; truncated after 2000 turns. The last step's info has
    `episode_figures` with success_rate (1 for a win), turns_survived and final_length.

    ## Arguments

    - `config`: a BattlesnakeConfig, or a mapping of its fields.
    - `render_mode`: "rgb_array" or None.
    """

    def __init__(
        self, config: BattlesnakeConfig | Mapping[str, Any] | None = None, render_mode: str | None = None
    ) -> None:
        super().__init__(BattlesnakeVectorEnv(1, config, render_mode))


register(ENV_ID, BattlesnakeEnv, BattlesnakeVectorEnv)
