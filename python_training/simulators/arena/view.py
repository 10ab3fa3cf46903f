"""One copy of the arena as a ViewFrame."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Protocol

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.parameters import Parameters
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
    now = float(state.steps[index]) * config.sim_dt
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
        episode=int(state.episode[index]),
    )


def _figures(env: Drawable, i: int, now: float) -> dict[str, str | float | int]:
    """Facts about seat 0's bout; `Score` is what ten bouts like this one would be worth."""
    state, config = env.state, env.config
    mine = {name: values[i : i + 1] for name, values in env.seat_figures(0).items()}
    figures: dict[str, str | float | int] = {
        "Score": round(fitness(mine)),
        "Kills": int(state.kills[i, 0]),
        "Accuracy (%)": round(100.0 * float(mine["accuracy"][0])),
        "Damage dealt": round(float(state.dealt[i, 0])),
        "Hull": round(max(float(state.hull[i, 0]), 0.0)),
        "Shield": round(float(state.shield[i, 0])),
        "Time left (s)": round(max(config.sim_duration - now, 0.0), 1),
    }
    if config.scenario == "waves":
        figures["Wave"] = int(state.wave[i])
    feed = _feed(env, i, now)
    if feed:
        figures["Kill feed"] = feed
    return figures


def _feed(env: Drawable, i: int, now: float) -> str:
    """Who shot down whom in the last seconds, newest first."""
    state = env.state
    losses = [
        (float(state.lost[i, k]), k)
        for k in range(state.alive.shape[1])
        if not state.alive[i, k] and state.lost[i, k] >= 0.0 and now - float(state.lost[i, k]) < FEED
    ]
    told = []
    for _, k in sorted(losses, reverse=True):
        killer = int(state.killer[i, k])
        told.append(
            f"{_name(env, i, k)} rammed" if killer == NOBODY else f"{_name(env, i, killer)} › {_name(env, i, k)}"
        )
    return ", ".join(told)


def _name(env: Drawable, i: int, k: int) -> str:
    kind = KIND_NAMES[int(env.state.kind[i, k])]
    return f"{kind} {k + 1}" if k < env.seats and env.seats > 1 else kind


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
    shapes = []
    for b in range(int(state.bullets[i])):
        x, y, vx, vy = (float(number) for number in state.bullet[i, b, :4])
        hostile = state.bullet_team[i, b] < 0
        shapes.append(
            Shape(
                "rect",
                x=x,
                y=y,
                w=14.0,
                h=3.0,
                angle=math.atan2(vy, vx),
                fill="bad" if hostile else "warn",
                id=f"bullet-{int(state.bullet_serial[i, b])}",
            )
        )
    return shapes


def _fill(team: int) -> str:
    return "bad" if team < 0 else _TEAM_FILLS[team % len(_TEAM_FILLS)]


def _ships(env: Drawable, i: int, now: float) -> list[Shape]:
    state = env.state
    shapes: list[Shape] = []
    for k in range(state.alive.shape[1]):
        if not state.alive[i, k]:
            continue
        kind = env.parameters.kinds[int(state.kind[i, k])]
        x, y, heading = (float(number) for number in state.pose[i, k])
        name, radius, fill = f"ship-{int(state.serial[i, k])}", kind.radius, _fill(int(state.team[i, k]))
        corners = tuple((radius * a, radius * b) for a, b in _HULLS[int(state.kind[i, k])])
        if state.command[i, k, 0] > 0.05 and kind.inverse_mass > 0.0:
            flame = radius * (1.0 + 0.8 * float(state.command[i, k, 0]))
            tail = ((-0.6 * radius, 0.35 * radius), (-flame, 0.0), (-0.6 * radius, -0.35 * radius))
            shapes.append(Shape("polygon", x=x, y=y, angle=heading, points=tail, fill="warn", id=f"{name}-flame"))
        shapes.append(
            Shape(
                "polygon",
                x=x,
                y=y,
                angle=heading,
                points=corners,
                fill=fill,
                stroke="line",
                width=1.5,
                id=f"{name}-hull",
            )
        )
        if state.kind[i, k] == TURRET:
            barrel = ((0.0, 0.0), (1.4 * radius, 0.0))
            shapes.append(
                Shape("polyline", x=x, y=y, angle=heading, points=barrel, stroke="text", width=4.0, id=f"{name}-barrel")
            )
        shapes += _shield(state, i, k, x, y, radius, kind.shield, now, name)
        shapes += _bar(state, i, k, x, y, radius, kind.hull, name)
        if k < env.seats and env.seats > 1:
            shapes.append(
                Shape("text", x=x, y=y - radius - 18.0, text=str(k + 1), size=14.0, fill="text", id=f"{name}-number")
            )
    return shapes


def _shield(
    state: State, i: int, k: int, x: float, y: float, radius: float, full: float, now: float, name: str
) -> list[Shape]:
    """A ring as strong as the shield, lit up after a hit."""
    left = float(state.shield[i, k])
    if left <= 0.0:
        return []
    hit = state.struck[i, k] >= 0.0 and now - float(state.struck[i, k]) < FLASH
    strength = 0.25 + 0.5 * left / full
    return [
        Shape(
            "circle",
            x=x,
            y=y,
            r=radius + 6.0,
            stroke="accent-2",
            width=5.0 if hit else 2.5,
            alpha=1.0 if hit else strength,
            id=f"{name}-shield",
        )
    ]


def _bar(state: State, i: int, k: int, x: float, y: float, radius: float, full: float, name: str) -> list[Shape]:
    """What is left of a damaged hull, above the ship."""
    left = max(float(state.hull[i, k]) / full, 0.0)
    if left >= 1.0:
        return []
    above, wide = y + radius + 12.0, 2.0 * radius
    begin = x - wide / 2
    fill = "good" if left > 0.5 else "warn" if left > 0.25 else "bad"
    return [
        Shape("rect", x=x, y=above, w=wide, h=4.0, fill="line", id=f"{name}-bar"),
        Shape("rect", x=begin + wide * left / 2, y=above, w=wide * left, h=4.0, fill=fill, id=f"{name}-points"),
    ]


def _explosions(env: Drawable, i: int, now: float) -> list[Shape]:
    """Where ships were lost a moment ago: a ring that grows and fades, and sparks."""
    state = env.state
    shapes: list[Shape] = []
    for k in range(state.alive.shape[1]):
        age = now - float(state.lost[i, k])
        if state.alive[i, k] or state.lost[i, k] < 0.0 or age >= EXPLOSION:
            continue
        x, y = float(state.pose[i, k, 0]), float(state.pose[i, k, 1])
        radius = env.parameters.kinds[int(state.kind[i, k])].radius
        share, name = age / EXPLOSION, f"explosion-{int(state.serial[i, k])}"
        fade = 1.0 - share
        shapes.append(Shape("circle", x=x, y=y, r=radius * (0.6 + share), fill="warn", alpha=fade, id=f"{name}-fire"))
        shapes.append(
            Shape(
                "circle",
                x=x,
                y=y,
                r=radius * (0.8 + 2.4 * share),
                stroke="bad",
                width=3.0,
                alpha=fade,
                id=f"{name}-ring",
            )
        )
        for spark in range(6):
            angle = 2.4 * spark + float(state.serial[i, k])
            far = radius * (0.5 + (1.5 + 0.3 * (spark % 3)) * share)
            place = (x + far * math.cos(angle), y + far * math.sin(angle))
            shapes.append(
                Shape("circle", x=place[0], y=place[1], r=2.5, fill="accent-2", alpha=fade, id=f"{name}-spark-{spark}")
            )
    return shapes
