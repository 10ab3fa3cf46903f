"""Battlesnake behind the Gymnasium API; importing this registers `paddock/Battlesnake-v0`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.vector_env import (
    ACTION_SPACE,
    METADATA,
    OBSERVATION_SPACE,
    BattlesnakeVectorEnv,
)

__all__ = ["ENV_ID", "BattlesnakeEnv", "BattlesnakeVectorEnv"]

ENV_ID = "paddock/Battlesnake-v0"
_SINGLE_METADATA: dict[str, Any] = {key: METADATA[key] for key in ("render_modes", "render_fps")}


class BattlesnakeEnv(gymnasium.Env[NDArray[np.float32], np.int64]):
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

    metadata = _SINGLE_METADATA

    observation_space = OBSERVATION_SPACE
    action_space = ACTION_SPACE

    def __init__(
        self, config: BattlesnakeConfig | dict[str, Any] | None = None, render_mode: str | None = None
    ) -> None:
        chosen = config if isinstance(config, BattlesnakeConfig) else BattlesnakeConfig.model_validate(config or {})
        self.vector = BattlesnakeVectorEnv(1, chosen, render_mode)
        self.render_mode = render_mode

    @property
    def config(self) -> BattlesnakeConfig:
        """What the game is set to."""
        return self.vector.config

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin a game; everything in it is drawn from `seed`, or from where the generator is."""
        super().reset(seed=seed)
        observations, _ = self.vector.reset(seed=seed, options=options)
        return observations[0], {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One turn; `action` is the number of a move."""
        observations, rewards, terminated, truncated, infos = self.vector.step(np.array([int(action)]))
        info: dict[str, Any] = {}
        if infos:
            info["episode_figures"] = {name: float(each[0]) for name, each in infos["episode_figures"].items()}
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), info

    def render(self) -> NDArray[np.uint8] | None:
        """The board as a picture (H, W, 3), or None without a render mode."""
        pictures = self.vector.render()
        return None if pictures is None else pictures[0]

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on, as arrays by name."""
        return self.vector.get_state()

    def set_state(self, state: dict[str, NDArray[Any]]) -> None:
        """Become what `get_state` described."""
        self.vector.set_state(state)


if ENV_ID not in gymnasium.registry:
    gymnasium.register(
        ENV_ID,
        entry_point="python_training.simulators.battlesnake.env:BattlesnakeEnv",
        vector_entry_point="python_training.simulators.battlesnake.env:BattlesnakeVectorEnv",
    )
