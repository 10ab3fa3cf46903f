from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from python_training.simulators.lunabotics.env import LunaboticsVectorEnv

World = Callable[..., LunaboticsVectorEnv]
Act = Callable[..., Any]
Stand = Callable[..., None]
Lay = Callable[..., None]
RANGE = math.hypot(1.75, 1.0)


def put_obstacles(env: LunaboticsVectorEnv, *circles: tuple[float, float, float]) -> None:
    """Let exactly these obstacles be in the field of rover 0."""
    env.state.obstacles[0] = 0.0
    for k, circle in enumerate(circles):
        env.state.obstacles[0, k] = circle
    env.state.rocks[0], env.state.craters[0] = len(circles), 0


def test_the_observation_is_in_the_documented_order(make_world: World, act: Act, stand: Stand, lay: Lay) -> None:
    """Position, velocity, heading, turn, zone and holding come first, each scaled to [-1, 1]."""
    env = make_world(bare=True, rover={"acceleration": 1e-9, "angular_acceleration": 1e-9, "damping": 0.0})
    lay(env)
    env.state.orb_status[0, 0] = 2
    env.state.held[0] = 0
    stand(env, 5.1, 1.25, math.pi / 2)
    env.state.velocity[0] = 0.0, -0.5, -math.pi / 4
    seen = act(env)[0][0]
    x, y, heading = env.state.pose[0]
    assert seen.shape == (28,)
    assert seen.dtype == np.float32
    assert seen[0:2] == pytest.approx([2 * x / 6.8 - 1, 2 * y / 5.0 - 1], abs=1e-6)
    assert seen[2:4] == pytest.approx(env.state.velocity[0, :2] / 2.0, abs=1e-6)
    assert seen[3] < -0.2
    assert seen[4] == pytest.approx(heading / math.pi, abs=1e-6)
    assert seen[5] == pytest.approx(-0.25, abs=1e-6)
    assert seen[6] == pytest.approx(3 / 2.5 - 1, abs=1e-6)
    assert seen[7] == 1.0


def test_what_is_ahead_is_seen_nearest_first(make_world: World, act: Act, stand: Stand, lay: Lay) -> None:
    """Distances are from the front's middle to the surface, angles positive to the left, at most five of a kind."""
    env = make_world(num_orbs=8)
    stand(env, 2.0, 2.0)
    put_obstacles(env, (4.0, 2.0, 0.2), (3.5, 2.5, 0.15))
    lay(env, *((2.7 + 0.2 * k, 2.0) for k in reversed(range(7))))
    seen = act(env)[0][0]
    obstacles, orbs = seen[8:18].reshape(5, 2), seen[18:28].reshape(5, 2)
    assert obstacles[0] == pytest.approx(
        [(math.hypot(1.0, 0.5) - 0.15) / RANGE, math.atan2(0.5, 1.0) / (math.pi / 2)], abs=1e-6
    )
    assert obstacles[1] == pytest.approx([(1.5 - 0.2) / RANGE, 0.0], abs=1e-6)
    assert (obstacles[2:] == (1.0, 0.0)).all()
    assert orbs[:, 0] == pytest.approx([(0.2 + 0.2 * k - 0.075) / RANGE for k in range(5)], abs=1e-6)
    assert orbs[:, 1] == pytest.approx(0.0, abs=1e-6)


def test_nothing_behind_the_front_edge_is_seen(make_world: World, act: Act, stand: Stand, lay: Lay) -> None:
    """With orbs and obstacles all around, only those ahead show, whichever way the rover looks."""
    env = make_world(num_orbs=24, num_rocks=8, num_craters=0)
    ring = [2 * math.pi * k / 24 for k in range(24)]
    lay(env, *((3.4 + math.cos(angle), 2.5 + math.sin(angle)) for angle in ring))
    put_obstacles(env, *((3.4 + 1.3 * math.cos(a), 2.5 + 1.3 * math.sin(a), 0.1) for a in ring[::3]))
    for heading in np.linspace(-3.1, 3.1, 40):
        stand(env, 3.4, 2.5, heading)
        seen = act(env)[0][0]
        angles, distances = seen[9::2] * math.pi / 2, seen[8::2]
        assert (np.abs(angles[distances < 1]) <= math.pi / 2).all()
        assert 1 <= (distances[5:] < 1).sum() <= 5
        for angle, distance in zip(angles[5:], distances[5:], strict=True):
            if distance < 1:
                out = distance * RANGE + 0.075
                x = 3.4 + 0.5 * math.cos(heading) + out * math.cos(heading + angle)
                y = 2.5 + 0.5 * math.sin(heading) + out * math.sin(heading + angle)
                to_orb = min(math.hypot(x - 3.4 - math.cos(a), y - 2.5 - math.sin(a)) for a in ring)
                assert to_orb < 1e-5
    stand(env, 3.4, 2.5, 0.0)
    lay(env, (2.4, 2.5), (3.4, 3.5), (3.8, 2.5))
    put_obstacles(env, (1.9, 2.5, 0.2), (3.3, 3.2, 0.2))
    assert (act(env)[0][0][8:] == [1.0, 0.0] * 10).all()


@pytest.mark.parametrize(
    ("x", "y", "visible"),
    [
        (2.6, 2.36, True),  # within the near edge's half width of 0.3
        (2.6, 2.46, False),
        (4.24, 2.99, True),  # within the far edge's half width of 1.0
        (4.24, 3.1, False),
        (4.31, 2.0, True),  # reaches back into the depth of 1.75
        (4.34, 2.0, False),
    ],
)
def test_the_frustum_has_its_shape(
    make_world: World, act: Act, stand: Stand, lay: Lay, x: float, y: float, visible: bool
) -> None:
    """It is 1.75 m deep, as wide as the rover at the near end and 2.0 m at the far end; parts of an orb count."""
    for side in (1, -1):
        env = make_world(bare=True)
        stand(env, 2.0, 2.0)
        lay(env, (x, 2.0 + side * (y - 2.0)))
        seen = act(env)[0][0]
        assert (seen[18] < 1.0) == visible


def test_observations_stay_within_their_bounds(make_world: World) -> None:
    """Over 64 rovers and hundreds of random steps, with noise, each number is finite and within [-1, 1]."""
    noise = {"sensor_distance": 0.5, "sensor_angle": 1.0}
    env = make_world(64, max_steps_per_episode=100, randomisation=noise)
    rng = np.random.default_rng(3)
    for _ in range(250):
        seen, *_ = env.step(rng.uniform(-1, 1, (64, 3)))
        assert np.isfinite(seen).all()
        assert np.abs(seen).max() <= 1.0
