"""Progress as a potential, and that nothing pays but delivering."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.seeds import held_out_seeds
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.scripted import ExpertPlayer, RandomPlayer

World = Callable[..., LunaboticsVectorEnv]
Stand = Callable[..., None]
Act = Callable[..., Any]
SPAN = math.hypot(5.3 - 1.25, 1.5 - 0.59)
"""Distance (m) between the middles of excavation zone and berm."""
NO_EVENTS = {
    "time_step": 0.0,
    "reach_excavation_zone": 0.0,
    "collect_orb": 0.0,
    "reach_construction_zone_with_orb": 0.0,
    "deposit_orb": 0.0,
    "collision_obstacle": 0.0,
    "collision_wall": 0.0,
}


def test_progress_adds_up_to_the_potential(make_world: World) -> None:
    """Over whole expert episodes, digging and delivering included, discounted progress is the potential's change.

    So no loop through any states, the switch of potentials at a deposit included, pays anything.
    """
    env = make_world(8, seed=50, rewards=NO_EVENTS, max_steps_per_episode=400)
    expert = ExpertPlayer(env.config)
    expert.reset(8, 0)
    first, total = env.state.potential.copy(), np.zeros(8)
    for step in range(400):
        _, rewards, *_ = env.step(expert.act(np.zeros((8, 28)), env))
        total += 0.99**step * rewards
    assert env.state.deposited.min() >= 1
    np.testing.assert_allclose(total, 0.99**400 * env.state.potential - first, atol=1e-9)


def test_progress_pays_by_the_metre(make_world: World, stand: Stand, act: Act) -> None:
    """Undiscounted: 1.0 a metre toward excavation and 8.0 toward an orb when empty, 2.0 and 8.0 when holding."""
    env = make_world(bare=True, discount_factor=1.0, rewards=NO_EVENTS, num_orbs=2)
    env.state.orb_status[0, :2] = 1, 3
    env.state.orbs[0, 0] = 0.1, 2.0
    env.state.potential[0] = 0.0
    stand(env, 5.0, 2.0, math.pi)
    act(env)  # settles the potential
    assert env.state.potential[0] == pytest.approx(9.0 * SPAN - (1.0 * 2.5 + 8.0 * 4.4))
    reward, before = act(env, 1.0)[1][0], 5.0
    assert reward == pytest.approx(9.0 * (before - env.state.pose[0, 0]))
    env.state.orb_status[0, 0] = 2
    env.state.held[0] = 0
    stand(env, 3.0, 0.5, 0.0)
    act(env)
    assert env.state.potential[0] == pytest.approx(10.0 * SPAN - (2.0 * 0.8 + 8.0 * 1.45))
    reward = act(env, 1.0)[1][0]
    assert reward == pytest.approx(10.0 * (env.state.pose[0, 0] - 3.0))


def test_no_progress_leaks_across_a_reset(make_world: World, stand: Stand, act: Act) -> None:
    """The step after an episode's end pays nothing, and the one after that only what was moved."""
    env = make_world(max_steps_per_episode=3, discount_factor=1.0, rewards=NO_EVENTS)
    stand(env, 6.0, 4.0)
    rewards = [act(env)[1][0] for _ in range(4)]
    assert env.state.steps[0] == 0
    assert rewards[3] == 0.0
    assert act(env)[1][0] == pytest.approx(0.0, abs=1e-9)


Drive = Callable[[LunaboticsVectorEnv, int, NDArray[np.float64]], NDArray[np.float64]]


