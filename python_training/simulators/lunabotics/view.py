"""One rover's field as a ViewFrame."""

from __future__ import annotations

import math
from typing import Any, Protocol

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.simulators.lunabotics.config import Box, LunaboticsConfig
from python_training.simulators.lunabotics.geometry import zone_at
from python_training.simulators.lunabotics.parameters import Parameters
from python_training.simulators.lunabotics.state import ORB_DELIVERED, ORB_LYING, State

_ZONE_NAMES = ("start", "excavation", "obstacles", "construction", "berm", "none")
_CRATER_FLOOR = 0.62
"""Radius of a crater's floor as a share of its rim's."""


class Drawable(Protocol):
    """What there is to draw: a LunaboticsVectorEnv is one."""

    num_envs: int
    config: LunaboticsConfig
    parameters: Parameters
    state: State


def draw(world: Any, index: int) -> ViewFrame:
    """The field of rover `index` of `world`, a LunaboticsVectorEnv: zones, obstacles, orbs, sensor and rover."""
    env: Drawable = world.unwrapped
    if not 0 <= index < env.num_envs:
        raise IndexError(f"There are {env.num_envs} rovers, got index {index}.")
    config, state = env.config, env.state
    x, y, _ = state.pose[index]
    zone = zone_at(float(x), float(y), env.parameters.zones)
    figures: dict[str, str | float | int] = {
        "Orbs delivered": int(state.deposited[index]),
        "Orbs collected": int(state.collected[index]),
        "Return": round(float(state.returned[index]), 1),
        "Step": int(state.steps[index]),
        "Speed (m/s)": round(math.hypot(state.velocity[index, 0], state.velocity[index, 1]), 2),
        "Zone": _ZONE_NAMES[zone],
    }
    if config.curriculum.enabled:
        figures["Stage"] = int(state.stage[index])
    return ViewFrame(
        t=float(state.steps[index]) * config.dt * config.action_repeat,
        width=config.world_width,
        height=config.world_height,
        layers=(
            Layer("field", _field(config), still=True),
            Layer("obstacles", _obstacles(state, index), still=True),
            Layer("orbs", _orbs(config, state, index)),
            Layer("sensor", _sensor(config, state, index)),
            Layer("rover", _rover(config, state, index)),
        ),
        figures=figures,
        episode=int(state.episode[index]),
    )


def _area(box: Box, **style: Any) -> Shape:
    width, height = box.x_max - box.x_min, box.y_max - box.y_min
    return Shape("rect", x=box.x_min + width / 2, y=box.y_min + height / 2, w=width, h=height, **style)


def _field(config: LunaboticsConfig) -> list[Shape]:
    zones = config.zones
    labels = ((zones.start, "Start"), (zones.excavation, "Excavation"), (zones.construction, "Construction"))
    everything = Box(x_min=0.0, y_min=0.0, x_max=config.world_width, y_max=config.world_height)
    return [
        _area(everything, fill="ground"),
        _area(zones.obstacle, fill="ground-alt"),
        _area(zones.excavation, fill="zone-b", alpha=0.5),
        _area(zones.start, fill="zone-a", alpha=0.5),
        _area(zones.construction, fill="zone-c", alpha=0.5),
        _area(zones.berm, fill="zone-c", stroke="line", width=0.02),
        *(
            Shape("text", x=(box.x_min + box.x_max) / 2, y=box.y_max - 0.2, text=text, size=0.18, fill="muted")
            for box, text in labels
        ),
        _area(everything, stroke="line", width=0.04),
    ]


def _obstacles(state: State, i: int) -> list[Shape]:
    shapes: list[Shape] = []
    rocks, craters = int(state.rocks[i]), int(state.craters[i])
    for k in range(rocks + craters):
        x, y, radius = (float(number) for number in state.obstacles[i, k])
        if k < rocks:
            # six corners at uneven distances look like a rock; the circle is what the rover collides with
            turn = 2.4 * k
            corners = [
                (
                    radius * (1.0 - 0.14 * ((j * 5 + k * 3) % 4) / 3) * math.cos(turn + j * math.pi / 4),
                    radius * (1.0 - 0.14 * ((j * 5 + k * 3) % 4) / 3) * math.sin(turn + j * math.pi / 4),
                )
                for j in range(8)
            ]
            shapes.append(Shape("circle", x=x, y=y, r=radius, fill="muted", alpha=0.35))
            shapes.append(Shape("polygon", x=x, y=y, points=corners, fill="muted", stroke="line", width=0.015))
        else:
            shapes.append(Shape("circle", x=x, y=y, r=radius, fill="line", stroke="muted", width=0.025, alpha=0.8))
            shapes.append(Shape("circle", x=x, y=y, r=radius * _CRATER_FLOOR, fill="ground"))
    return shapes


