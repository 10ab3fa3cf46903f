"""What every world of the registry keeps behind the Gymnasium API, and the checkers of other libraries."""

from __future__ import annotations

import os
import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from python_training import registry
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.registry import WorldEntry

SHORT = {
    "lunabotics": {
        "max_steps_per_episode": 12,
        "randomisation": {"slip": 0.2, "mass": 0.2, "latency": 3, "sensor_distance": 0.1, "sensor_angle": 0.1},
        "curriculum": {"enabled": True},
    },
    "arena": {"sim_duration": 1.2},
    "battlesnake": {"max_turns": 12},
}
"""Settings by which episodes end soon, with all that draws random numbers switched on."""


@pytest.fixture(params=registry.WORLDS)
def entry(request: pytest.FixtureRequest) -> WorldEntry:
    """Each world of the registry."""
    return registry.WORLDS[request.param]


def vector(entry: WorldEntry, copies: int) -> Any:
    """A batch of the world with short episodes."""
    config = registry.load(entry.config).model_validate(SHORT[entry.name])
    return registry.load(entry.vector_env)(num_envs=copies, config=config)


def actions(world: Any, rng: np.random.Generator) -> Any:
    """Actions at random for all copies."""
    space = world.single_action_space
    if isinstance(space, gymnasium.spaces.Discrete):
        return rng.integers(space.n, size=world.num_envs)
    return rng.uniform(space.low, space.high, (world.num_envs, *space.shape)).astype(np.float32)


