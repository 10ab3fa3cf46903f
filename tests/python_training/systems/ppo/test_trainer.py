from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, ConfigError, NotFiniteError, PaddockError
from python_training.contracts.trainer import Progress
from python_training.environments.actions import ChoiceActions
from python_training.environments.stopping import StopSignal, stopped_by
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.policy import Policy, load_policy
from python_training.systems.ppo.trainer import PPOTrainer

SMALL = {
    "num_envs": 3,
    "rollout_length": 40,
    "batch_size": 40,
    "num_epochs": 2,
    "actor_fc_layers": [8],
    "value_fc_layers": [8],
    "eval_every": 2,
    "eval_episodes": 2,
}


def trainer(**settings: Any) -> PPOTrainer:
    """A trainer of CartPole with small everything."""
    return PPOTrainer(validate(PPOConfig, {"env": "CartPole-v1", **SMALL, **settings}), threads=1)


class Say(gymnasium.Env[np.ndarray, Any]):
    """Shows numbers of float64 near 1.7e9; the first part of an action pays."""

    observation_space: gymnasium.Space[Any] = gymnasium.spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space: gymnasium.Space[Any] = gymnasium.spaces.Text(3)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Begin an episode."""
        super().reset(seed=seed)
        self.left = 25
        return self.seen(), {}

    def seen(self) -> np.ndarray:
        """Numbers whose differences float32 does not hold."""
        return 1.7e9 + self.np_random.integers(2, size=2).astype(np.float64)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One step."""
        assert self.action_space.contains(action)
        self.left -= 1
        return self.seen(), float(np.ravel(action)[0]), self.left == 0, False, {}


class Dial(Say):
    """Takes two choices of different sizes."""

    action_space = gymnasium.spaces.MultiDiscrete([2, 4], start=[0, 3])


class Bits(Say):
    """Takes bits in two rows."""

    action_space = gymnasium.spaces.MultiBinary((2, 2))


class Whole(Say):
    """Takes whole numbers."""

    action_space = gymnasium.spaces.Box(0, 3, (2,), np.int8)


@pytest.fixture(autouse=True)
def odd_worlds() -> Iterator[None]:
    """Worlds with spaces of other kinds are registered."""
    for kind in (Say, Dial, Bits, Whole):
        gymnasium.register(f"{kind.__name__}-v0", entry_point=kind)
    yield
    for kind in (Say, Dial, Bits, Whole):
        del gymnasium.registry[f"{kind.__name__}-v0"]


def exact(progress: Progress) -> list[tuple[int, dict[str, str]]]:
    """Points to the last bit, without the clock's."""
    return [
        (point.step, {name: float(value).hex() for name, value in point.values.items() if name != "steps_per_sec"})
        for point in progress.points
    ]


@pytest.mark.parametrize(
    "env", ["CartPole-v1", "Pendulum-v1", "FrozenLake-v1", "Blackjack-v1", "Dial-v0", "Bits-v0", "Whole-v0"]
)
def test_a_resumed_run_is_the_run_that_never_stopped(env: str, tmp_path: Path) -> None:
    """Worlds of others, discrete and continuous, stopped in mid-episode: metrics and policy are equal to the bit."""
    first = trainer(env=env)
    for _ in range(3):
        first.advance()
    first.save(tmp_path)
    second = trainer(env=env)
    second.load(tmp_path)
    for _ in range(3):
        assert exact(first.advance()) == exact(second.advance())
    observations = np.random.default_rng(0).normal(size=(5, first._world.observation_size))
    assert (first._policy.act(observations) == second._policy.act(observations)).all()


def test_the_first_point_is_the_untrained_policy_and_needs_no_tensorflow() -> None:
    """A curve begins where training begins, at step 0, before the learner is even built."""
    first = trainer()
    progress = first.advance()
    assert first._learner is None
    assert progress.step == 0
    assert [set(point.values) for point in progress.points] == [{"eval_return"}]
    progress = first.advance()
    assert progress.step == 3 * 40
    assert {"loss", "entropy", "approx_kl", "learning_rate", "exploration_rate"} <= set(progress.points[0].values)


def test_a_run_finishes_and_its_rate_falls() -> None:
    """At total_steps the run says so, and a linear schedule has gone down to a twentieth on the way."""
    run = trainer(total_steps=360, learning_rate=0.01, learning_rate_schedule="linear")
    progress = [run.advance() for _ in range(4)]
    assert [each.finished is not None for each in progress] == [False, False, False, True]
    assert progress[-1].total_steps == 360
    rates = [each.points[0].values["learning_rate"] for each in progress[1:]]
    assert rates == pytest.approx([0.01, 0.01 * (0.05 + 0.95 * 2 / 3), 0.01 * (0.05 + 0.95 / 3)])
    assert "eval_return" in progress[-1].points[0].values


