from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError
from python_training.environments.actions import Actions, BoxActions, ChoiceActions
from python_training.systems.ppo.mlp import orthogonal_layers
from python_training.systems.ppo.policy import DESCRIPTION, Policy, load_policy

CONTINUOUS = BoxActions(np.array([0, -2], np.float32), np.array([1, 2], np.float32), "middle")
DISCRETE = ChoiceActions((3,), (1,))


def policy(actions: Actions) -> Policy:
    """A policy for 4 numbers that are shifted and scaled."""
    layers = orthogonal_layers(np.random.default_rng(0), 4, (8,), actions.outputs, last_gain=1.0)
    log_std = np.full(0 if isinstance(actions, ChoiceActions) else 2, -0.5, np.float32)
    return Policy(layers, log_std, np.arange(4, dtype=np.float32), np.full(4, 2, np.float32), actions)


@pytest.mark.parametrize("actions", [CONTINUOUS, DISCRETE], ids=["continuous", "discrete"])
def test_a_saved_policy_acts_the_same(actions: Actions, tmp_path: Path) -> None:
    """What is loaded puts out the same actions, bit for bit."""
    first = policy(actions)
    first.save(tmp_path)
    observations = np.random.default_rng(1).normal(size=(20, 4)) * 5
    assert (load_policy(tmp_path).act(observations) == first.act(observations)).all()


def test_observations_are_normalised_and_clipped() -> None:
    """(x - mean) / deviation, within 10 either way."""
    shown = policy(CONTINUOUS).normalise(np.array([[0.0, 5.0, 2.0, 1e6]]))
    assert shown.tolist() == [[0.0, 2.0, 0.0, 10.0]]


def test_draws_have_the_distribution_of_the_network() -> None:
    """Continuous draws have its mean and spread; discrete ones the softmax of its logits."""
    random = np.random.default_rng(0)
    same = np.zeros((20_000, 4), np.float32)
    gaussian = policy(CONTINUOUS)
    drawn = gaussian.draw(same, random)
    assert drawn.mean(axis=0) == pytest.approx(gaussian.most_probable(same)[0], abs=0.02)
    assert drawn.std(axis=0) == pytest.approx(np.exp(-0.5), abs=0.02)
    layers = ((np.zeros((4, 3), np.float32), np.log(np.array([0.2, 0.5, 0.3], np.float32))),)
    categorical = Policy(layers, np.zeros(0, np.float32), np.zeros(4, np.float32), np.ones(4, np.float32), DISCRETE)
    shares = np.bincount(categorical.draw(same, random)) / len(same)
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=0.02)
    assert (categorical.act(same) == 2).all()  # the second of 1, 2, 3


def test_a_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    """Nothing there, a broken description, missing weights: each is a CheckpointError."""
    with pytest.raises(CheckpointError, match="no PPO policy"):
        load_policy(tmp_path)
    policy(CONTINUOUS).save(tmp_path)
    description = json.loads((tmp_path / DESCRIPTION).read_text())
    for change in ({"layers": 3}, {"actions": {"kind": "dance"}}, {"format": 99}):
        (tmp_path / DESCRIPTION).write_text(json.dumps(description | change))
        with pytest.raises(CheckpointError):
            load_policy(tmp_path)


def test_playing_imports_no_tensorflow() -> None:
    """Watching a trained rover drive must not cost seconds of import."""
    code = (
        "import sys, python_training.systems.ppo.policy;"
        "print([name for name in ('tensorflow', 'tf_agents', 'numba') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
