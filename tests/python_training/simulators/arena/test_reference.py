from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.kernels import fly_aces
from python_training.simulators.arena.reference import ReferenceArena
from python_training.simulators.arena.styles import ACES

_CROWD = {"waves": {"first": 5, "largest": 8}, "sim_duration": 10.0}


def played_alike(config: ArenaConfig, seed: int, copies: int, ticks: int, random_share: float) -> set[str]:
    """Play aces, some of the time at random, in the kernel and in the reference; what happened in these lives.

    Everything that a pilot sees, earns and does must be equal to the last bit.
    """
    env = ArenaVectorEnv(copies, config)
    seen, _ = env.reset(seed=seed)
    arenas = [ReferenceArena(config, seed + index) for index in range(copies)]
    np.testing.assert_array_equal(seen, [arena.reset() for arena in arenas])
    rng, happened, over = np.random.default_rng(seed), set[str](), [False] * copies
    styles = list(ACES.values())
    actions = np.zeros((copies, env.seats, 3), dtype=np.float32)
    for tick in range(ticks):
        for seat in range(env.seats):
            decided = np.zeros((copies, 3), dtype=np.float32)
            fly_aces(env.state, env.parameters, seat, styles[(seed + seat) % len(styles)], decided)
            actions[:, seat] = decided
        wild = rng.random((copies, env.seats)) < random_share
        actions[wild] = rng.uniform((-1, -1, 0), 1, (int(wild.sum()), 3)).astype(np.float32)
        given_actions = actions.astype(np.float64)
        seen, rewards, terminated, truncated, _ = env.step_seats(given_actions)
        for index, arena in enumerate(arenas):
            if over[index]:
                observation, reward, flags = arena.reset(), 0.0, (False, False)
                happened.add("again")
            else:
                observation, reward, *rest = arena.step(given_actions[index].tolist())
                flags = (rest[0], rest[1])
            over[index] = any(flags)
            np.testing.assert_array_equal(seen[index], observation, err_msg=f"tick {tick} of copy {index}")
            assert rewards[index] == reward
            assert (terminated[index], truncated[index]) == flags
            happened |= _compared(env, index, arena)
            happened |= {name for name, flag in zip(("terminated", "truncated"), flags, strict=True) if flag}
    return happened


def _compared(env: ArenaVectorEnv, index: int, arena: ReferenceArena) -> set[str]:
    """Check the pilots of a copy against the reference's; what they have gone through."""
    happened = set()
    for seat, pilot in enumerate(arena.pilots):
        ship = env.state.ships[index, seat]
        assert (ship.x, ship.y, ship.heading, ship.vx, ship.vy) == tuple(pilot.motion())
        assert (ship.hull, ship.shield, ship.cooldown) == (pilot.hull, pilot.shield, pilot.cooldown)
        assert (ship.shots, ship.hits, ship.kills) == (pilot.shots, pilot.hits, pilot.kills)
        assert (ship.dealt, ship.taken, ship.lost) == (pilot.dealt, pilot.taken, pilot.lost)
        happened |= {name for name in ("hits", "kills", "taken") if ship[name] > 0}
        if pilot.taken and pilot.taken % 1:
            happened.add("rammed")
        if pilot.x == pilot.config.radius or pilot.y == pilot.config.radius:
            happened.add("wall")
    np.testing.assert_array_equal(env.observe(env.seats - 1)[index], arena.observe(env.seats - 1))
    assert env.state.bouts[index].bullets == len(arena.bullets)
    assert env.state.bouts[index].wave == arena.wave
    if arena.wave > 1:
        happened.add("waves")
    return happened


@pytest.mark.parametrize(
    ("raw", "needed"),
    [
        ({}, {"hits", "kills", "taken", "terminated", "again", "wall", "waves"}),
        (_CROWD, {"hits", "kills", "taken", "terminated", "truncated", "rammed"}),
        ({**_CROWD, "toroidal": True, "seats": 3}, {"hits", "kills", "taken", "terminated"}),
        ({"scenario": "duel", "salvage": 60.0}, {"hits", "kills", "taken", "terminated", "again"}),
        ({"scenario": "squad", "teams": [0, 1, 1, 2]}, {"hits", "kills", "taken", "terminated", "rammed"}),
        ({"sim_dt": 1 / 60, "fighter": {"drag": 0.0, "shield": 0.0}}, {"hits", "taken"}),
    ],
    ids=["waves", "crowd", "toroidal", "duel", "squads", "60 ticks a second"],
)
def test_the_kernel_equals_the_reference(raw: dict[str, Any], needed: set[str]) -> None:
    """Over thousands of ticks, flown by aces and at random, both live the same life to the last bit."""
    config = ArenaConfig.model_validate(raw)
    assert played_alike(config, seed=7, copies=3, ticks=420, random_share=0.25) >= needed


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**63 - 20),
    toroidal=st.booleans(),
    scenario=st.sampled_from(["waves", "duel", "squad"]),
    sim_dt=st.sampled_from([0.1, 0.05, 1 / 30]),
    drag=st.floats(0.0, 3.0),
    random_share=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_the_kernel_equals_the_reference_whatever_the_settings(
    seed: int, toroidal: bool, scenario: Any, sim_dt: float, drag: float, random_share: float
) -> None:
    """Any seed, scenario and tick give equal lives."""
    config = ArenaConfig.model_validate(
        {"toroidal": toroidal, "scenario": scenario, "sim_dt": sim_dt, "fighter": {"drag": drag}, "sim_duration": 6.0}
    )
    played_alike(config, seed, copies=1, ticks=70, random_share=random_share)


PLAY = """
import numpy as np
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.scripted import AceDodger

env = ArenaVectorEnv(2, ArenaConfig(sim_duration=3.0))
ace = AceDodger(env.config)
ace.reset(2, 0)
seen, _ = env.reset(seed=5)
total = np.zeros(2)
for _ in range(40):
    seen, rewards, *_ = env.step(ace.act(seen, env))
    total += rewards
print(seen.tolist(), total.tolist(), env.state.rng.tolist(), env.state.bouts.episode.tolist())
"""


def test_the_world_is_the_same_without_the_compiler() -> None:
    """With NUMBA_DISABLE_JIT=1 the kernels run as plain Python, warn of nothing, and give the same numbers."""
    outputs = []
    for disabled in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning", "-c", PLAY],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        outputs.append(result.stdout)
    assert outputs[0] == outputs[1]
    assert "[2, 2]" in outputs[0]