def test_live_fields_change_from_the_next_update_on() -> None:
    """`set learning_rate=...` reaches Adam."""
    run = trainer()
    run.advance()
    run.advance()
    run.configure(run._config.changed({"learning_rate": 0.5}))
    assert run.advance().points[0].values["learning_rate"] == 0.5


def test_the_policy_in_a_checkpoint_is_the_one_that_was_judged(tmp_path: Path) -> None:
    """Who plays a checkpoint gets the return that the run says it has."""
    run = trainer()
    progress = [run.advance() for _ in range(3)][-1]
    run.save(tmp_path)
    assert run._evaluation.play(load_policy(tmp_path))["eval_return"] == progress.points[0].values["eval_return"]


def test_a_checkpoint_of_another_world_is_refused(tmp_path: Path) -> None:
    """CartPole's state does not fit Pendulum."""
    run = trainer()
    run.advance()
    run.save(tmp_path)
    with pytest.raises(CheckpointError):
        trainer(env="Pendulum-v1").load(tmp_path)


def test_a_world_that_ppo_cannot_play_is_refused_at_once() -> None:
    """A world that takes texts: the error names the field, the world and what could be played."""
    with pytest.raises(ConfigError, match=r"'Say-v0' takes Text.*MultiBinary") as caught:
        trainer(env="Say-v0")
    assert caught.value.field == "env"


@pytest.mark.parametrize(("env", "greatest"), [("Dial-v0", np.log(2) + np.log(4)), ("Bits-v0", 4 * np.log(2))])
def test_several_choices_begin_undecided(env: str, greatest: float) -> None:
    """The first policy's entropy is that of choosing each part at random; options that are not there count for none."""
    run = trainer(env=env)
    run.advance()
    values = run.advance().points[0].values
    assert values["entropy"] == pytest.approx(greatest, abs=1e-2)
    assert values["exploration_rate"] == pytest.approx(1.0, abs=1e-2)


def test_numbers_that_float32_does_not_hold_are_told_apart() -> None:
    """Observations near 1.7e9 that differ by 1 are normalised in float64."""
    run = trainer(env="Dial-v0")
    for _ in range(3):
        run.advance()
    seen = run._policy.normalise(np.array([[1.7e9, 1.7e9 + 1], [1.7e9 + 1, 1.7e9]]))
    assert np.abs(seen[0] - seen[1]).min() > 1


def test_arguments_that_a_world_does_not_take_are_refused() -> None:
    """For Gymnasium ids env_config goes to the env, which says what it does not know."""
    with pytest.raises(ConfigError, match="gravitas") as caught:
        trainer(env="Pendulum-v1", env_config={"gravitas": 3})
    assert caught.value.field == "env_config"


def test_training_begins_with_the_action_that_the_config_names() -> None:
    """The first policy's mean is `initial_action` wherever it is, as near as a fresh network's noise lets it be."""
    run = trainer(env="Pendulum-v1", initial_action=[1.5])
    acted = run._policy.act(np.random.default_rng(0).normal(size=(50, 3)))
    assert acted == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize(("env", "action"), [("Pendulum-v1", [1, 2]), ("CartPole-v1", [1])])
def test_an_initial_action_must_fit_the_world(env: str, action: list[float]) -> None:
    """One number for each continuous axis; discrete actions have none."""
    with pytest.raises(ConfigError, match="continuous numbers") as caught:
        trainer(env=env, initial_action=action)
    assert caught.value.field == "initial_action"


def test_an_evaluation_that_a_stop_cuts_off_is_done_when_the_run_goes_on(tmp_path: Path) -> None:
    """The update stays, the run is not finished by it, and the figures are those of the run that never stopped."""
    stop, config = StopSignal(), {"eval_every": 1, "total_steps": 120}
    whole = trainer(**config)
    first, second = exact(whole.advance()), exact(whole.advance())
    with stopped_by(stop):
        cut = trainer(**config)
    assert exact(cut.advance()) == first
    monkey = cut._collector.collect
    cut._collector.collect = lambda *given: (monkey(*given), stop.ask(grace_s=0))[0]  # type: ignore[method-assign]
    progress = cut.advance()
    assert progress.finished is None
    assert "eval_return" not in progress.points[0].values
    cut.save(tmp_path)
    resumed = trainer(**config)
    resumed.load(tmp_path)
    late = resumed.advance()
    assert late.finished is not None
    ((step, values),) = exact(progress)
    ((again, evaluated),) = exact(late)
    assert [(step, values | evaluated)] == second
    assert again == step