def toward(env: LunaboticsVectorEnv, goals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Actions (N, 3) that drive each rover at its point of `goals` (N, 2), without digging."""
    x, y, heading = env.state.pose.T
    error = np.arctan2(goals[:, 1] - y, goals[:, 0] - x) - heading
    error = np.arctan2(np.sin(error), np.cos(error))
    return np.stack([np.clip(1 - np.abs(error), 0, 1), np.clip(2 * error, -1, 1), np.zeros_like(x)], axis=1)


def loiter(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Do nothing at all."""
    return np.zeros((env.num_envs, 3))


def spin(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn on the spot, digging."""
    return np.tile([0.0, 1.0, 1.0], (env.num_envs, 1))


def cross_into_excavation(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Go to and fro over the border between start and excavation."""
    return toward(env, np.tile([1.0, 2.4 if step % 60 < 30 else 3.6], (env.num_envs, 1)))


def cross_with_an_orb(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take an orb, then carry it to and fro over the border of the excavation zone for ever."""
    goals = np.tile([2.0 if step % 60 < 30 else 3.0, 1.5], (env.num_envs, 1))
    goals[env.state.held < 0] = 1.2, 1.5
    actions = toward(env, goals)
    actions[:, 2] = 1.0
    return actions


def cross_into_construction(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Carry an orb to and fro over the border of the construction zone and never deliver."""
    expert = EXPERTS[id(env)]
    actions = np.array(expert.act(seen, env), dtype=np.float64)
    near = (env.state.held >= 0) & (env.state.pose[:, 0] > 3.5)
    goals = np.tile([4.2 if step % 40 < 20 else 3.4, 1.0], (env.num_envs, 1))
    actions[near] = toward(env, goals)[near]
    return actions


def hug_a_rock(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Push against the nearest rock."""
    away = np.hypot(*(env.state.obstacles[:, :7, :2] - env.state.pose[:, None, :2]).transpose(2, 0, 1))
    return toward(env, env.state.obstacles[np.arange(env.num_envs), away.argmin(axis=1), :2])


def dig_everywhere(env: LunaboticsVectorEnv, step: int, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Wander about, digging all the time."""
    actions = np.array(WANDERERS[id(env)].act(seen), dtype=np.float64)
    actions[:, 2] = 1.0
    return actions


EXPERTS: dict[int, ExpertPlayer] = {}
WANDERERS: dict[int, RandomPlayer] = {}


def returns(drive: Drive | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return and discounted return of eight held-out episodes; None is the expert."""
    env = LunaboticsVectorEnv(8)
    seen, _ = env.reset(seed=held_out_seeds(8))
    EXPERTS[id(env)], WANDERERS[id(env)] = ExpertPlayer(env.config), RandomPlayer(env.config)
    for player in (EXPERTS[id(env)], WANDERERS[id(env)]):
        player.reset(8, 1)
    total, discounted = np.zeros(8), np.zeros(8)
    for step in range(1000):
        actions = EXPERTS[id(env)].act(seen, env) if drive is None else drive(env, step, seen)
        seen, rewards, terminated, _, _ = env.step(actions)
        total += rewards
        discounted += 0.99**step * rewards
        if terminated.all():
            break
    return total, discounted


@pytest.fixture(scope="module")
def delivering() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the expert earns."""
    return returns(None)


@pytest.mark.parametrize(
    "drive",
    [
        loiter,
        spin,
        cross_into_excavation,
        cross_with_an_orb,
        cross_into_construction,
        hug_a_rock,
        dig_everywhere,
    ],
    ids=lambda drive: drive.__name__,
)
def test_nothing_beats_delivering(drive: Drive, delivering: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """On each seed, with discount and without, a rover that delivers earns more than one that games the rewards."""
    for earned, honest in zip(returns(drive), delivering, strict=True):
        assert (earned < honest).all()
    assert (returns(drive)[0] < 0.2 * delivering[0]).all()


@pytest.mark.parametrize("drive", [loiter, spin, hug_a_rock], ids=lambda drive: drive.__name__)
def test_idling_never_pays(drive: Drive) -> None:
    """Where a rover waits, the potential is positive, so that waiting costs rather than pays."""
    assert (returns(drive)[0] < 80).all()
    assert returns(drive)[0].mean() < 0


def test_the_expert_is_worth_a_thousand_points(delivering: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    """A trip pays 360 points, and an episode has room for many."""
    assert delivering[0].min() > 1000


def test_the_discount_is_the_learners() -> None:
    """The discount of progress is a setting, because a potential guides harmlessly only under the learner's own."""
    assert LunaboticsConfig().discount_factor == 0.99
