from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.contracts.view import Shape, ViewFrame
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.view import draw

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]
NAMES = "ground ground-alt zone-a zone-b zone-c line muted text accent accent-2 accent-3 good warn bad"


def shapes(frame: ViewFrame, layer: str) -> list[Shape]:
    """The shapes of one layer."""
    return [shape for each in frame.layers if each.name == layer for shape in each.shapes]


def test_a_frame_shows_the_field_as_it_is(make_world: World) -> None:
    """Zones, rocks, craters, orbs, sensor and rover are there, in world units and palette colours."""
    env = make_world(2, seed=3)
    frame = draw(env, 1)
    assert (frame.width, frame.height, frame.t, frame.episode) == (6.8, 5.0, 0.0, 1)
    assert [layer.name for layer in frame.layers] == ["field", "obstacles", "orbs", "sensor", "rover"]
    assert [layer.still for layer in frame.layers] == [True, True, False, False, False]
    assert {shape.text for shape in shapes(frame, "field") if shape.text} == {"Start", "Excavation", "Construction"}
    drawn = {(shape.x, shape.y) for shape in shapes(frame, "obstacles")}
    assert drawn == {(float(x), float(y)) for x, y, _ in env.state.obstacles[1, :11]}
    assert [(shape.x, shape.y) for shape in shapes(frame, "orbs")] == [tuple(orb) for orb in env.state.orbs[1, :15]]
    (frustum,) = shapes(frame, "sensor")
    assert frustum.points == ((0.5, 0.3), (2.25, 1.0), (2.25, -1.0), (0.5, -0.3))
    for part in (frustum, *shapes(frame, "rover")):
        assert (part.x, part.y, part.angle) == tuple(env.state.pose[1])
        assert part.id
    used = {name for layer in frame.layers for shape in layer.shapes for name in (shape.fill, shape.stroke)}
    assert used - {""} <= set(NAMES.split())


def test_orbs_move_from_field_to_bucket_to_berm(make_world: World, act: Act) -> None:
    """A held orb rides on the bucket, delivered ones lie in the berm; each keeps its id, so that it glides."""
    env = make_world(bare=True)
    env.state.orb_status[0, 0], env.state.held[0] = 2, 0
    assert [shape.id for shape in shapes(draw(env, 0), "rover")][-1] == "orb-0"
    env.state.orb_status[0, :3], env.state.held[0] = 3, -1
    ids = {shape.id: shape for shape in shapes(draw(env, 0), "orbs")}
    assert len(ids) == 15
    for k in range(3):
        assert 4.45 < ids[f"orb-{k}"].x < 6.15
        assert 0.19 < ids[f"orb-{k}"].y < 0.99
        assert ids[f"orb-{k}"].fill == "good"


def test_figures_tell_how_it_goes(make_world: World, act: Act) -> None:
    """Time, deliveries, return, speed and zone stand beside the picture; the frame is plain JSON."""
    env = make_world(curriculum={"enabled": True})
    for _ in range(10):
        act(env, 1.0)
    frame = draw(env, 0)
    assert frame.t == pytest.approx(10 * 4 * 0.0167)
    assert frame.figures["Step"] == 10
    assert frame.figures["Orbs delivered"] == 0
    assert frame.figures["Stage"] == 1
    assert frame.figures["Return"] == round(env.state.returned[0], 1)
    assert json.loads(json.dumps(frame.to_dict(), allow_nan=False))["figures"] == dict(frame.figures)


def test_drawing_changes_nothing(make_world: World) -> None:
    """Watched and unwatched worlds are equal."""
    env = make_world(2)
    before = env.get_state()
    draw(env, 0)
    for name, array in env.get_state().items():
        np.testing.assert_array_equal(array, before[name])
    with pytest.raises(IndexError, match="2 rovers"):
        draw(env, 2)
