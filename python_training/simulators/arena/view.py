"""One copy of the arena as a ViewFrame."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, Protocol

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.parameters import Kind, Parameters
from python_training.simulators.arena.scoring import fitness
from python_training.simulators.arena.state import DRONE, FIGHTER, HUNTER, NOBODY, TURRET, State

KIND_NAMES = {FIGHTER: "pilot", DRONE: "drone", TURRET: "turret", HUNTER: "hunter"}
EXPLOSION = 0.6
"""Time (s) for which an explosion shows; shorter than the lull between waves, after which its slot is taken."""
FLASH = 0.25
"""Time (s) for which a shield lights up after a hit."""
FEED = 3.0
"""Time (s) for which a loss is told in the kill feed."""
GRID = 100.0
_TEAM_FILLS = ("accent", "accent-3", "accent-2", "good")
_HULLS: dict[int, tuple[tuple[float, float], ...]] = {
    FIGHTER: ((1.3, 0.0), (-0.9, 0.9), (-0.5, 0.0), (-0.9, -0.9)),
    DRONE: ((1.0, 0.0), (0.3, 0.85), (-0.8, 0.6), (-0.8, -0.6), (0.3, -0.85)),
    TURRET: ((0.8, 0.8), (-0.8, 0.8), (-0.8, -0.8), (0.8, -0.8)),
    HUNTER: ((1.2, 0.0), (-0.3, 0.5), (-1.0, 1.0), (-0.6, 0.0), (-1.0, -1.0), (-0.3, -0.5)),
}
"""Outlines by kind, in radii of the ship."""


class Drawable(Protocol):
    """What there is to draw: an ArenaVectorEnv is one."""

    num_envs: int
    seats: int
    config: ArenaConfig
    parameters: Parameters
    state: State

    def seat_figures(self, seat: int) -> dict[str, Any]:
        """The figures of a seat, each (N,)."""
        ...


def draw(world: Any, index: int) -> ViewFrame:
    """Copy `index` of `world`, an ArenaVectorEnv: arena, bullets, ships, shields and explosions.

    Ships and bullets keep their ids from frame to frame, and no later ship or bullet of the episode has the same.
    """
    env: Drawable = world.unwrapped
    if not 0 <= index < env.num_envs:
        raise IndexError(f"There are {env.num_envs} copies, got index {index}.")
    config, state = env.config, env.state
    now = float(state.bouts[index].steps) * config.sim_dt
    return ViewFrame(
        t=now,
        width=config.width,
        height=config.height,
        layers=(
            Layer("arena", _arena(config), still=True),
            Layer("bullets", _bullets(state, index)),
            Layer("ships", _ships(env, index, now)),
            Layer("explosions", _explosions(env, index, now)),
        ),
        figures=_figures(env, index, now),
        episode=int(state.bouts[index].episode),
    )


def _figures(env: Drawable, i: int, now: float) -> dict[str, str | float | int]:
    """Facts about seat 0's bout; `Score` is what ten bouts like this one would be worth."""
    state, config = env.state, env.config
    mine = {name: values[i : i + 1] for name, values in env.seat_figures(0).items()}
    figures: dict[str, str | float | int] = {
        "Score": round(fitness(mine)),
        "Kills": int(state.ships[i, 0].kills),
        "Accuracy (%)": round(100.0 * float(mine["accuracy"][0])),
        "Damage dealt": round(float(state.ships[i, 0].dealt)),
        "Hull": round(max(float(state.ships[i, 0].hull), 0.0)),
        "Shield": round(float(state.ships[i, 0].shield)),
        "Time left (s)": round(max(config.sim_duration - now, 0.0), 1),
    }
    if config.scenario == "waves":
        figures["Wave"] = int(state.bouts[i].wave)
    feed = _feed(env, i, now)
    if feed:
        figures["Kill feed"] = feed
    return figures


def _feed(env: Drawable, i: int, now: float) -> str:
    """Who shot down whom in the last seconds, newest first."""
    ships = env.state.ships[i]
    fallen = [
        (float(ship.lost), slot)
        for slot, ship in enumerate(ships)
        if not ship.alive and ship.lost >= 0.0 and now - float(ship.lost) < FEED
    ]
    told = []
    for _, slot in sorted(fallen, reverse=True):
        killer = int(ships[slot].killer)
        loser = _name(env, i, slot)
        told.append(f"{loser} rammed" if killer == NOBODY else f"{_name(env, i, killer)} › {loser}")
    return ", ".join(told)


def _name(env: Drawable, i: int, slot: int) -> str:
    kind = KIND_NAMES[int(env.state.ships[i, slot].kind)]
    return f"{kind} {slot + 1}" if slot < env.seats and env.seats > 1 else kind


def _arena(config: ArenaConfig) -> list[Shape]:
    width, height = config.width, config.height
    lines = [
        Shape("polyline", points=((k * GRID, 0.0), (k * GRID, height)), stroke="line", width=1.0, alpha=0.35)
        for k in range(1, math.ceil(width / GRID))
    ] + [
        Shape("polyline", points=((0.0, k * GRID), (width, k * GRID)), stroke="line", width=1.0, alpha=0.35)
        for k in range(1, math.ceil(height / GRID))
    ]
    ground = Shape("rect", x=width / 2, y=height / 2, w=width, h=height, fill="ground")
    edge = replace(ground, fill="", stroke="line", width=4.0, alpha=0.4 if config.toroidal else 1.0)
    return [ground, *lines, edge]


