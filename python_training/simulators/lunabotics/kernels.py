"""The batched kernels: reset and step of N rovers. `reference` says the same slowly, one rover at a time.

They run on one core: at 64 to 256 rovers a step takes a fraction of a millisecond, less than it costs to hand work to
threads and wait for them, and the other cores belong to the learner. They release the GIL.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer, uniform
from python_training.compiled.kernel import inlined, kernel, subroutine
from python_training.simulators.lunabotics.config import MAX_OBSTACLES, STAGES
from python_training.simulators.lunabotics.geometry import distance_to_box, zone_at
from python_training.simulators.lunabotics.layout import draw_obstacles, draw_orbs
from python_training.simulators.lunabotics.parameters import Parameters
from python_training.simulators.lunabotics.physics import collide, drive
from python_training.simulators.lunabotics.sensing import observe
from python_training.simulators.lunabotics.state import (
    ORB_DELIVERED,
    ORB_HELD,
    ORB_LYING,
    SLOTS,
    TRIP_COLLECTED,
    TRIP_CONSTRUCTION,
    TRIP_EXCAVATION,
    ZONE_BERM,
    ZONE_CONSTRUCTION,
    ZONE_EXCAVATION,
    ZONE_START,
    State,
)

_OBSTACLE_BITS = (1 << MAX_OBSTACLES) - 1


@inlined
def _potential(
    pose: NDArray[np.float64],
    held: int,
    orbs: NDArray[np.float64],
    orb_status: NDArray[np.int64],
    p: Parameters,
) -> float:
    """The shaping potential: how near, in weighted metres, is what comes next in a trip."""
    span = p.pay.span
    x, y = pose[0], pose[1]
    if held >= 0:
        to_zone = distance_to_box(x, y, p.zones[ZONE_CONSTRUCTION])
        to_berm = distance_to_box(x, y, p.zones[ZONE_BERM])
        return p.pay.to_construction * (span - to_zone) + p.pay.to_berm * (span - to_berm)
    bucket_x = x + p.body.half_length * math.cos(pose[2])
    bucket_y = y + p.body.half_length * math.sin(pose[2])
    nearest = -1.0
    for k in range(p.ground.orbs):
        if orb_status[k] == ORB_LYING:
            square = (orbs[k, 0] - bucket_x) ** 2 + (orbs[k, 1] - bucket_y) ** 2
            if nearest < 0.0 or square < nearest:
                nearest = square
    to_orb = math.sqrt(nearest) if nearest > 0.0 else 0.0
    to_zone = distance_to_box(x, y, p.zones[ZONE_EXCAVATION])
    return p.pay.to_excavation * (span - to_zone) + p.pay.to_orb * (span - to_orb)


@inlined
def _reachable_orb(
    pose: NDArray[np.float64], orbs: NDArray[np.float64], orb_status: NDArray[np.int64], p: Parameters
) -> int:
    """The nearest orb that the bucket can take, -1 if there is none."""
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    best, best_distance = -1, p.bucket.reach
    for k in range(p.ground.orbs):
        if orb_status[k] != ORB_LYING:
            continue
        dx = orbs[k, 0] - pose[0]
        dy = orbs[k, 1] - pose[1]
        ahead = dx * cos + dy * sin - p.body.half_length
        left = abs(dy * cos - dx * sin)
        beside = max(left - p.body.half_width, 0.0)
        distance = math.sqrt(ahead * ahead + beside * beside)
        if math.atan2(left, ahead) <= p.bucket.angle and (
            distance < best_distance or (best < 0 and distance == best_distance)
        ):
            best, best_distance = k, distance
    return best


@subroutine
def _reset(state: State, i: int, p: Parameters) -> None:
    rng, pose = state.rng[i], state.pose[i]
    stage = state.stage[i]
    share = 0.0 if stage <= 2 else 0.5 if stage == 3 else 1.0
    rocks, craters = draw_obstacles(rng, state.obstacles[i], share, p.zones, p.ground, p.chance, p.body)
    state.rocks[i] = rocks
    state.craters[i] = craters
    draw_orbs(rng, state.orbs[i], state.orb_status[i], p.zones, p.ground)
    zone = p.zones[ZONE_EXCAVATION] if stage <= 2 else p.zones[ZONE_START]
    pose[0] = uniform(rng, zone[0] + p.ground.margin, zone[2] - p.ground.margin)
    pose[1] = uniform(rng, zone[1] + p.ground.margin, zone[3] - p.ground.margin)
    pose[2] = uniform(rng, -math.pi, math.pi)
    state.velocity[i, :] = 0.0
    state.held[i] = -1
    if stage == 1 and state.orb_status[i, 0] == ORB_LYING:
        state.held[i] = 0
        state.orb_status[i, 0] = ORB_HELD
    state.slip[i] = uniform(rng, 0.0, p.chance.slip) if p.chance.slip > 0.0 else 0.0
    state.mass[i] = 1.0 + uniform(rng, -p.chance.mass, p.chance.mass) if p.chance.mass > 0.0 else 1.0
    state.latency[i] = integer(rng, p.chance.latency + 1) if p.chance.latency > 0 else 0
    state.waiting[i, :, :] = 0.0
    state.trip[i] = 0
    state.contacts[i] = 0
    state.steps[i] = 0
    state.episode[i] += 1
    state.collected[i] = 0
    state.deposited[i] = 0
    state.returned[i] = 0.0
    state.ended[i] = False
    state.potential[i] = _potential(pose, state.held[i], state.orbs[i], state.orb_status[i], p)


@inlined
def _observe(state: State, i: int, p: Parameters, row: NDArray[np.float32], slots: NDArray[np.float64]) -> None:
    observe(
        row,
        slots,
        state.pose[i],
        state.velocity[i],
        state.held[i],
        state.obstacles[i],
        state.rocks[i] + state.craters[i],
        state.orbs[i],
        state.orb_status[i],
        state.rng[i],
        p,
    )


@subroutine
def _delayed(waiting: NDArray[np.float64], latency: int, action: NDArray[np.float64]) -> tuple[float, float, float]:
    """The action of `latency` steps ago; `action` joins the ones that wait."""
    if latency == 0:
        return action[0], action[1], action[2]
    for k in range(latency, 0, -1):
        waiting[k] = waiting[k - 1]
    waiting[0] = action
    return waiting[latency, 0], waiting[latency, 1], waiting[latency, 2]


@inlined
def _count_bits(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@inlined
def _move(state: State, i: int, linear: float, angular: float, p: Parameters) -> float:
    """Drive for one policy step; what new collisions cost."""
    cost = 0.0
    count = state.rocks[i] + state.craters[i]
    for _ in range(p.body.action_repeat):
        drive(state.pose[i], state.velocity[i], linear, angular, state.slip[i], state.mass[i], p.body)
        before = state.contacts[i]
        after = collide(state.pose[i], state.velocity[i], state.obstacles[i], count, before, p.body)
        state.contacts[i] = after
        begun = after & ~before
        if begun:
            cost += p.pay.obstacle * _count_bits(begun & _OBSTACLE_BITS)
            cost += p.pay.wall * _count_bits(begun >> MAX_OBSTACLES)
    return cost


@inlined
def _work(state: State, i: int, dig: float, p: Parameters) -> float:
    """Zones and bucket after a move; what the events of the trip pay."""
    pose = state.pose[i]
    zone = zone_at(pose[0], pose[1], p.zones)
    paid = 0.0
    if state.held[i] < 0:
        if zone == ZONE_EXCAVATION and not state.trip[i] & TRIP_EXCAVATION:
            state.trip[i] |= TRIP_EXCAVATION
            paid += p.pay.excavation
        if dig > p.bucket.threshold:
            orb = _reachable_orb(pose, state.orbs[i], state.orb_status[i], p)
            if orb >= 0:
                state.held[i] = orb
                state.orb_status[i, orb] = ORB_HELD
                state.collected[i] += 1
                state.trip[i] |= TRIP_COLLECTED
                paid += p.pay.collect
        return paid
    if zone in (ZONE_CONSTRUCTION, ZONE_BERM) and not state.trip[i] & TRIP_CONSTRUCTION:
        state.trip[i] |= TRIP_CONSTRUCTION
        paid += p.pay.construction
    if zone == ZONE_BERM and dig > p.bucket.threshold:
        orb = state.held[i]
        state.orb_status[i, orb] = ORB_DELIVERED
        state.orbs[i, orb, 0] = pose[0]
        state.orbs[i, orb, 1] = pose[1]
        state.held[i] = -1
        state.deposited[i] += 1
        state.trip[i] = 0
        paid += p.pay.deposit
    return paid


@inlined
def _study(state: State, i: int, p: Parameters) -> None:
    """At the end of an episode: climb the curriculum if enough of the last ones succeeded."""
    if not p.course.enabled:
        return
    success = 1.0 if state.deposited[i] > 0 else 0.0
    state.success[i] += p.course.memory * (success - state.success[i])
    if state.success[i] >= p.course.promote_at and state.stage[i] < STAGES:
        state.stage[i] += 1
        state.success[i] = 0.0


@inlined
def _all_delivered(orb_status: NDArray[np.int64], count: int) -> bool:
    left = 0
    for k in range(count):
        if orb_status[k] == ORB_LYING or orb_status[k] == ORB_HELD:
            left += 1
    return left == 0


@kernel
def reset_batch(state: State, p: Parameters, observations: NDArray[np.float32]) -> None:
    """Begin a new episode for every rover at the first stage of the curriculum; observations is (N, 28)."""
    slots = np.empty((SLOTS, 2), dtype=np.float64)
    for i in range(state.pose.shape[0]):
        state.stage[i] = p.course.first_stage if p.course.enabled else STAGES
        state.success[i] = 0.0
        _reset(state, i, p)
        _observe(state, i, p, observations[i], slots)


@kernel
def step_batch(
    state: State,
    p: Parameters,
    actions: NDArray[np.float64],
    observations: NDArray[np.float32],
    rewards: NDArray[np.float64],
    terminated: NDArray[np.bool_],
    truncated: NDArray[np.bool_],
) -> int:
    """One policy step of every rover; how many episodes ended.

    Actions (N, 3) must lie within their bounds. Observations (N, 28), rewards, terminated and truncated (N,) are
    filled. A rover whose episode ended with the step before is reset instead: its action is ignored, its reward 0.
    """
    slots = np.empty((SLOTS, 2), dtype=np.float64)
    ended = 0
    for i in range(state.pose.shape[0]):
        rewards[i] = 0.0
        terminated[i] = False
        truncated[i] = False
        if state.ended[i]:
            _reset(state, i, p)
            _observe(state, i, p, observations[i], slots)
            continue
        linear, angular, dig = _delayed(state.waiting[i], state.latency[i], actions[i])
        reward = p.pay.time_step + _move(state, i, linear, angular, p) + _work(state, i, dig, p)
        state.steps[i] += 1
        potential = 0.0
        if _all_delivered(state.orb_status[i], p.ground.orbs):
            terminated[i] = True
        else:
            potential = _potential(state.pose[i], state.held[i], state.orbs[i], state.orb_status[i], p)
            truncated[i] = state.steps[i] >= p.course.max_steps
        reward += p.pay.discount * potential - state.potential[i]
        state.potential[i] = potential
        state.returned[i] += reward
        rewards[i] = reward
        if terminated[i] or truncated[i]:
            state.ended[i] = True
            ended += 1
            _study(state, i, p)
        _observe(state, i, p, observations[i], slots)
    return ended
