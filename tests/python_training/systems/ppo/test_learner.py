from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError
from python_training.environments.actions import Actions, BoxActions, ChoiceActions
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.mlp import orthogonal_layers
from python_training.systems.ppo.policy import Policy
from python_training.systems.ppo.samples import Samples
from python_training.systems.ppo.tensorflow_setup import learner_module

CONTINUOUS = BoxActions(np.full(2, -1, np.float32), np.full(2, 1, np.float32), "middle")
DISCRETE = ChoiceActions((3,), (0,))
SIZE = 5
BOTH = pytest.mark.parametrize("actions", [CONTINUOUS, DISCRETE], ids=["continuous", "discrete"])


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The module that imports TensorFlow, imported once."""
    return learner_module()


def made(module: ModuleType, actions: Actions, **settings: Any) -> tuple[Any, Policy]:
    """A Learner with a small network, and the policy that acts with its first weights."""
    config = PPOConfig(
        env="CartPole-v1", actor_fc_layers=(8, 6), value_fc_layers=(7,), **{"batch_size": 16, **settings}
    )
    random = np.random.default_rng(config.seed)
    actor = orthogonal_layers(random, SIZE, config.actor_fc_layers, actions.outputs, last_gain=1.0)
    critic = orthogonal_layers(random, SIZE, config.value_fc_layers, 1, last_gain=1.0)
    log_std = np.zeros(0 if actions is DISCRETE else actions.outputs, np.float32)
    policy = Policy(actor, log_std, np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32), actions)
    return module.Learner(config, SIZE, actions, actor, critic, log_std), policy


def samples(policy: Policy, count: int = 64, seed: int = 0) -> Samples:
    """Random observations, actions that the policy drew there, and random advantages."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(count, SIZE)).astype(np.float32)
    number = random.normal(size=(3, count)).astype(np.float32)
    return Samples(inputs, policy.draw(inputs, random), *number)


def updated(learner: Any, given: Samples, **settings: Any) -> Any:
    """One update with plain settings."""
    plain = {"learning_rate": 1e-3, "entropy_coef": 0.0, "num_epochs": 1, "target_kl": None, "update": 0}
    return learner.update(given, **{**plain, **settings})


@BOTH
def test_the_ratio_is_one_before_the_first_gradient_step(module: ModuleType, actions: Actions) -> None:
    """On the rollout's own policy nothing is clipped, the KL divergence is 0 and the loss is minus the advantage."""
    learner, policy = made(module, actions, batch_size=64)
    given = samples(policy)
    losses = updated(learner, given)
    assert losses.approx_kl == pytest.approx(0.0, abs=1e-6)
    assert losses.clip_fraction == 0.0
    assert losses.policy_loss == pytest.approx(-given.advantages.mean(), abs=1e-5)


def test_losses_are_what_the_paper_says(module: ModuleType) -> None:
    """The first minibatch's losses against NumPy: squared error of the critic, entropy of the Gaussian, their sum."""
    learner, policy = made(module, CONTINUOUS, batch_size=64, value_coef=0.25)
    given = samples(policy)
    error = ((given.returns - learner.values(given.inputs)) ** 2).mean()
    losses = updated(learner, given, entropy_coef=0.01)
    entropy = 2 * 0.5 * np.log(2 * np.pi * np.e)
    assert losses.value_loss == pytest.approx(0.25 * error, rel=1e-4)
    assert losses.entropy == pytest.approx(entropy, rel=1e-5)
    assert losses.loss == pytest.approx(losses.policy_loss + losses.value_loss - 0.01 * entropy, rel=1e-4)


@BOTH
def test_advantage_moves_probability(module: ModuleType, actions: Actions) -> None:
    """What was better than expected becomes likelier: the objective is pushed in the right direction."""
    learner, policy = made(module, actions)
    random = np.random.default_rng(0)
    inputs = random.normal(size=(256, SIZE)).astype(np.float32)
    drawn = policy.draw(inputs, random)
    liked = drawn == 1 if actions is DISCRETE else drawn[:, 0] > 0
    gained = np.where(liked, 1.0, -1.0).astype(np.float32)
    zeros = np.zeros(256, np.float32)
    updated(learner, Samples(inputs, drawn, zeros, gained, zeros), num_epochs=5)
    layers, log_std = learner.actor()
    after = Policy(layers, log_std, policy.mean, policy.deviation, actions)
    before, now = policy.most_probable(inputs), after.most_probable(inputs)
    if actions is DISCRETE:
        assert (now == 1).sum() > (before == 1).sum()
    else:
        assert now[:, 0].mean() > before[:, 0].mean()


