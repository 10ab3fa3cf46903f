"""The Lunabotics world behind the Gymnasium API; importing this registers `paddock/Lunabotics-v0`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.gymnasium_api.single_world import SingleWorld, register
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.vector_env import LunaboticsVectorEnv

__all__ = ["ENV_ID", "LunaboticsEnv", "LunaboticsVectorEnv"]

ENV_ID = "paddock/Lunabotics-v0"


class LunaboticsEnv(SingleWorld[LunaboticsConfig]):
    """A rover digs up orbs on one side of a field of rocks and craters and delivers them to a berm on the other.

    ## Description

    The field is 6.8 x 5.0 m, its origin at the bottom left. Zones, of which the first that holds the rover's centre
    counts: berm (4), construction (3), start (0), excavation (1), obstacle (2), none (5). The rover is a rectangle of
    1.0 x 0.6 m; walls, rocks and craters are solid, orbs are not. It carries one orb at a time: digging while empty
    takes the nearest orb within 0.5 m of the front edge and 60 degrees of its direction, digging inside the berm
    delivers it. All of this can be changed in `LunaboticsConfig`.

    ## Action Space

    | Num | Action | Min | Max |
    |-----|--------|-----|-----|
    | 0 | speed to steer for, as a share of the limit (2.0 m/s); negative is backwards | -1 | 1 |
    | 1 | turning speed to steer for, as a share of the limit (pi rad/s); positive is to the left | -1 | 1 |
    | 2 | dig or deposit, when greater than 0.5 | 0 | 1 |

    An action holds for 4 physics steps of 0.0167 s. What lies outside the bounds is clipped.

    ## Observation Space

    | Num | Observation | Min | Max | scaled from |
    |-----|-------------|-----|-----|-------------|
    | 0, 1 | position | -1 | 1 | 0 to the field's width and height (m) |
    | 2, 3 | velocity in x and y | -1 | 1 | the speed limit (m/s) |
    | 4 | heading, counter-clockwise from +x | -1 | 1 | -pi to pi (rad) |
    | 5 | angular velocity | -1 | 1 | the turn limit (rad/s) |
    | 6 | zone | -1 | 1 | 0 to 5 |
    | 7 | whether it holds an orb | 0 | 1 | |
    | 8 ... 17 | distance and angle of the 5 nearest obstacles in sight | 0, -1 | 1 | see below |
    | 18 ... 27 | distance and angle of the 5 nearest orbs in sight | 0, -1 | 1 | see below |

    The sensor looks forward from the front edge, 1.75 m deep, 0.6 m wide there and 2.0 m at the far end. It sees what
    shows in that frustum in part, if its centre is not behind the front edge. Distance is from the middle of the front
    to the nearest point, as a share of the distance of the far corners; angle is that of the centre, as a share of 90
    degrees, positive to the left. Nearest first; an empty slot reads distance 1, angle 0.

    ## Rewards

    See `RewardsConfig`: -0.01 a step, +10 reaching the excavation zone empty, +50 for an orb, +100 reaching the
    construction zone with it, +200 for delivering it, each once per trip; -10 and -5 for each new contact with an
    obstacle or a wall; and what is gained on the way, as a potential under the discount.

    ## Starting State

    Drawn from the seed given to `reset`: a random pose in the start zone, 7 rocks and 4 craters that leave a path as
    wide as the rover, 15 orbs at least 0.2 m apart.

    ## Episode End

    Terminated when all orbs are delivered; truncated after 1000 steps. The last step's info has `episode_figures`
    with orbs_collected, orbs_deposited and success_rate (1 if at least one orb was delivered).

    ## Arguments

    - `config`: a LunaboticsConfig, or a mapping of its fields.
    - `render_mode`: "rgb_array" or None.
    """

    def __init__(
        self, config: LunaboticsConfig | Mapping[str, Any] | None = None, render_mode: str | None = None
    ) -> None:
        super().__init__(LunaboticsVectorEnv(1, config, render_mode))


register(ENV_ID, LunaboticsEnv, LunaboticsVectorEnv)
