"""The state of N copies of the arena: arrays of records, which compiled code reads and writes as `ship.x`."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FIGHTER, DRONE, TURRET, HUNTER = range(4)
"""Kinds of ships, which index `Parameters.kinds`."""
OBSERVATION_SIZE, ACTION_SIZE = 23, 3
NOBODY = -1
"""Stands for a slot where there is none."""
NEVER = -1.0
"""Stands for a time where there is none."""


class Ship(Protocol):
    """A slot for a ship.

    Attributes:
        alive: 1 if there is a ship in the slot, else 0 and the other fields tell of the last one.
        kind, team: one of FIGHTER, DRONE, TURRET, HUNTER; the number of its team.
        serial: a number that no other ship or bullet of the episode has.
        killer: slot of the ship that shot this one down, NOBODY for a collision or if it lives.
        x, y, heading: px, px, rad in [-pi, pi].
        cos, sin: of the heading.
        vx, vy: px/s.
        before_x ... before_vy: the same before the last tick.
        dx, dy: way (px) of the last tick, across the edge of a toroidal arena.
        radius: px, that of its kind.
        hull, shield: points left.
        cooldown: time (s) until the gun is ready.
        thrust, turn, fire: what its pilot decided on last.
        goal_x, goal_y: where a drone is flying to (px).
        struck, lost: bout time (s) of the last hit and of the loss, or NEVER.
        shots, hits, kills: counts of the episode; of enemies, since they appeared.
        dealt, taken: points of damage, likewise.
    """

    alive: int
    kind: int
    team: int
    serial: int
    killer: int
    x: float
    y: float
    heading: float
    cos: float
    sin: float
    vx: float
    vy: float
    before_x: float
    before_y: float
    before_heading: float
    before_vx: float
    before_vy: float
    dx: float
    dy: float
    radius: float
    hull: float
    shield: float
    cooldown: float
    thrust: float
    turn: float
    fire: float
    goal_x: float
    goal_y: float
    struck: float
    lost: float
    shots: int
    hits: int
    kills: int
    dealt: float
    taken: float


class Bullet(Protocol):
    """A bullet in the air.

    Attributes:
        owner, owner_serial, team: slot, serial and team of the ship that fired it; its slot may be another's by now.
        serial: a number that no other ship or bullet of the episode has.
        x, y, vx, vy: px and px/s.
        life: time (s) for which it flies on.
        wait: time (s) within the current tick at which it was fired, 0 for older ones.
        damage: points that it takes.
    """

    owner: int
    owner_serial: int
    team: int
    serial: int
    x: float
    y: float
    vx: float
    vy: float
    life: float
    wait: float
    damage: float


class Bout(Protocol):
    """What there is once in a copy.

    Attributes:
        steps, episode: ticks of the episode; episodes over the copy's life.
        bullets: bullets in the air.
        serials: serial numbers given out in the episode.
        wave: waves that have come in the episode.
        lull: time (s) until the next wave may come.
        returned: sum of rewards of the episode.
    """

    steps: int
    episode: int
    bullets: int
    serials: int
    wave: int
    lull: float
    returned: float


def _record(fields: type) -> np.dtype[Any]:
    """The NumPy type with the annotated fields, all of eight bytes, so that there is no padding."""
    return np.dtype([(name, {"int": "<i8", "float": "<f8"}[kind]) for name, kind in fields.__annotations__.items()])


SHIP, BULLET, BOUT = _record(Ship), _record(Bullet), _record(Bout)


class State(NamedTuple):
    """N copies. Everything that the future depends on is here, and a little that only pictures show.

    Attributes:
        rng: (N, 4) int64, see `generator`.
        bouts: (N,) records, see Bout.
        ships: (N, S) records, see Ship: the seats first, then slots for scripted enemies.
        bullets: (N, B) records, see Bullet; the first `bout.bullets` of a row are in the air, oldest first.
        terminated, truncated: (N,) bool, how the episode ended, both False while it goes on.
    """

    rng: NDArray[np.int64]
    bouts: np.recarray[Any, Any]
    ships: np.recarray[Any, Any]
    bullets: np.recarray[Any, Any]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]


def allocate(num_envs: int, ships: int, bullets: int) -> State:
    """State for `num_envs` copies that were never reset, with room for so many ships and bullets in each."""

    def records(kind: np.dtype[Any], *shape: int) -> Any:
        return np.zeros(shape, dtype=kind).view(np.recarray)

    return State(
        rng=np.zeros((num_envs, 4), dtype=np.int64),
        bouts=records(BOUT, num_envs),
        ships=records(SHIP, num_envs, ships),
        bullets=records(BULLET, num_envs, bullets),
        terminated=np.zeros(num_envs, dtype=np.bool_),
        truncated=np.zeros(num_envs, dtype=np.bool_),
    )