def _orbs(config: LunaboticsConfig, state: State, i: int) -> list[Shape]:
    shapes: list[Shape] = []
    berm, radius = config.zones.berm, config.orbs.radius
    pitch = 2.4 * radius
    columns = max(int((berm.x_max - berm.x_min) / pitch), 1)
    delivered = 0
    for k in range(config.num_orbs):
        if state.orb_status[i, k] == ORB_LYING:
            x, y = (float(number) for number in state.orbs[i, k])
            shapes.append(
                Shape("circle", x=x, y=y, r=radius, fill="accent-2", stroke="line", width=0.01, id=f"orb-{k}")
            )
        elif state.orb_status[i, k] == ORB_DELIVERED:  # heaped up in rows, wherever in the berm it was put down
            x = berm.x_min + (delivered % columns + 0.5) * pitch
            y = berm.y_min + (delivered // columns + 0.5) * pitch
            shapes.append(Shape("circle", x=x, y=y, r=radius, fill="good", stroke="line", width=0.01, id=f"orb-{k}"))
            delivered += 1
    return shapes


def _sensor(config: LunaboticsConfig, state: State, i: int) -> list[Shape]:
    x, y, heading = (float(number) for number in state.pose[i])
    front, near = config.rover.length / 2, config.rover.width / 2
    depth, far = config.sensor.depth, config.sensor.far_width / 2
    corners = ((front, near), (front + depth, far), (front + depth, -far), (front, -near))
    return [Shape("polygon", x=x, y=y, angle=heading, points=corners, fill="accent", alpha=0.12, id="sensor")]


def _rover(config: LunaboticsConfig, state: State, i: int) -> list[Shape]:
    x, y, heading = (float(number) for number in state.pose[i])
    length, width = config.rover.length, config.rover.width
    front, side = length / 2, width / 2

    def part(name: str, *corners: tuple[float, float], **style: Any) -> Shape:
        return Shape("polygon", x=x, y=y, angle=heading, points=corners, id=f"rover-{name}", **style)

    def block(name: str, ahead: float, left: float, long: float, wide: float, **style: Any) -> Shape:
        return part(
            name,
            (ahead - long / 2, left - wide / 2),
            (ahead + long / 2, left - wide / 2),
            (ahead + long / 2, left + wide / 2),
            (ahead - long / 2, left + wide / 2),
            **style,
        )

    wheel_width = 0.2 * width
    wheels = [
        block(f"wheel-{k}-{sign}", ahead, sign * (side - wheel_width / 2), 0.24 * length, wheel_width, fill="text")
        for k, ahead in enumerate((-0.36 * length, -0.06 * length, 0.24 * length))
        for sign in (-1, 1)
    ]
    touching = bool(state.contacts[i])
    body = block(
        "body",
        -0.06 * length,
        0.0,
        0.84 * length,
        0.74 * width,
        fill="bad" if touching else "accent",
        stroke="line",
        width=0.015,
    )
    arrow = part(
        "heading", (0.2 * length, 0.0), (-0.1 * length, 0.2 * width), (-0.1 * length, -0.2 * width), fill="ground"
    )
    bucket = part(
        "bucket",
        (0.36 * length, side),
        (front, side),
        (front, -side),
        (0.36 * length, -side),
        (0.42 * length, -0.7 * side),
        (0.42 * length, 0.7 * side),
        fill="accent-3",
        stroke="line",
        width=0.015,
    )
    shapes = [*wheels, body, arrow, bucket]
    held = int(state.held[i])
    if held >= 0:
        ahead = 0.44 * length
        shapes.append(
            Shape(
                "circle",
                x=x + ahead * math.cos(heading),
                y=y + ahead * math.sin(heading),
                r=config.orbs.radius,
                fill="accent-2",
                stroke="line",
                width=0.01,
                id=f"orb-{held}",
            )
        )
    return shapes
