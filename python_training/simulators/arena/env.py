"""The arena behind the Gymnasium API; importing this registers `paddock/Arena-v0`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.gymnasium_api.single_world import SingleWorld, register
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.vector_env import ArenaVectorEnv

__all__ = ["ENV_ID", "ArenaEnv", "ArenaVectorEnv"]

ENV_ID = "paddock/Arena-v0"


class ArenaEnv(SingleWorld[ArenaConfig]):
    """A fighter with a fixed nose gun against waves of drones, turrets and hunters, or against other fighters.

    ## Description

    The arena is 1000 x 700 px, its origin at the bottom left, with walls (or toroidal). A fighter has radius 15,
    accelerates with 500 px/s² up to 400 px/s, turns with 180 degrees a second, and its velocity falls by
    exp(-0.6 t). A shield of 100 points is taken before 200 of the hull. Its gun fires 4 bullets a second of simulated
    time; a bullet leaves with the ship's velocity plus 480 px/s along the nose, flies 400 px as seen from the gun, and
    takes 25 points of the first hostile ship that it touches. Enemies have 275 points: drones wander, turrets stand,
    hunters chase. Two come at first, then three, then four. Whoever destroys a ship has its own repaired. Ships that
    collide bounce and both lose points. All of this can be changed in `ArenaConfig`.

    ## Action Space

    | Num | Action | Min | Max |
    |-----|--------|-----|-----|
    | 0 | thrust along the nose, as a share of the acceleration; negative is backwards | -1 | 1 |
    | 1 | turn, as a share of the turn rate; positive is to the left | -1 | 1 |
    | 2 | fire, when greater than 0.5 | 0 | 1 |

    An action holds for one tick of 0.1 s. What lies outside the bounds is clipped.

    ## Observation Space

    | Num | Observation | Min | Max | scaled from |
    |-----|-------------|-----|-----|-------------|
    | 0 | range of the nearest enemy | 0 | 1 | 0 to half the arena's diagonal (px) |
    | 1, 2 | sine and cosine of its bearing, positive to the left | -1 | 1 | |
    | 3 | its closing speed | -1 | 1 | the fighter's speed limit (px/s) |
    | 4 | its lateral speed, positive to the left | -1 | 1 | the fighter's speed limit (px/s) |
    | 5 ... 9 | the same of the second nearest enemy | | | |
    | 10, 11 | own speed ahead and to the left | -1 | 1 | the speed limit (px/s) |
    | 12, 13 | hull and shield | 0 | 1 | 0 to full |
    | 14 | time until the gun is ready | 0 | 1 | 0 to the time between two shots |
    | 15 ... 19 | the nearest hostile bullet, as 0 ... 4 | | | the longest range of a gun; twice the speed limit |
    | 20, 21, 22 | distance to the wall ahead, to the left, to the right | 0 | 1 | the diagonal (px) |

    Speeds of others are relative to the own ship. What is not there reads 1, 0, 0, 0, 0; walls of a
    toroidal arena read 1.

    ## Rewards

    4 for each enemy destroyed, 0.004 for each point of damage dealt, 0.1 for each second survived: a thousandth of the
    fitness formula's weights (see `scoring`).

    ## Starting State

    Drawn from the seed given to `reset`: the fighter at rest in the middle half of the arena, the first wave at least
    250 px away from it, kinds and headings at random.

    ## Episode End

    Terminated when the fighter is lost (with several seats, when its team is, or all others are); truncated after 30
    simulated seconds. The last step's info has `episode_figures` with enemies_destroyed, accuracy, damage_dealt,
    damage_taken, survival_time, shots_fired, hits and success_rate.

    ## Arguments

    - `config`: an ArenaConfig, or a mapping of its fields.
    - `render_mode`: "rgb_array" or None.
    """

    def __init__(self, config: ArenaConfig | Mapping[str, Any] | None = None, render_mode: str | None = None) -> None:
        super().__init__(ArenaVectorEnv(1, config, render_mode))


register(ENV_ID, ArenaEnv, ArenaVectorEnv)
