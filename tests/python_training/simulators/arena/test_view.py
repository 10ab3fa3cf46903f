from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.contracts.view import Shape, ViewFrame
from python_training.simulators.arena.env import ArenaVectorEnv
from python_training.simulators.arena.scripted import AcePlayer
from python_training.simulators.arena.view import EXPLOSION, draw

World = Callable[..., ArenaVectorEnv]
Act = Callable[..., Any]
NAMES = "ground ground-alt zone-a zone-b zone-c line muted text accent accent-2 accent-3 good warn bad"


def shapes(frame: ViewFrame, layer: str) -> dict[str, Shape]:
    """The shapes of one layer by id."""
    return {shape.id: shape for each in frame.layers if each.name == layer for shape in each.shapes}


def test_a_frame_shows_the_arena_as_it_is(make_world: World) -> None:
    """Ships, shields and bullets are there, in px and palette colours, each with an id of its own."""
    env = make_world(2, seed=3)
    ace = AcePlayer()
    ace.reset(2, 0)
    for _ in range(40):
        env.step(ace.act(None, env))
    frame = draw(env, 1)
    assert (frame.width, frame.height, frame.episode) == (1000.0, 700.0, 1)
    assert frame.t == pytest.approx(4.0)
    assert [layer.name for layer in frame.layers] == ["arena", "bullets", "ships", "explosions"]
    pilot = env.state.ships[1, 0]
    hull = shapes(frame, "ships")[f"ship-{pilot.serial}-hull"]
    assert (hull.x, hull.y, hull.angle) == (pilot.x, pilot.y, pilot.heading)
    assert len(shapes(frame, "bullets")) == env.state.bouts[1].bullets
    every = [shape for layer in frame.layers[1:] for shape in layer.shapes]
    assert len({shape.id for shape in every}) == len(every)
    used = {name for layer in frame.layers for shape in layer.shapes for name in (shape.fill, shape.stroke)}
    assert used - {""} <= set(NAMES.split())
    assert json.loads(json.dumps(frame.to_dict(), allow_nan=False))["figures"] == dict(frame.figures)


def test_a_loss_explodes_and_is_told(make_world: World, act: Act, place: Act) -> None:
    """Where a ship was, an explosion shows for a moment, and the feed says who did it."""
    env = make_world(waves={"first": 1, "lull": 100.0, "drones": 1, "turrets": 0, "hunters": 0})
    place(env, 0, 300.0, 350.0)
    place(env, 1, 360.0, 350.0)
    env.state.ships[0, 1].hull = 25.0
    act(env, fire=1.0)
    frame = draw(env, 0)
    assert frame.figures["Kill feed"] == "pilot › drone"
    assert frame.figures["Kills"] == 1
    (fire, *_) = shapes(frame, "explosions").values()
    assert fire.x == pytest.approx(360.0, abs=2.0)
    for _ in range(round(EXPLOSION / 0.1)):
        act(env)
    assert shapes(draw(env, 0), "explosions") == {}


def test_the_shield_lights_up_when_it_is_hit_and_goes_with_its_last_point(make_world: World) -> None:
    """A ring as long as there is a shield, brighter for a moment after a hit."""
    env = make_world()
    ship = env.state.ships[0, 0]
    name = f"ship-{ship.serial}-shield"
    faint = shapes(draw(env, 0), "ships")[name]
    ship.struck = 0.0
    assert shapes(draw(env, 0), "ships")[name].width > faint.width
    ship.shield = 0.0
    assert name not in shapes(draw(env, 0), "ships")


def test_seats_are_numbered_and_teams_have_colours(make_world: World) -> None:
    """In squads one can tell who is who."""
    frame = draw(make_world(scenario="squad"), 0)
    ships = shapes(frame, "ships")
    assert [shape.text for shape in ships.values() if shape.text] == ["1", "2", "3", "4"]
    assert len({shape.fill for name, shape in ships.items() if name.endswith("hull")}) == 2


def test_drawing_changes_nothing(make_world: World) -> None:
    """Watched and unwatched worlds are equal."""
    env = make_world(2)
    before = env.get_state()
    draw(env, 0)
    for name, array in env.get_state().items():
        np.testing.assert_array_equal(array, before[name])
    with pytest.raises(IndexError, match="2 copies"):
        draw(env, 2)
