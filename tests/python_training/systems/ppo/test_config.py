from __future__ import annotations

from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.contracts.metrics import primary_metric
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.metrics import metrics


@pytest.mark.parametrize(
    ("raw", "field", "told"),
    [
        ({"env": "lunabotic"}, "env", "Did you mean 'lunabotics'?"),
        ({"env": "CartPole-v7"}, "env", "Did you mean 'CartPole-v1'?"),
        ({"env": "os:sys tem"}, "env", "module:Class"),
        ({"env_config": {"num_orb": 3}}, "env_config.num_orb", "Did you mean 'num_orbs'?"),
        ({"env_config": {"num_orbs": 0}}, "env_config.num_orbs", "got 0"),
        ({"env_config": {"rewards": {"deposit_orb": "much"}}}, "env_config.rewards.deposit_orb", "much"),
        ({"batch_size": 9000}, "batch_size", "8192 samples, got 9000"),
        ({"actor_fc_layers": [64, 0]}, "actor_fc_layers.1", "got 0"),
        ({"learning_rat": 1}, "learning_rat", "Did you mean 'learning_rate'?"),
    ],
)
def test_errors_name_the_field(raw: dict[str, Any], field: str, told: str) -> None:
    """Whatever is wrong, the error says where and what came or was meant."""
    with pytest.raises(PaddockError) as caught:
        validate(PPOConfig, raw)
    assert isinstance(caught.value, ConfigError | UnknownNameError)
    assert caught.value.field == field
    assert told in f"{caught.value.message} {caught.value.hint}"


def test_the_world_pays_progress_under_the_learners_discount() -> None:
    """Potential-based shaping leaves the best policy alone only under the same discount."""
    assert validate(PPOConfig, {"discount_factor": 0.97}).world_config().discount_factor == 0.97
    chosen = {"discount_factor": 0.97, "env_config": {"discount_factor": 0.5}}
    assert validate(PPOConfig, chosen).world_config().discount_factor == 0.5


def test_figures_of_the_world_are_metrics() -> None:
    """Lunabotics adds its figures, in training and on held-out seeds; CartPole has none."""
    names = {spec.name for spec in metrics(PPOConfig())}
    assert {"orbs_collected", "orbs_deposited", "success_rate", "eval_success_rate"} <= names
    plain = {spec.name for spec in metrics(PPOConfig(env="CartPole-v1"))}
    assert names - plain == {
        f"{prefix}{name}"
        for prefix in ("", "eval_")
        for name in names & {"orbs_collected", "orbs_deposited", "success_rate"}
    }
    assert primary_metric(metrics(PPOConfig())).name == "eval_return"


def test_panels_of_the_document() -> None:
    """The three charts of the source document have what it puts in them."""
    panels: dict[str, set[str]] = {}
    for spec in metrics(PPOConfig()):
        panels.setdefault(spec.panel, set()).add(spec.name)
    assert {"episode_reward", "avg_reward_100"} <= panels["Reward"]
    assert panels["Loss"] == {"loss"}
    assert panels["Success rate"] == {"success_rate", "eval_success_rate"}
