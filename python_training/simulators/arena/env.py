"""The arena behind the Gymnasium API; importing this registers `paddock/Arena-v0`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.vector_env import ACTION_SPACE, OBSERVATION_SPACE, ArenaVectorEnv

__all__ = ["ENV_ID", "ArenaEnv", "ArenaVectorEnv"]

ENV_ID = "paddock/Arena-v0"
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10}


class ArenaEnv(gymnasium.Env[NDArray[np.float32], NDArray[np.float32]]):
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

    metadata = METADATA

    observation_space = OBSERVATION_SPACE
    action_space = ACTION_SPACE

    def __init__(self, config: ArenaConfig | dict[str, Any] | None = None, render_mode: str | None = None) -> None:
        chosen = config if isinstance(config, ArenaConfig) else ArenaConfig.model_validate(config or {})
        self.vector = ArenaVectorEnv(1, chosen, render_mode)
        self.metadata = {**METADATA, "render_fps": self.vector.metadata["render_fps"]}
        self.render_mode = render_mode

    @property
    def config(self) -> ArenaConfig:
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
        """One tick; `action` (3,) is clipped to its bounds."""
        observations, rewards, terminated, truncated, infos = self.vector.step(np.asarray(action)[None])
        info: dict[str, Any] = {}
        if infos:
            info["episode_figures"] = {name: float(each[0]) for name, each in infos["episode_figures"].items()}
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), info

    def render(self) -> NDArray[np.uint8] | None:
        """The arena as a picture (H, W, 3), or None without a render mode."""
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
        entry_point="python_training.simulators.arena.env:ArenaEnv",
        vector_entry_point="python_training.simulators.arena.env:ArenaVectorEnv",
    )
