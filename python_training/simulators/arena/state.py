"""The state of N copies of the arena as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FIGHTER, DRONE, TURRET, HUNTER = range(4)
"""Kinds of ships, which index `Parameters.kinds`."""
OBSERVATION_SIZE, ACTION_SIZE = 23, 3
BULLET_SIZE = 7
NOBODY = -1


class State(NamedTuple):
    """N copies with S ship slots (the seats first, then the scripted enemies) and B bullet slots each.

    Everything that the future depends on is here, and a little that only pictures show (`serial`, `struck`, `lost`,
    `killer`, `bullet_serial`).

    Attributes:
        rng: (N, 4) int64, see `generator`.
        pose: (N, S, 3) float64: x (px), y (px), heading (rad, in [-pi, pi]).
        nose: (N, S, 2) float64: cosine and sine of the heading.
        velocity: (N, S, 2) float64 (px/s).
        hull, shield: (N, S) float64, points left.
        cooldown: (N, S) float64, time (s) until the gun is ready.
        command: (N, S, 3) float64: thrust, turn, fire that a ship's pilot decided on last.
        goal: (N, S, 2) float64, where a drone is flying to (px).
        kind, team: (N, S) int64, one of FIGHTER, DRONE, TURRET, HUNTER; 0 or 1.
        alive: (N, S) bool, whether there is a ship in the slot.
        serial: (N, S) int64, a number of its own for each ship of an episode.
        struck, lost: (N, S) float64, bout time (s) of the last hit and of the loss, below 0 for never.
        killer: (N, S) int64, slot of the ship that shot this one down, NOBODY for a collision or if it lives.
        shots, hits, kills: (N, S) int64, counts of the episode; of enemies, since they appeared.
        dealt, taken: (N, S) float64, points of damage, likewise.
        bullet: (N, B, BULLET_SIZE) float64: x, y (px), vx, vy (px/s), life left (s), time (s) within the current tick
            at which it was fired (0 for older ones), points of damage. The first `bullets` rows are in the air, oldest
            first.
        bullet_owner, bullet_team, bullet_serial: (N, B) int64.
        bullets: (N,) int64, bullets in the air.
        serials: (N,) int64, serial numbers given out in the episode.
        wave: (N,) int64, waves that have come in the episode.
        lull: (N,) float64, time (s) until the next wave may come.
        steps, episode: (N,) int64; ticks of the episode, and episodes over the copy's life.
        returned: (N,) float64, sum of rewards of the episode.
        terminated, truncated: (N,) bool, how the episode ended, both False while it goes on.
    """

    rng: NDArray[np.int64]
    pose: NDArray[np.float64]
    nose: NDArray[np.float64]
    velocity: NDArray[np.float64]
    hull: NDArray[np.float64]
    shield: NDArray[np.float64]
    cooldown: NDArray[np.float64]
    command: NDArray[np.float64]
    goal: NDArray[np.float64]
    kind: NDArray[np.int64]
    team: NDArray[np.int64]
    alive: NDArray[np.bool_]
    serial: NDArray[np.int64]
    struck: NDArray[np.float64]
    lost: NDArray[np.float64]
    killer: NDArray[np.int64]
    shots: NDArray[np.int64]
    hits: NDArray[np.int64]
    kills: NDArray[np.int64]
    dealt: NDArray[np.float64]
    taken: NDArray[np.float64]
    bullet: NDArray[np.float64]
    bullet_owner: NDArray[np.int64]
    bullet_team: NDArray[np.int64]
    bullet_serial: NDArray[np.int64]
    bullets: NDArray[np.int64]
    serials: NDArray[np.int64]
    wave: NDArray[np.int64]
    lull: NDArray[np.float64]
    steps: NDArray[np.int64]
    episode: NDArray[np.int64]
    returned: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]


def allocate(num_envs: int, ships: int, bullets: int) -> State:
    """State for `num_envs` copies that were never reset, with room for so many ships and bullets in each."""
    n = num_envs

    def reals(*shape: int) -> NDArray[np.float64]:
        return np.zeros((n, *shape), dtype=np.float64)

    def integers(*shape: int) -> NDArray[np.int64]:
        return np.zeros((n, *shape), dtype=np.int64)

    def flags(*shape: int) -> NDArray[np.bool_]:
        return np.zeros((n, *shape), dtype=np.bool_)

    return State(
        rng=integers(4),
        pose=reals(ships, 3),
        nose=reals(ships, 2),
        velocity=reals(ships, 2),
        hull=reals(ships),
        shield=reals(ships),
        cooldown=reals(ships),
        command=reals(ships, ACTION_SIZE),
        goal=reals(ships, 2),
        kind=integers(ships),
        team=integers(ships),
        alive=flags(ships),
        serial=integers(ships),
        struck=reals(ships),
        lost=reals(ships),
        killer=integers(ships),
        shots=integers(ships),
        hits=integers(ships),
        kills=integers(ships),
        dealt=reals(ships),
        taken=reals(ships),
        bullet=reals(bullets, BULLET_SIZE),
        bullet_owner=integers(bullets),
        bullet_team=integers(bullets),
        bullet_serial=integers(bullets),
        bullets=integers(),
        serials=integers(),
        wave=integers(),
        lull=reals(),
        steps=integers(),
        episode=integers(),
        returned=reals(),
        terminated=flags(),
        truncated=flags(),
    )


def copied(state: State) -> dict[str, NDArray[Any]]:
    """Copies of all arrays, by name."""
    return {name: array.copy() for name, array in state._asdict().items()}
