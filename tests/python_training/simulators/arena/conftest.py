"""Worlds made to measure for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.env import ArenaVectorEnv

EMPTY = {"waves": {"first": 1, "largest": 1, "lull": 1000.0}}


@pytest.fixture
def make_world() -> Callable[..., ArenaVectorEnv]:
    """`make_world(num_envs, seed=..., autoreset=..., **settings)`: a world that was reset."""

    def build(num_envs: int = 1, *, seed: int = 0, autoreset: Any = "next_step", **settings: Any) -> ArenaVectorEnv:
        env = ArenaVectorEnv(num_envs, ArenaConfig.model_validate(settings), autoreset=autoreset)
        env.reset(seed=seed)
        return env

    return build


@pytest.fixture
def empty(make_world: Callable[..., ArenaVectorEnv]) -> Callable[..., ArenaVectorEnv]:
    """`empty(**settings)`: a copy with a pilot at rest in the middle, heading along +x, and nobody else."""

    def build(**settings: Any) -> ArenaVectorEnv:
        env = make_world(**{**EMPTY, **settings})
        env.state.ships.alive[:, env.seats :] = 0
        _place(env, 0, env.config.width / 2, env.config.height / 2)
        return env

    return build


def _place(env: ArenaVectorEnv, slot: int, x: float, y: float, heading: float = 0.0) -> None:
    ship = env.state.ships[0, slot]
    ship.x, ship.y, ship.heading, ship.cos, ship.sin = x, y, heading, np.cos(heading), np.sin(heading)
    ship.vx = ship.vy = ship.before_vx = ship.before_vy = 0.0


@pytest.fixture
def place() -> Callable[..., None]:
    """`place(env, slot, x, y, heading=0.0)`: put a ship of copy 0 somewhere, at rest."""
    return _place


@pytest.fixture
def act() -> Callable[..., Any]:
    """`act(env, thrust, turn, fire)`: one tick of all copies with one action of seat 0."""

    def step(env: ArenaVectorEnv, thrust: float = 0.0, turn: float = 0.0, fire: float = 0.0) -> Any:
        return env.step(np.tile([thrust, turn, fire], (env.num_envs, 1)))

    return step


@pytest.fixture
def fly() -> Callable[..., dict[str, Any]]:
    """`fly(player, seeds, **settings)`: the figures of seat 0 in one bout for each seed."""

    def play(player: Any, seeds: Any, **settings: Any) -> dict[str, Any]:
        env = ArenaVectorEnv(len(seeds), ArenaConfig.model_validate(settings), autoreset="disabled")
        seen, _ = env.reset(seed=list(seeds))
        player.reset(len(seeds), 0)
        over = np.zeros(len(seeds), dtype=bool)
        while not over.all():
            seen, _, terminated, truncated, _ = env.step(player.act(seen, env))
            over = terminated | truncated
        return env.seat_figures(0)

    return play
