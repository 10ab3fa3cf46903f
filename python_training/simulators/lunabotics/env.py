"""The Lunabotics world behind the Gymnasium API; importing this registers `paddock/Lunabotics-v0`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.vector_env import ACTION_SPACE, OBSERVATION_SPACE, LunaboticsVectorEnv

__all__ = ["ENV_ID", "LunaboticsEnv", "LunaboticsVectorEnv"]

ENV_ID = "paddock/Lunabotics-v0"
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 15}


class LunaboticsEnv(gymnasium.Env[NDArray[np.float32], NDArray[np.float32]]):
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

    metadata = METADATA

    observation_space = OBSERVATION_SPACE
    action_space = ACTION_SPACE

    def __init__(self, config: LunaboticsConfig | dict[str, Any] | None = None, render_mode: str | None = None) -> None:
        chosen = config if isinstance(config, LunaboticsConfig) else LunaboticsConfig.model_validate(config or {})
        self.vector = LunaboticsVectorEnv(1, chosen, render_mode)
        self.metadata = {**METADATA, "render_fps": self.vector.metadata["render_fps"]}
        self.render_mode = render_mode

    @property
    def config(self) -> LunaboticsConfig:
        """What the world is set to."""
        return self.vector.config

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode; everything in it is drawn from `seed`, or from where the generator is."""
        super().reset(seed=seed)
        observations, _ = self.vector.reset(seed=seed, options=options)
        return observations[0], {}

    def step(self, action: NDArray[Any]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One policy step; `action` (3,) is clipped to its bounds."""
        observations, rewards, terminated, truncated, infos = self.vector.step(np.asarray(action)[None])
        info: dict[str, Any] = {}
        if infos:
            info["episode_figures"] = {name: float(each[0]) for name, each in infos["episode_figures"].items()}
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), info

    def render(self) -> NDArray[np.uint8] | None:
        """The field as a picture (H, W, 3), or None without a render mode."""
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
        entry_point="python_training.simulators.lunabotics.env:LunaboticsEnv",
        vector_entry_point="python_training.simulators.lunabotics.env:LunaboticsVectorEnv",
    )
