"""The names that the official game uses: modes, moves, causes of death, maps. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOVES: Final = ("up", "down", "left", "right")
"""The moves in the order of their numbers; up is towards greater y."""

STEPS: Final = ((0, 1), (0, -1), (-1, 0), (1, 0))
"""What each move adds to (x, y)."""

MAX_HEALTH: Final = 100
START_LENGTH: Final = 3
MAX_SNAKES: Final = 8
MAX_SIDE: Final = 25
DEFAULT_TIMEOUT_MS: Final = 500
"""What a server has for a move, where nobody says."""

OUT_OF_HEALTH: Final = "out-of-health"
WALL_COLLISION: Final = "wall-collision"
SELF_COLLISION: Final = "snake-self-collision"
BODY_COLLISION: Final = "snake-collision"
HEAD_COLLISION: Final = "head-collision"
HAZARD: Final = "hazard"

CAUSES: Final = ("", OUT_OF_HEALTH, WALL_COLLISION, SELF_COLLISION, BODY_COLLISION, HEAD_COLLISION, HAZARD)
"""Causes of death by number; 0 is a living snake."""

MAPS: Final = ("standard", "royale", "empty")
"""What places food and hazards: standard places food, royale also lets hazards grow, empty places nothing."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What sets one official mode apart.

    Attributes:
        wrapped: who leaves the board comes back on the other side.
        constrictor: food is removed and everybody grows every turn.
        last_standing: a game is over when at most this many snakes live.
        default_map: the map that the official game pairs it with.
    """

    name: str
    wrapped: bool = False
    constrictor: bool = False
    last_standing: int = 1
    default_map: str = "standard"


MODES: Final = {
    mode.name: mode
    for mode in (
        Mode("standard"),
        Mode("solo", last_standing=0),
        Mode("royale", default_map="royale"),
        Mode("wrapped", wrapped=True),
        Mode("constrictor", constrictor=True, default_map="empty"),
        Mode("wrapped_constrictor", wrapped=True, constrictor=True, default_map="empty"),
    )
}
