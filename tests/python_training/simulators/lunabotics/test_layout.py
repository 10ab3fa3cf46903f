from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from python_training.contracts.seeds import TRAINING_SEEDS_END, held_out_seeds
from python_training.simulators.lunabotics.config import LunaboticsConfig
from python_training.simulators.lunabotics.env import LunaboticsVectorEnv
from python_training.simulators.lunabotics.geometry import zone_at
from python_training.simulators.lunabotics.parameters import parameters
from python_training.simulators.lunabotics.reference_field import Circle, path_exists

World = Callable[..., LunaboticsVectorEnv]
CONFIG = LunaboticsConfig()


@pytest.mark.parametrize(
    ("x", "y", "zone"),
    [
        (5.0, 0.5, 4),
        (4.45, 0.19, 4),
        (4.0, 0.5, 3),
        (6.5, 1.4, 3),
        (1.0, 4.0, 0),
        (1.0, 3.0, 0),
        (1.0, 2.9, 1),
        (2.5, 1.0, 1),
        (3.0, 1.0, 2),
        (5.0, 4.0, 2),
        (2.2, 4.0, 5),
    ],
)
def test_the_first_zone_that_matches_counts(x: float, y: float, zone: int) -> None:
    """Berm comes before construction, start before excavation, and what is in no zone is zone 5."""
    assert zone_at(x, y, parameters(CONFIG).zones) == zone


def test_layouts_keep_the_rules(make_world: World) -> None:
    """Over 300 seeds: numbers, radii, places and gaps of rocks, craters and orbs are as configured."""
    env = make_world(300, seed=1000)
    state = env.state
    assert (state.rocks == 7).all()
    assert (state.craters == 4).all()
    x, y, radius = (state.obstacles[:, :11, k] for k in range(3))
    assert (radius >= 0.15).all()
    assert (radius[:, :7] <= 0.2).all()
    assert (radius[:, 7:] <= 0.25).all()
    assert ((x - radius >= 2.5) & (x + radius <= 6.8) & (y - radius >= 0.0) & (y + radius <= 5.0)).all()
    to_construction = np.hypot(np.maximum(3.8 - x, 0), np.maximum(y - 1.5, 0))
    assert (to_construction >= radius).all()
    gaps = np.hypot(x[:, :, None] - x[:, None], y[:, :, None] - y[:, None]) - radius[:, :, None] - radius[:, None]
    gaps[:, range(11), range(11)] = 1.0
    assert gaps.min() >= 0.05
    orbs = state.orbs[:, :15]
    assert (state.orb_status[:, :15] == 1).all()
    assert (state.orb_status[:, 15:] == 0).all()
    assert ((orbs >= 0.075) & (orbs <= (2.5 - 0.075, 3.0 - 0.075))).all()
    apart = np.linalg.norm(orbs[:, :, None] - orbs[:, None], axis=-1)
    apart[:, range(15), range(15)] = 1.0
    assert apart.min() >= 0.2


def test_every_layout_leaves_a_path_as_wide_as_the_rover(make_world: World) -> None:
    """Flooding the field finds a way for a disc of the rover's width from excavation zone to berm, on 60 seeds."""
    env = make_world(60, seed=5000)
    for row in env.state.obstacles:
        assert path_exists(CONFIG, [Circle(*map(float, each)) for each in row[:11]])


def test_a_field_too_crowded_for_a_path_loses_obstacles_until_there_is_one(make_world: World) -> None:
    """Drawing is bounded, and a world that cannot be crossed is never handed out."""
    crowd = {"num_rocks": 24, "num_craters": 0, "obstacles": {"rock_radius_min": 0.3, "rock_radius_max": 0.45}}
    env = make_world(6, **{**crowd, "obstacles": {**crowd["obstacles"], "attempts": 2}})
    assert (env.state.rocks < 24).any()
    for row, count in zip(env.state.obstacles, env.state.rocks, strict=True):
        assert (row[count:] == 0.0).all()
        assert path_exists(env.config, [Circle(*map(float, each)) for each in row[:count]])


def test_a_barrier_is_no_path() -> None:
    """The search for a path does find that there is none."""
    wall = [Circle(3.0, 0.25 + 0.5 * k, 0.25) for k in range(10)]
    assert not path_exists(CONFIG, wall)
    assert path_exists(CONFIG, wall[:8])


def test_rovers_start_free_in_the_start_zone(make_world: World) -> None:
    """Poses are spread over the start zone and all headings, and no rover touches a wall."""
    x, y, heading = make_world(400).state.pose.T
    margin = math.hypot(1.0, 0.6) / 2
    assert (x >= margin).all()
    assert (x <= 2.0 - margin).all()
    assert (y >= 3.0 + margin).all()
    assert (y <= 5.0 - margin).all()
    assert np.histogram(heading, 4, (-math.pi, math.pi))[0].min() > 60


@pytest.mark.parametrize("seed", [0, 123, 2**31, 2**32, 2**32 + 7, 2**62])
def test_equal_seeds_give_equal_worlds(make_world: World, seed: int) -> None:
    """Everything is drawn from the seed, in whichever place of a batch the rover is."""
    batch, alone = make_world(3, seed=seed), make_world(1, seed=seed + 2)
    for name, array in batch.get_state().items():
        np.testing.assert_array_equal(array[2], alone.get_state()[name][0], err_msg=name)


def test_different_seeds_give_different_worlds(make_world: World) -> None:
    """No two of a thousand worlds are alike, the ones kept for evaluation included."""
    env = make_world(1000)
    env.reset(seed=[*range(500), *held_out_seeds(500)])
    for array in (env.state.pose, env.state.obstacles[:, 0], env.state.orbs[:, 0], env.state.rng):
        assert len(np.unique(array, axis=0)) == 1000


def test_held_out_seeds_are_apart_from_training() -> None:
    """The seeds that policies are judged by are those from TRAINING_SEEDS_END on; no training run draws there."""
    assert min(held_out_seeds(1000)) >= TRAINING_SEEDS_END
    assert len(set(held_out_seeds(1000))) == 1000


def test_the_generator_is_even_and_its_streams_are_unrelated(make_world: World) -> None:
    """First draws over neighbouring seeds look uniform: mean, spread, and no correlation from seed to seed."""
    env = make_world(4000)
    first = (env.state.orbs[:, 0, 0] - 0.075) / (2.5 - 0.15)
    assert abs(first.mean() - 0.5) < 4 * math.sqrt(1 / 12 / 4000)
    assert abs(first.std() - math.sqrt(1 / 12)) < 0.01
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 4 / math.sqrt(4000)
