"""What an ace decides in any seat. It looks at the world's state, and its style says how well."""

from __future__ import annotations

import math
from typing import Any

from python_training.compiled.kernel import inlined
from python_training.simulators.arena.geometry import clamped, shortest
from python_training.simulators.arena.parameters import Parameters, Space
from python_training.simulators.arena.state import FIGHTER, NOBODY, Bout, Ship
from python_training.simulators.arena.styles import Style
from python_training.simulators.arena.targeting import aim, nearest_enemy

_HORIZON = 0.5
"""Time (s) within which a bullet must come for an ace to mind it."""


@inlined
def _threat(ship: Ship, bout: Bout, bullets: Any, caution: float, space: Space) -> float:
    """Where a bullet is about to pass or hit: 1 ahead of the ship's middle, -1 behind it, 0 if none does."""
    soonest, side = _HORIZON, 0.0
    for b in range(bout.bullets):
        bullet = bullets[b]
        if bullet.team == ship.team:
            continue
        dx = shortest(bullet.x - ship.x, space.width, space.toroidal)
        dy = shortest(bullet.y - ship.y, space.height, space.toroidal)
        wx, wy = bullet.vx - ship.vx, bullet.vy - ship.vy
        square = wx * wx + wy * wy
        when = -(dx * wx + dy * wy) / square if square > 0.0 else 0.0
        if not 0.0 < when < soonest:
            continue
        miss_x, miss_y = dx + wx * when, dy + wy * when
        if miss_x * miss_x + miss_y * miss_y < caution * caution:
            soonest = when
            side = 1.0 if miss_x * ship.cos + miss_y * ship.sin >= 0.0 else -1.0
    return side


@inlined
def decide_ace(
    ships: Any, slot: int, bout: Bout, bullets: Any, style: Style, p: Parameters
) -> tuple[float, float, float]:
    """Thrust, turn and fire of an ace in `slot` of `ships` (S,)."""
    space, kind, ship = p.space, p.kinds[FIGHTER], ships[slot]
    target = nearest_enemy(ships, ship, space)
    if target == NOBODY or not ship.alive:
        return 0.0, 0.0, 0.0
    error, distance = aim(ship, ships[target], style.lead, p)
    turn = clamped(style.helm * error / (kind.turn_rate * space.dt * space.decision), 1.0)
    thrust = 0.0
    if distance > style.far:
        thrust = math.cos(error)
    elif distance < style.near:
        thrust = -math.cos(error)
    if style.caution > 0.0:
        threat = _threat(ship, bout, bullets, style.caution, space)
        if threat != 0.0:
            thrust = -threat
    return thrust, turn, 1.0 if abs(error) < style.trigger and distance < style.reach else 0.0