def test_watching_a_world_of_others_changes_nothing() -> None:
    """Who watches sees the policy in a copy of its own, here one that says that it draws no pictures."""
    watched, unwatched = trainer(env="Dial-v0"), trainer(env="Dial-v0")
    for _ in range(3):
        seen = watched.view()
        assert seen is not None
        assert "'Dial-v0' draws no pictures" in seen.layers[0].shapes[0].text
        assert exact(watched.advance()) == exact(unwatched.advance())
    watched.close()
    watched.close()


@pytest.mark.slow
def test_cartpole_is_learned() -> None:
    """CartPole-v1 is solved (475 of 500) on held-out seeds within 60,000 steps."""
    run = trainer(
        num_envs=8,
        rollout_length=128,
        batch_size=256,
        num_epochs=10,
        actor_fc_layers=[64, 64],
        value_fc_layers=[64, 64],
        eval_every=5,
        eval_episodes=20,
        total_steps=60_000,
    )
    best, finished = 0.0, None
    while finished is None and best < 475:
        progress = run.advance()
        finished = progress.finished
        best = max(best, progress.points[0].values.get("eval_return", 0.0))
    assert best >= 475


class _Says(gymnasium.Env[Any, Any]):
    """A world that says what it is told to say at one step, and 0.5 otherwise."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, at: int = 7, observation: float | str = 0.5, reward: float | str = 0.5) -> None:
        self._at, self._observation, self._reward = at, float(observation), float(reward)
        self._steps = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._steps = 0
        return np.full(2, 0.5), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self._steps += 1
        now = self._steps == self._at
        seen = np.array([self._observation if now else 0.5, self._steps / 20])
        return seen, self._reward if now else 0.5, self._steps == 20, False, {}


gymnasium.register("TestSays-v0", _Says)


@pytest.mark.parametrize(
    "said",
    [
        {"reward": "nan"},
        {"reward": "inf"},
        {"reward": 1e300},
        {"observation": "nan"},
        {"observation": "-inf"},
        {"observation": 1e300},
    ],
    ids=str,
)
@pytest.mark.parametrize("normalize", [True, False])
def test_a_number_that_cannot_be_learned_from_is_an_error(said: dict[str, float | str], normalize: bool) -> None:
    """NaN, infinity, and what becomes infinite in float32 or in a square: nothing is learned, and the error says so."""
    made = trainer(env="TestSays-v0", env_config=said, normalize_rewards=normalize)
    with pytest.raises(PaddockError, match=r"finite|nan|inf") as caught:
        _advance_twice(made)
    assert caught.value.permanent


def test_an_observation_of_any_size_is_clipped_where_nothing_is_made_of_its_square() -> None:
    """Without moments of observations, 1e300 is the bound of what the network sees."""
    _advance_twice(trainer(env="TestSays-v0", env_config={"observation": 1e300}, normalize_observations=False))
    policy = _policy_that_normalises_by(0.0)
    assert policy.normalise(np.array([[1e300], [-1e300]])).tolist() == [[10.0], [-10.0]]


def test_observations_are_normalised_with_all_their_digits() -> None:
    """Seconds of a clock: the policy sees the difference of 1 that float32 has lost at 1.7e9."""
    policy = _policy_that_normalises_by(1.7e9)
    assert policy.normalise(np.array([[1.7e9 + 1], [1.7e9]])).tolist() == [[1.0], [0.0]]


def _policy_that_normalises_by(mean: float) -> Policy:
    return Policy((), np.empty(0, np.float32), np.array([mean]), np.ones(1), ChoiceActions((2,), (0,)))


def _advance_twice(made: PPOTrainer) -> None:
    """Judge the first policy, then learn once."""
    made.advance()
    made.advance()


@pytest.mark.parametrize("settings", [{"entropy_coef": 1e38}, {"value_coef": 1e38}], ids=str)
def test_weights_that_overflow_by_themselves_are_an_error(settings: dict[str, float]) -> None:
    """A loss that blows up ends the run before its policy acts again; the message names what overflowed.

    The config's bounds would refuse such settings: here they stand for whatever else makes a loss grow.
    """
    config = validate(PPOConfig, {"env": "CartPole-v1", **SMALL}).model_copy(update=settings)
    made = PPOTrainer(config, threads=1)
    made.advance()
    with pytest.raises(NotFiniteError, match=r"(actor|critic|adam)/\d+ \(learned\) must be finite"):
        made.advance()
