"""The state of N rovers as arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.lunabotics.config import MAX_LATENCY, MAX_OBSTACLES, MAX_ORBS

ZONE_START, ZONE_EXCAVATION, ZONE_OBSTACLE, ZONE_CONSTRUCTION, ZONE_BERM, ZONE_NONE = range(6)
ZONE_ORDER = (ZONE_BERM, ZONE_CONSTRUCTION, ZONE_START, ZONE_EXCAVATION, ZONE_OBSTACLE)
"""Where zones overlap, the first of these counts."""
ORB_ABSENT, ORB_LYING, ORB_HELD, ORB_DELIVERED = range(4)
TRIP_EXCAVATION, TRIP_COLLECTED, TRIP_CONSTRUCTION = 1, 2, 4
"""Bits of `State.trip`: what was paid for since the last deposit."""
OBSERVATION_SIZE, ACTION_SIZE, SLOTS = 28, 3, 5


class State(NamedTuple):
    """N rovers, each with a field of its own. Everything that the future depends on is here.

    Attributes:
        rng: (N, 4) int64, see `generator`.
        pose: (N, 3) float64: x (m), y (m), heading (rad, in [-pi, pi]).
        velocity: (N, 3) float64: x (m/s), y (m/s), turn (rad/s).
        obstacles: (N, MAX_OBSTACLES, 3) float64: x, y, radius (m); the first `rocks` are rocks, then come craters.
        rocks, craters: (N,) int64, how many obstacles there are of either kind.
        orbs: (N, MAX_ORBS, 2) float64: x, y (m); of a delivered orb, where in the berm it lies.
        orb_status: (N, MAX_ORBS) int64, one of ORB_*.
        held: (N,) int64, the orb in the bucket, -1 for none.
        trip: (N,) int64, bits TRIP_*.
        contacts: (N,) int64, bit k: touches obstacle k; bits MAX_OBSTACLES + 0..3: left, right, lower, upper wall.
        potential: (N,) float64, the shaping potential after the last step.
        steps, episode, collected, deposited: (N,) int64, counts; `episode` over the rover's life, others within it.
        returned: (N,) float64, sum of rewards of the episode.
        ended: (N,) bool, the episode ended with the last step, so the next one resets.
        slip, mass: (N,) float64, drawn per episode; share of drive lost, and mass as a factor.
        latency: (N,) int64, policy steps by which actions are late.
        waiting: (N, MAX_LATENCY + 1, 3) float64, the last actions, newest first; only kept where latency is not 0.
        stage: (N,) int64, stage of the curriculum, 1 to 4.
        success: (N,) float64, running success rate within the stage.
    """

    rng: NDArray[np.int64]
    pose: NDArray[np.float64]
    velocity: NDArray[np.float64]
    obstacles: NDArray[np.float64]
    rocks: NDArray[np.int64]
    craters: NDArray[np.int64]
    orbs: NDArray[np.float64]
    orb_status: NDArray[np.int64]
    held: NDArray[np.int64]
    trip: NDArray[np.int64]
    contacts: NDArray[np.int64]
    potential: NDArray[np.float64]
    steps: NDArray[np.int64]
    episode: NDArray[np.int64]
    collected: NDArray[np.int64]
    deposited: NDArray[np.int64]
    returned: NDArray[np.float64]
    ended: NDArray[np.bool_]
    slip: NDArray[np.float64]
    mass: NDArray[np.float64]
    latency: NDArray[np.int64]
    waiting: NDArray[np.float64]
    stage: NDArray[np.int64]
    success: NDArray[np.float64]


def allocate(num_envs: int) -> State:
    """State for `num_envs` rovers that were never reset."""
    n = num_envs

    def reals(*shape: int) -> NDArray[np.float64]:
        return np.zeros((n, *shape), dtype=np.float64)

    def integers(*shape: int) -> NDArray[np.int64]:
        return np.zeros((n, *shape), dtype=np.int64)

    return State(
        rng=integers(4),
        pose=reals(3),
        velocity=reals(3),
        obstacles=reals(MAX_OBSTACLES, 3),
        rocks=integers(),
        craters=integers(),
        orbs=reals(MAX_ORBS, 2),
        orb_status=integers(MAX_ORBS),
        held=integers(),
        trip=integers(),
        contacts=integers(),
        potential=reals(),
        steps=integers(),
        episode=integers(),
        collected=integers(),
        deposited=integers(),
        returned=reals(),
        ended=np.zeros(n, dtype=np.bool_),
        slip=reals(),
        mass=reals(),
        latency=integers(),
        waiting=reals(MAX_LATENCY + 1, ACTION_SIZE),
        stage=integers(),
        success=reals(),
    )