def same(one: Any, two: Any) -> None:
    """Two steps are the same bits, whatever their infos."""
    for a, b in zip(one[:4], two[:4], strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_registries_agree(entry: WorldEntry) -> None:
    """Paddock's registry and Gymnasium's name the same world, and each of its parts can be loaded."""
    registry.load(entry.env)
    assert registry.world(entry.env_id) is entry is registry.world(entry.name)
    spec = gymnasium.spec(entry.env_id)
    for made, named in ((spec.entry_point, entry.env), (spec.vector_entry_point, entry.vector_env)):
        assert registry.load(str(made)) is registry.load(named)
    targets = (entry.config, entry.view, entry.score, entry.performance, *entry.players.values())
    assert all(callable(registry.load(target)) for target in targets if target)


def test_gymnasium_makes_both_forms(entry: WorldEntry) -> None:
    """`make` and `make_vec` build the world by its id, with its settings."""
    registry.load(entry.env)
    with gymnasium.make(entry.env_id, config=SHORT[entry.name]) as env:
        env.reset(seed=1)
        assert isinstance(env.unwrapped, registry.load(entry.env))
        assert env.unwrapped.config == registry.load(entry.config).model_validate(SHORT[entry.name])
    batch = gymnasium.make_vec(entry.env_id, num_envs=4, vectorization_mode="vector_entry_point")
    observations, _ = batch.reset(seed=1)
    assert observations.shape == (4, *batch.single_observation_space.shape)
    batch.close()


def test_gymnasiums_checker_is_content(entry: WorldEntry) -> None:
    """Spaces, seeding, determinism, step signature and rendering pass `check_env`, without a warning."""
    registry.load(entry.env)
    check_env(gymnasium.make(entry.env_id, render_mode="rgb_array").unwrapped)


# The checker advises action bounds of [-1, 1] for every action; triggers are in [0, 1] by design.
@pytest.mark.filterwarnings("ignore:We recommend you to use a symmetric and normalized Box action space:UserWarning")
def test_stable_baselines_checker_is_content(entry: WorldEntry) -> None:
    """The env checker of Stable-Baselines3 passes."""
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    checker.check_env(registry.load(entry.env)())


@pytest.fixture(scope="module")
def tf_agents_modules() -> Any:
    """TF-Agents' environment modules, imported with the old Keras that it needs."""
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with warnings.catch_warnings():
        # TF-Agents' sources themselves draw syntax and deprecation warnings when they are compiled and imported.
        warnings.simplefilter("ignore")
        from tf_agents.environments import gym_wrapper, utils

    return gym_wrapper, utils


def test_tf_agents_validator_is_content(entry: WorldEntry, tf_agents_modules: Any) -> None:
    """`validate_py_environment` plays episodes and finds every time step within the specs of the spaces."""
    gym_wrapper, utils = tf_agents_modules
    env = registry.load(entry.env)(SHORT[entry.name])
    env.reset(seed=11)

    class OldApi:
        """The world as TF-Agents' wrapper knows environments: before Gymnasium told ends from time limits."""

        def __getattr__(self, name: str) -> Any:
            return getattr(env, name)

        def reset(self) -> Any:
            return env.reset()[0]

        def step(self, action: Any) -> Any:
            seen, reward, terminated, truncated, info = env.step(action)
            return seen, np.float32(reward), terminated or truncated, info

    spaces = gym_wrapper.gym.spaces
    old = OldApi()
    seen, space = env.observation_space, env.action_space
    old.observation_space = spaces.Box(seen.low, seen.high, seen.shape, np.float32)  # type: ignore[attr-defined]
    old.action_space = (  # type: ignore[attr-defined]
        spaces.Discrete(int(space.n))
        if isinstance(space, gymnasium.spaces.Discrete)
        else spaces.Box(space.low, space.high, space.shape, np.float32)
    )
    utils.validate_py_environment(gym_wrapper.GymWrapper(old), episodes=3)


def test_a_step_has_the_shapes_and_types_of_the_spaces(entry: WorldEntry) -> None:
    """Observations within bounds, float64 rewards, boolean ends, all with a leading axis of the copies."""
    world, rng = vector(entry, 5), np.random.default_rng(0)
    observations, infos = world.reset(seed=3)
    assert world.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert world.observation_space.contains(observations)
    assert infos == {}
    for _ in range(30):
        observations, rewards, terminated, truncated, _ = world.step(actions(world, rng))
        assert world.observation_space.contains(observations)
        assert rewards.shape == terminated.shape == truncated.shape == (5,)
        assert (rewards.dtype, terminated.dtype, truncated.dtype) == (np.float64, np.bool_, np.bool_)


def test_the_end_of_an_episode_brings_figures_and_the_next_step_a_new_one(entry: WorldEntry) -> None:
    """NEXT_STEP: figures are those declared; the boundary step pays 0 and ends nothing, whatever the action."""
    world, rng = vector(entry, 4), np.random.default_rng(1)
    world.reset(seed=4)
    over, ends = np.zeros(4, dtype=bool), 0
    for _ in range(60):
        _, rewards, terminated, truncated, infos = world.step(actions(world, rng))
        assert not rewards[over].any()
        assert not (terminated | truncated)[over].any()
        over = terminated | truncated
        ends += int(over.sum())
        if over.any():
            assert set(infos["episode_figures"]) == {metric.name for metric in registry.load(entry.metrics)}
            np.testing.assert_array_equal(infos["_episode_figures"], over)
        else:
            assert infos == {}
    assert ends >= 8


def test_a_batch_is_its_copies_side_by_side(entry: WorldEntry) -> None:
    """Each copy of a batch lives as it would alone, over several episodes."""
    world, alone, rng = vector(entry, 4), vector(entry, 1), np.random.default_rng(2)
    np.testing.assert_array_equal(world.reset(seed=20)[0][2:3], alone.reset(seed=22)[0])
    for _ in range(60):
        chosen = actions(world, rng)
        same([each[2:3] for each in world.step(chosen)[:4]], alone.step(chosen[2:3]))


def test_a_restored_world_goes_on_bit_for_bit(entry: WorldEntry) -> None:
    """State taken between episodes' ends and given to another instance continues equally, and stays as it was."""
    world, other, rng = vector(entry, 6), vector(entry, 6), np.random.default_rng(5)
    world.reset(seed=1)
    other.reset(seed=99)
    for _ in range(17):
        world.step(actions(world, rng))
    saved = world.get_state()
    untouched = {name: array.copy() for name, array in saved.items()}
    other.set_state(saved)
    for _ in range(40):
        chosen = actions(world, rng)
        same(world.step(chosen), other.step(chosen))
    for name, array in saved.items():
        np.testing.assert_array_equal(array, untouched[name])
        assert not array.dtype.hasobject


def test_state_that_does_not_fit_is_refused(entry: WorldEntry) -> None:
    """Missing arrays, other shapes and other types are named, and nothing is half restored."""
    world = vector(entry, 2)
    world.reset(seed=1)
    before = world.get_state()
    name = sorted(before)[-1]
    wider = np.zeros((3, *before[name].shape[1:]), before[name].dtype)
    other = before[name].astype(np.complex64) if before[name].dtype.names is None else np.zeros(before[name].shape)
    for broken, message in (
        ({each: array for each, array in before.items() if each != name}, "must hold"),
        ({**before, name: wider}, f"{name} must be"),
        ({**before, name: other}, f"{name} must be"),
    ):
        with pytest.raises(CheckpointError, match=message):
            world.set_state(broken)
    for each, array in world.get_state().items():
        np.testing.assert_array_equal(array, before[each])


def test_seeds_come_as_one_number_or_one_a_copy(entry: WorldEntry) -> None:
    """reset(seed=n) gives copy i the seed n + i; a list gives each its own, and None lets its generator go on."""
    world, other = vector(entry, 3), vector(entry, 3)
    first, _ = world.reset(seed=2**32)
    np.testing.assert_array_equal(first, other.reset(seed=[2**32, 2**32 + 1, 2**32 + 2])[0])
    mixed, _ = world.reset(seed=[7, None, 7])
    np.testing.assert_array_equal(mixed[0], mixed[2])
    np.testing.assert_array_equal(mixed[1], other.reset()[0][1])


def test_an_unseeded_world_is_another_every_time(entry: WorldEntry) -> None:
    """Without any seed the first reset is random; later ones go on from there."""

    def life(world: Any) -> bytes:
        rng, seen = np.random.default_rng(0), [world.reset()[0]]
        seen += [world.step(actions(world, rng))[0] for _ in range(10)]
        return np.stack(seen).tobytes()

    one, two = vector(entry, 2), vector(entry, 2)
    assert len({life(one), life(two), life(one)}) == 3


def test_misuse_is_named(entry: WorldEntry) -> None:
    """Wrong sizes, seeds, modes and orders of calls are told with what was expected and what came."""
    make = registry.load(entry.vector_env)
    with pytest.raises(ConfigError, match="num_envs must be at least 1, got 0"):
        make(0)
    with pytest.raises(ConfigError, match="render_mode"):
        make(1, render_mode="human")
    world = vector(entry, 2)
    with pytest.raises(gymnasium.error.ResetNeeded):
        world.step(actions(world, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"one seed for each of 2 \w+, got 3"):
        world.reset(seed=[1, 2, 3])
    with pytest.raises(ValueError, match="got -1"):
        world.reset(seed=-1)


def test_pictures_follow_the_render_mode(entry: WorldEntry) -> None:
    """rgb_array gives a picture that changes as things move; without a mode there is none."""
    env = registry.load(entry.env)(render_mode="rgb_array")
    env.reset(seed=4)
    first = env.render()
    assert (first.dtype, first.ndim, first.shape[2]) == (np.uint8, 3, 3)
    for _ in range(5):
        env.step(env.action_space.sample())
    assert (env.render() != first).any()
    assert registry.load(entry.env)().render() is None


def test_a_world_takes_its_config_or_a_mapping_of_its_fields(entry: WorldEntry) -> None:
    """Env and vector env are the same world, whether the settings come as the config, a mapping or not at all."""
    config = registry.load(entry.config).model_validate(SHORT[entry.name])
    for given, expected in ((SHORT[entry.name], config), (config, config), (None, type(config)())):
        assert registry.load(entry.vector_env)(num_envs=2, config=given).config == expected
        assert registry.load(entry.env)(config=given).config == expected


@pytest.mark.parametrize(("given", "field"), [({"wings": 2}, "wings"), (["wings"], None), ("fast", None)])
def test_a_config_that_does_not_fit_is_refused(entry: WorldEntry, given: Any, field: str | None) -> None:
    """What is no setting of the world is named, with what came; nothing dies on it later."""
    for kind in (entry.env, entry.vector_env):
        with pytest.raises(ConfigError, match=r"wings|fast") as refused:
            registry.load(kind)(config=given)
        assert refused.value.field == field
