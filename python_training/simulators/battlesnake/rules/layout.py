"""The board as tables of cells, made once for a board size and a mode.

Cell number = y * width + x. One cell more, `cells`, stands for everywhere off the board: it is always covered, never
has food or hazards, and is its own neighbour, so that no kernel asks where the walls are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.rules.modes import MAPS, MODES, STEPS

MAP_STANDARD, MAP_ROYALE, MAP_EMPTY = (MAPS.index(name) for name in ("standard", "royale", "empty"))
_SPARE_SEGMENTS = 8


class Layout(NamedTuple):
    """What all games of one kind share; integers and tables that kernels read.

    Attributes:
        width, height, cells: of the board; cells = width * height.
        snakes: seats in a game.
        ring: room for a body's segments, a power of two.
        constrictor: 1 where food is removed and everybody grows.
        last_standing: a game is over when at most this many live.
        hazard_damage: health lost per hazard under the head.
        food_spawn_chance, minimum_food: as in the official settings.
        shrink_every: turns between two growths of the hazards on the royale map.
        map: MAP_STANDARD, MAP_ROYALE or MAP_EMPTY.
        max_turns: a game that lasts longer is a draw of those alive.
        neighbours: (cells + 1, 4) int16, where each move leads, wrapped in the wrapped modes.
        beside: (cells + 1, 4) int16, the same without wrapping: where the official map lets no food appear.
    """

    width: int
    height: int
    cells: int
    snakes: int
    ring: int
    constrictor: int
    last_standing: int
    hazard_damage: int
    food_spawn_chance: int
    minimum_food: int
    shrink_every: int
    map: int
    max_turns: int
    neighbours: NDArray[np.int16]
    beside: NDArray[np.int16]


def layout(config: BattlesnakeConfig, snakes: int | None = None) -> Layout:
    """The layout of games as `config` wishes them, for `snakes` seats (by default those of the config)."""
    mode = MODES[config.mode]
    cells = config.width * config.height
    return Layout(
        width=config.width,
        height=config.height,
        cells=cells,
        snakes=config.snakes if snakes is None else snakes,
        ring=1 << (cells + _SPARE_SEGMENTS - 1).bit_length(),
        constrictor=int(mode.constrictor),
        last_standing=mode.last_standing,
        hazard_damage=config.hazard_damage_per_turn,
        food_spawn_chance=config.food_spawn_chance,
        minimum_food=config.minimum_food,
        shrink_every=config.shrink_every_n_turns,
        map=MAPS.index(config.chosen_map),
        max_turns=config.max_turns,
        neighbours=_neighbours(config.width, config.height, mode.wrapped),
        beside=_neighbours(config.width, config.height, False),
    )


def _neighbours(width: int, height: int, wrapped: bool) -> NDArray[np.int16]:
    cells = width * height
    table = np.full((cells + 1, len(STEPS)), cells, dtype=np.int16)
    for cell in range(cells):
        for move, (dx, dy) in enumerate(STEPS):
            x, y = cell % width + dx, cell // width + dy
            if wrapped:
                x, y = x % width, y % height
            if 0 <= x < width and 0 <= y < height:
                table[cell, move] = y * width + x
    return table
