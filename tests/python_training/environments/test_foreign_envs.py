from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError, ConfigError, WorldError
from python_training.contracts.seeds import SEEDS_END, TRAINING_SEEDS_END
from python_training.environments.foreign_envs import ForeignEnvs
from python_training.environments.stopping import InterruptedWorkError, StopSignal


class Noisy(gymnasium.Env[np.ndarray, int]):
    """Shows a number drawn in each step; ends at random. A world whose generator matters after the reset."""

    observation_space = gymnasium.spaces.Box(-10, 10, (1,), np.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Begin an episode."""
        super().reset(seed=seed)
        return self.np_random.normal(size=1), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        """Draw what is shown and whether it ends."""
        shown = self.np_random.normal(size=1)
        return shown, float(action), bool(self.np_random.random() < 0.1), False, {}


def copies(
    make: Callable[[], gymnasium.Env[Any, Any]], num_envs: int, limit: int = 10_000, **settings: Any
) -> ForeignEnvs:
    """Copies of an environment, called Odd-v0."""
    return ForeignEnvs("Odd-v0", make, num_envs, limit=limit, **settings)


def play(envs: ForeignEnvs, steps: int, random: np.random.Generator) -> list[list[Any]]:
    """What `steps` random steps show, as plain numbers."""
    seen = []
    for _ in range(steps):
        actions = np.array(
            [
                random.integers(2) if envs.single_action_space.shape == () else random.uniform(-2, 2, 1)
                for _ in range(envs.num_envs)
            ],
            dtype=None if envs.single_action_space.shape == () else np.float32,
        )
        seen.append([part.tolist() for part in envs.step(actions)[:4]])
    return seen


@pytest.mark.parametrize(
    "make",
    [Noisy, lambda: gymnasium.make("CartPole-v1"), lambda: gymnasium.make("Pendulum-v1")],
    ids=["noisy", "CartPole-v1", "Pendulum-v1"],
)
@pytest.mark.parametrize("steps", [0, 7, 230])
def test_a_restored_world_goes_on_bit_for_bit(make: Callable[[], gymnasium.Env], steps: int) -> None:
    """In the middle of episodes, after their ends and before the first step: the future is the same."""
    first, second = copies(make, 3), copies(make, 3)
    first.reset(seed=[1, 2, 3])
    play(first, steps, np.random.default_rng(0))
    second.reset(seed=[9, 8, 7])
    second.set_state(first.get_state())
    assert play(first, 250, np.random.default_rng(5)) == play(second, 250, np.random.default_rng(5))


def test_an_ended_episode_is_reset_by_the_next_step() -> None:
    """NEXT_STEP autoreset: the step after the last one ignores its action and pays 0."""
    envs = copies(lambda: gymnasium.make("CartPole-v1"), 1)
    envs.reset(seed=[0])
    ended = False
    while not ended:
        _, rewards, terminated, _, _ = envs.step(np.array([1]))
        ended = bool(terminated[0])
        assert rewards[0] == 1.0
    observations, rewards, terminated, truncated, _ = envs.step(np.array([1]))
    assert rewards[0] == 0.0
    assert not terminated[0]
    assert not truncated[0]
    assert np.abs(observations).max() < 0.05  # CartPole begins within this


def test_every_episode_is_another_one() -> None:
    """Later episodes have seeds of their own, different in each copy."""
    envs = copies(Noisy, 2)
    envs.reset(seed=[4, 5])
    seeds = set()
    for _ in range(20):
        seeds |= {envs._episode_seed(0), envs._episode_seed(1)}
        envs._episodes += 1
    assert len(seeds) == 40
    assert max(seeds) < TRAINING_SEEDS_END


def test_memory_is_bounded_by_a_limit() -> None:
    """A world without a limit of its own gets one, so that there is never more than an episode to take again."""

    class Endless(Noisy):
        def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
            """Never end."""
            return self.np_random.normal(size=1), 0.0, False, False, {}

    envs = copies(Endless, 1, 10)
    envs.reset(seed=[0])
    truncated = [bool(envs.step(np.array([0]))[3][0]) for _ in range(22)]
    assert [index for index, each in enumerate(truncated) if each] == [9, 20]
    assert len(envs.get_state()["actions"]) <= 10


def test_the_state_of_another_number_of_copies_is_refused() -> None:
    """A checkpoint belongs to the number of copies it was made with."""
    envs, other = copies(Noisy, 2), copies(Noisy, 3)
    envs.reset(seed=[0, 1])
    with pytest.raises(CheckpointError, match="3 copies"):
        other.set_state(envs.get_state())


def test_ended_copies_stand_still_if_they_are_not_reset() -> None:
    """No step is wasted on them: flags as they were, reward 0, until they are reset; they keep no actions."""
    envs = copies(lambda: gymnasium.make("CartPole-v1"), 2, autoreset=False)
    envs.reset(seed=[0, 1])
    for _ in range(30):
        envs.step(np.array([1, 1]))
    before = envs.step(np.array([0, 0]))
    after = envs.step(np.array([1, 1]))
    assert before[2].all()
    assert (before[0] == after[0]).all()
    assert after[1].tolist() == [0.0, 0.0]
    assert envs.get_state()["actions"].size == 0
    envs.reset(seed=[0, 1])
    assert not envs.step(np.array([1, 1]))[2].any()


class Faulty(Noisy):
    """Gives what a test puts into `wrong` in place of what it should: by the name of the part, after `good` steps."""

    wrong: dict[str, Any] = {}  # noqa: RUF012  # a test sets it
    good = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """Begin an episode."""
        self.left = self.good
        observation, info = super().reset(seed=seed)
        return self.wrong.get("reset", (self.wrong.get("reset observation", observation), info))

    def step(self, action: int) -> Any:
        """One step."""
        self.left -= 1
        if self.left >= 0:
            return super().step(action)
        if "step" in self.wrong:
            return self.wrong["step"]
        names = ("observation", "reward", "terminated", "truncated", "info")
        return tuple(self.wrong.get(name, part) for name, part in zip(names, super().step(action), strict=True))


GOOD = np.zeros(1)


@pytest.mark.parametrize("good", [0, 3])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"step": (GOOD, 1.0, False, {})}, r"step\(\) must give \(observation, reward, terminated.*got tuple of 4"),
        ({"step": GOOD}, "got ndarray"),
        ({"observation": np.zeros(2)}, r"from step\(\), observation must be float64 of shape \(1,\)"),
        ({"observation": np.array([np.inf])}, "finite numbers, got inf"),
        ({"reward": np.nan}, "gave the reward nan"),
        ({"reward": np.float32(-np.inf)}, "gave the reward -inf"),
        ({"reward": None}, "a number as reward, got NoneType"),
        ({"reward": "1"}, "a number as reward, got str"),
        ({"reward": np.array([1.0])}, "a number as reward, got ndarray of 1|a number as reward, got ndarray"),
        ({"reward": 1 + 2j}, "a number as reward, got complex"),
        ({"terminated": 1}, "a bool as terminated, got int"),
        ({"truncated": None}, "a bool as truncated, got NoneType"),
        ({"terminated": np.array([False])}, "a bool as terminated, got ndarray"),
        ({"info": None}, "a dict as info, got NoneType"),
    ],
)
def test_a_step_that_is_not_gymnasiums_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], said: str, good: int
) -> None:
    """At the first step or later: the error says which world, what was expected and what came."""
    monkeypatch.setattr(Faulty, "wrong", wrong)
    monkeypatch.setattr(Faulty, "good", good)
    envs = copies(Faulty, 2, limit=100)
    envs.reset(seed=[4, 5])
    for _ in range(good):
        envs.step(np.array([0, 0]))
    with pytest.raises(WorldError, match=said) as refused:
        envs.step(np.array([0, 0]))
    assert "'Odd-v0'" in refused.value.message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reset": GOOD}, r"reset\(\) must give \(observation, info\).*got ndarray: float64 of shape \(1,\)"),
        ({"reset": np.zeros(2)}, "got ndarray"),
        ({"reset": (GOOD,)}, "got tuple of 1"),
        ({"reset": (GOOD, GOOD)}, "got tuple of 2"),
        ({"reset observation": np.zeros(3)}, r"from reset\(\), observation must be .*got float64 of shape \(3,\)"),
        ({"reset observation": np.array([np.nan])}, r"from reset\(\).*finite numbers, got nan"),
    ],
)
def test_a_reset_that_is_not_gymnasiums_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], said: str
) -> None:
    """The way of Gym 0.21, the observation alone, is not unpacked, not even where it has two parts."""
    monkeypatch.setattr(Faulty, "wrong", wrong)
    with pytest.raises(WorldError, match=said):
        copies(Faulty, 1).reset(seed=[0])


@pytest.mark.parametrize("reward", [1, True, np.float32(1), np.int64(1), np.bool_(True), np.array(1.0)])
def test_every_kind_of_number_is_a_reward(monkeypatch: pytest.MonkeyPatch, reward: Any) -> None:
    """Python's and NumPy's, whole numbers and truth values, and arrays without axes."""
    monkeypatch.setattr(Faulty, "wrong", {"reward": reward})
    envs = copies(Faulty, 1)
    envs.reset(seed=[0])
    assert envs.step(np.array([0]))[1].tolist() == [1.0]


@pytest.mark.parametrize("seed", [-1, SEEDS_END, 2**31, 2**32])
def test_seeds_that_fit_no_c_int_are_refused(seed: int) -> None:
    """Simulators written in C take none, so no world from outside is given one."""
    with pytest.raises(ConfigError, match=str(seed)) as refused:
        copies(Noisy, 1).reset(seed=[seed])
    assert refused.value.field == "seed"


def test_a_stop_is_heard_between_two_steps() -> None:
    """Once the time for ending by itself is over, the next step of any copy is not taken any more."""
    stop = StopSignal()
    envs = copies(Noisy, 2, stop=stop)
    envs.reset(seed=[0, 1])
    stop.ask(grace_s=3600)
    envs.step(np.array([0, 0]))
    urgent = StopSignal()
    urgent.ask(grace_s=0)
    with pytest.raises(InterruptedWorkError):
        copies(Noisy, 2, stop=urgent).reset(seed=[0, 1])


class OldSeed(Noisy):
    """Is seeded in the way of Gym 0.21."""

    def reset(self) -> Any:  # type: ignore[override]  # that is the fault
        """Take no seed."""
        return self.np_random.normal(size=1), {}


class Spaceless(Noisy):
    """Has no space of Gymnasium's."""

    action_space = None  # type: ignore[assignment]  # that is the fault


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (OldSeed, "takes no seed"),
        (Spaceless, "gymnasium.Space as action_space, got NoneType"),
        (object, "must give a gymnasium.Env, got builtins.object"),
        (lambda made=Noisy(): made, "gave the same environment twice"),  # noqa: B008  # that is the fault
    ],
)
def test_what_is_no_environment_is_refused(make: Any, said: str) -> None:
    """The error names the world and what is missing."""
    with pytest.raises(ConfigError, match=said) as refused:
        copies(make, 2)
    assert refused.value.field == "env"


def test_an_environment_may_change_the_action_it_is_given() -> None:
    """What is taken again is what was taken, whatever became of the array."""

    class Greedy(Noisy):
        action_space = gymnasium.spaces.Box(-1, 1, (2,))  # type: ignore[assignment]  # another world

        def step(self, action: Any) -> Any:
            """Show the action and spoil it."""
            shown, action[:] = action[:1].astype(float), 9
            return shown, 0.0, False, False, {}

    first, second = copies(Greedy, 1), copies(Greedy, 1)
    first.reset(seed=[0])
    for _ in range(40):
        first.step(np.full((1, 2), 0.5, np.float32))
    second.set_state(first.get_state())
    assert (first.get_state()["actions"] == 0.5).all()
    assert (second.get_state()["actions"] == 0.5).all()
