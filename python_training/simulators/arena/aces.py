"""What an ace decides in any seat. It looks at the world's state, and its style says how well."""

from __future__ import annotations

import math

from python_training.compiled import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters, Space
from python_training.simulators.arena.state import FIGHTER, NOBODY, State
from python_training.simulators.arena.styles import Style
from python_training.simulators.arena.targeting import aim, nearest_enemy

_HORIZON = 0.5
"""Time (s) within which a bullet must come for an ace to mind it."""


@inlined
def _threat(state: State, i: int, k: int, caution: float, space: Space) -> float:
    """On which side a bullet is about to pass or hit: 1 on the left of the ship's middle, -1 on the right, 0 none."""
    soonest, side = _HORIZON, 0.0
    for b in range(state.bullets[i]):
        if state.bullet_team[i, b] == state.team[i, k]:
            continue
        dx = shortest(state.bullet[i, b, 0] - state.pose[i, k, 0], space.width, space.toroidal)
        dy = shortest(state.bullet[i, b, 1] - state.pose[i, k, 1], space.height, space.toroidal)
        wx = state.bullet[i, b, 2] - state.velocity[i, k, 0]
        wy = state.bullet[i, b, 3] - state.velocity[i, k, 1]
        square = wx * wx + wy * wy
        when = -(dx * wx + dy * wy) / square if square > 0.0 else 0.0
        if not 0.0 < when < soonest:
            continue
        miss_x, miss_y = dx + wx * when, dy + wy * when
        if miss_x * miss_x + miss_y * miss_y < caution * caution:
            soonest = when
            ahead = miss_x * state.nose[i, k, 0] + miss_y * state.nose[i, k, 1]
            side = 1.0 if ahead >= 0.0 else -1.0
    return side


@inlined
def decide_ace(state: State, i: int, k: int, style: Style, p: Parameters) -> tuple[float, float, float]:
    """Thrust, turn and fire of an ace in slot `k`."""
    space, kind = p.space, p.kinds[FIGHTER]
    target = nearest_enemy(state, i, k, space)
    if target == NOBODY or not state.alive[i, k]:
        return 0.0, 0.0, 0.0
    error, distance = aim(state, i, k, target, style.lead, kind.muzzle, space)
    turn = clamped(style.helm * error / (kind.turn_rate * space.dt * space.decision), 1.0)
    thrust = 0.0
    if distance > style.far:
        thrust = math.cos(error)
    elif distance < style.near:
        thrust = -math.cos(error)
    if style.caution > 0.0:
        threat = _threat(state, i, k, style.caution, space)
        if threat != 0.0:
            thrust = -threat
    return thrust, turn, 1.0 if abs(error) < style.trigger and distance < style.reach else 0.0