def _bullets(state: State, i: int) -> list[Shape]:
    return [
        Shape(
            "rect",
            x=float(bullet.x),
            y=float(bullet.y),
            w=14.0,
            h=3.0,
            angle=math.atan2(bullet.vy, bullet.vx),
            fill="bad" if bullet.team < 0 else "warn",
            id=f"bullet-{int(bullet.serial)}",
        )
        for bullet in state.bullets[i, : int(state.bouts[i].bullets)]
    ]


def _ships(env: Drawable, i: int, now: float) -> list[Shape]:
    shapes: list[Shape] = []
    for slot, ship in enumerate(env.state.ships[i]):
        if not ship.alive:
            continue
        kind = env.parameters.kinds[int(ship.kind)]
        shapes += _body(ship, kind) + _shield(ship, kind.shield, now) + _bar(ship, kind.hull)
        if slot < env.seats and env.seats > 1:
            below = float(ship.y) - kind.radius - 18.0
            shapes.append(
                Shape(
                    "text",
                    x=float(ship.x),
                    y=below,
                    text=str(slot + 1),
                    size=14.0,
                    fill="text",
                    id=f"ship-{int(ship.serial)}-number",
                )
            )
    return shapes


def _body(ship: Any, kind: Kind) -> list[Shape]:
    """Hull, flame and barrel of a ship."""
    radius, team, shapes = kind.radius, int(ship.team), []

    def part(name: str, shape: Literal["polygon", "polyline"], *points: tuple[float, float], **style: Any) -> Shape:
        scaled = tuple((radius * ahead, radius * left) for ahead, left in points)
        name = f"ship-{int(ship.serial)}-{name}"
        return Shape(
            shape, x=float(ship.x), y=float(ship.y), angle=float(ship.heading), points=scaled, id=name, **style
        )

    if ship.thrust > 0.05 and kind.inverse_mass > 0.0:
        tip = (-1.0 - 0.8 * float(ship.thrust), 0.0)
        shapes.append(part("flame", "polygon", (-0.6, 0.35), tip, (-0.6, -0.35), fill="warn"))
    fill = "bad" if team < 0 else _TEAM_FILLS[team % len(_TEAM_FILLS)]
    shapes.append(part("hull", "polygon", *_HULLS[int(ship.kind)], fill=fill, stroke="line", width=1.5))
    if ship.kind == TURRET:
        shapes.append(part("barrel", "polyline", (0.0, 0.0), (1.4, 0.0), stroke="text", width=4.0))
    return shapes


def _shield(ship: Any, full: float, now: float) -> list[Shape]:
    """A ring as strong as the shield, lit up after a hit."""
    left = float(ship.shield)
    if left <= 0.0:
        return []
    hit = ship.struck >= 0.0 and now - float(ship.struck) < FLASH
    return [
        Shape(
            "circle",
            x=float(ship.x),
            y=float(ship.y),
            r=float(ship.radius) + 6.0,
            stroke="accent-2",
            width=5.0 if hit else 2.5,
            alpha=1.0 if hit else 0.25 + 0.5 * left / full,
            id=f"ship-{int(ship.serial)}-shield",
        )
    ]


def _bar(ship: Any, full: float) -> list[Shape]:
    """What is left of a damaged hull, above the ship."""
    left = max(float(ship.hull) / full, 0.0)
    if left >= 1.0:
        return []
    x, wide, name = float(ship.x), 2.0 * float(ship.radius), f"ship-{int(ship.serial)}"
    above = float(ship.y) + float(ship.radius) + 12.0
    fill = "good" if left > 0.5 else "warn" if left > 0.25 else "bad"
    return [
        Shape("rect", x=x, y=above, w=wide, h=4.0, fill="line", id=f"{name}-bar"),
        Shape("rect", x=x - wide * (1.0 - left) / 2, y=above, w=wide * left, h=4.0, fill=fill, id=f"{name}-points"),
    ]


def _explosions(env: Drawable, i: int, now: float) -> list[Shape]:
    """Where ships were lost a moment ago: a ring that grows and fades, and sparks."""
    shapes: list[Shape] = []
    for ship in env.state.ships[i]:
        age = now - float(ship.lost)
        if ship.alive or ship.lost < 0.0 or age >= EXPLOSION:
            continue
        x, y, radius, share = float(ship.x), float(ship.y), float(ship.radius), age / EXPLOSION
        name, fade = f"explosion-{int(ship.serial)}", 1.0 - share
        far = radius * (0.8 + 2.4 * share)
        shapes.append(Shape("circle", x=x, y=y, r=radius * (0.6 + share), fill="warn", alpha=fade, id=f"{name}-fire"))
        shapes.append(Shape("circle", x=x, y=y, r=far, stroke="bad", width=3.0, alpha=fade, id=f"{name}-ring"))
        for spark in range(6):
            angle = 2.4 * spark + float(ship.serial)
            way = radius * (0.5 + (1.5 + 0.3 * (spark % 3)) * share)
            along, up = x + way * math.cos(angle), y + way * math.sin(angle)
            shapes.append(Shape("circle", x=along, y=up, r=2.5, fill="accent-2", alpha=fade, id=f"{name}-{spark}"))
    return shapes
