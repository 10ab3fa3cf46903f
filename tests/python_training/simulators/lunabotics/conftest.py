"""Worlds made to measure for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv

BARE = {"num_rocks": 0, "num_craters": 0}
NO_PROGRESS = {
    "progress_toward_excavation": 0.0,
    "progress_toward_construction": 0.0,
    "progress_toward_orb": 0.0,
    "progress_toward_berm": 0.0,
}


@pytest.fixture
def make_world() -> Callable[..., LunaboticsVectorEnv]:
    """`make_world(num_envs, seed=..., bare=..., progress=..., **settings)`: a world that was reset.

    `bare` leaves out obstacles, `progress=False` pays events only.
    """

    def build(
        num_envs: int = 1, *, seed: int = 0, bare: bool = False, progress: bool = True, **settings: Any
    ) -> LunaboticsVectorEnv:
        if bare:
            settings = {**BARE, **settings}
        if not progress:
            settings["rewards"] = {**NO_PROGRESS, **settings.get("rewards", {})}
        env = LunaboticsVectorEnv(num_envs, LunaboticsConfig.model_validate(settings))
        env.reset(seed=seed)
        return env

    return build


@pytest.fixture
def stand() -> Callable[..., None]:
    """`stand(env, x, y, heading=0.0, index=0)`: put a rover somewhere, at rest."""

    def put(env: LunaboticsVectorEnv, x: float, y: float, heading: float = 0.0, index: int = 0) -> None:
        env.state.pose[index] = x, y, heading
        env.state.velocity[index] = 0.0

    return put


@pytest.fixture
def lay() -> Callable[..., None]:
    """`lay(env, (x, y), ...)`: let exactly these orbs lie in the field of rover 0."""

    def put(env: LunaboticsVectorEnv, *places: tuple[float, float]) -> None:
        env.state.orb_status[0] = 0
        for k, place in enumerate(places):
            env.state.orbs[0, k] = place
            env.state.orb_status[0, k] = 1

    return put


@pytest.fixture
def act() -> Callable[..., Any]:
    """`act(env, linear, turn, dig)`: one step of all rovers with one action."""

    def step(env: LunaboticsVectorEnv, linear: float = 0.0, turn: float = 0.0, dig: float = 0.0) -> Any:
        return env.step(np.tile([linear, turn, dig], (env.num_envs, 1)))

    return step