def test_samples_whose_return_and_advantage_are_zero_count(module: ModuleType) -> None:
    """TF-Agents leaves them out, as if they were padding; the critic must learn that they are worth 0."""
    learner, policy = made(module, CONTINUOUS)
    inputs = np.random.default_rng(0).normal(size=(64, SIZE)).astype(np.float32)
    zeros = np.zeros(64, np.float32)
    given = Samples(inputs, policy.draw(inputs, np.random.default_rng(1)), zeros, zeros, zeros)
    before = np.abs(learner.values(inputs)).mean()
    losses = updated(learner, given, num_epochs=20, learning_rate=1e-2)
    assert losses.value_loss > 0
    assert np.abs(learner.values(inputs)).mean() < 0.5 * before


def test_advantages_are_used_as_they_are_given(module: ModuleType) -> None:
    """A constant advantage stays what it is; normalised in the minibatch, as by TF-Agents, it would be 0."""
    learner, policy = made(module, CONTINUOUS, batch_size=64)
    given = samples(policy)
    losses = updated(
        learner, Samples(given.inputs, given.actions, given.returns, np.full(64, 3, np.float32), given.values)
    )
    assert losses.policy_loss == pytest.approx(-3.0, abs=1e-4)


def test_a_large_step_stops_the_update(module: ModuleType) -> None:
    """With target_kl the epochs after one that went too far are left out."""
    taken = []
    for target in (None, 1e-4):
        learner, policy = made(module, CONTINUOUS)
        updated(learner, samples(policy), num_epochs=8, target_kl=target, learning_rate=1e-2)
        taken.append(int(learner._agent.train_step_counter.numpy()))
    assert taken[0] == 8 * 4
    assert 4 <= taken[1] < taken[0]


def test_every_sample_is_in_every_epoch(module: ModuleType) -> None:
    """A rollout that is no multiple of the batch size is cut evenly; nothing is dropped."""
    learner, policy = made(module, CONTINUOUS, batch_size=16)
    given = samples(policy, count=37)
    losses = updated(learner, given, learning_rate=1e-9)
    assert int(learner._agent.train_step_counter.numpy()) == 2
    assert losses.policy_loss == pytest.approx(-given.advantages.mean(), rel=0.1)


@BOTH
def test_numpy_acts_as_tensorflow_does(module: ModuleType, actions: Actions) -> None:
    """The policy that leaves training puts out what the trained network does, within 1e-5."""
    learner, policy = made(module, actions)
    updated(learner, samples(policy), num_epochs=3, learning_rate=1e-2)
    layers, log_std = learner.actor()
    inputs = np.random.default_rng(3).normal(size=(100, SIZE)).astype(np.float32)
    parameters = learner._behaviour(inputs)
    acting = Policy(layers, log_std, policy.mean, policy.deviation, actions)
    if actions is DISCRETE:
        assert (acting.most_probable(inputs) == parameters["logits"].numpy().argmax(axis=1)).all()
    else:
        assert np.abs(acting.most_probable(inputs) - parameters["loc"].numpy()).max() < 1e-5
        assert np.abs(np.exp(log_std) - parameters["scale"].numpy()).max() < 1e-6


def test_a_loaded_learner_goes_on_bit_for_bit(module: ModuleType, tmp_path: Any) -> None:
    """Weights, Adam's moments and the shuffles are those of the learner that never stopped."""
    first, policy = made(module, CONTINUOUS)
    given = samples(policy)
    updated(first, given, num_epochs=2)
    first.save(tmp_path)
    second, _ = made(module, CONTINUOUS)
    second.load(tmp_path)
    assert updated(first, given, update=1) == updated(second, given, update=1)
    for ours, theirs in zip(first.actor()[0], second.actor()[0], strict=True):
        assert (ours[0] == theirs[0]).all()


def test_networks_of_another_size_are_refused(module: ModuleType, tmp_path: Any) -> None:
    """A checkpoint fits the config it was written under."""
    learner, _ = made(module, CONTINUOUS)
    learner.save(tmp_path)
    other, _ = made(module, DISCRETE)
    with pytest.raises(CheckpointError, match="not those that the config describes"):
        other.load(tmp_path)
