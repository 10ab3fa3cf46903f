from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from python_training import presets, registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.contracts.metrics import primary_metric
from python_training.runtime.run_folder import create_run
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.metrics import metrics
from python_training.systems.tuner.objectives.preset import PresetObjective


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
    resolved = presets.resolve("ppo", {"discount_factor": 0.9})
    assert validate(PPOConfig, resolved).world_config().discount_factor == 0.9
    assert validate(PPOConfig, presets.resolve("ppo", {})).world_config().discount_factor == 0.995


def test_no_preset_says_twice_what_is_one_setting() -> None:
    """What a learner hands on to its world is set once, so that setting it sets both."""
    for name, entry in registry.SYSTEMS.items():
        for preset in presets.presets(name):
            named = set(preset.config.get("env_config", {}))
            assert not named & entry.config_class().handed_on, (name, preset.name)


@pytest.mark.parametrize(
    ("system", "config", "field"),
    [
        ("ppo", {"discount_factor": 0.9, "env_config": {"discount_factor": 0.5}}, "env_config.discount_factor"),
        ("ppo", presets.resolve("ppo", {"env_config": {"discount_factor": 0.5}}), "env_config.discount_factor"),
        ("neat", {"sim_duration": 20.0, "env_config": {"sim_duration": 10.0}}, "env_config.sim_duration"),
        ("neat", {"sim_dt": 0.1, "env_config": {"sim_dt": 0.05}}, "env_config.sim_dt"),
    ],
)
def test_one_meaning_has_one_value(system: str, config: dict[str, Any], field: str, tmp_path: Path) -> None:
    """A run that would have two of it is not made; the error names the field, both values and what to do."""
    with pytest.raises(ConfigError, match=r"expected .*, which \w+ says and the world is given, got ") as refused:
        create_run(tmp_path / "logs", tmp_path / "checkpoints", system=system, config=config)
    assert refused.value.field == field
    assert refused.value.hint is not None
    assert f"leave {field} out" in refused.value.hint


def test_what_only_the_world_is_told_holds_for_the_learner_too() -> None:
    """There is one value, whichever of the two places it is set in; a world of others has settings of its own."""
    neat = registry.system("neat").config_class()
    assert getattr(validate(neat, {"env_config": {"sim_duration": 20.0}}), "sim_duration") == 20.0  # noqa: B009
    assert validate(PPOConfig, {"env_config": {"discount_factor": 0.5}}).discount_factor == 0.5
    other = {"env": "CartPole-v1", "env_config": {"discount_factor": 0.5}}
    assert validate(PPOConfig, other).discount_factor == 0.99


def test_saying_the_same_twice_is_no_contradiction(tmp_path: Path) -> None:
    """Equal values, as configs that were saved in full have them, are taken; a tuned field is checked as well."""
    config = {"discount_factor": 0.9, "env_config": {"discount_factor": 0.9}}
    folder = create_run(tmp_path / "logs", tmp_path / "checkpoints", system="ppo", config=config)
    assert folder.spec().config["env_config"] == {"discount_factor": 0.9}
    assert registry.system("ppo").played_in(folder.spec().config) == (
        "lunabotics",
        folder.spec().typed_config().settings_models()["env_config"].model_dump(),
    )
    tuned = {"name": "discount_factor", "low": 0.8, "high": 0.99}
    with pytest.raises(ConfigError) as refused:
        PresetObjective(
            {"system": "ppo", "steps": 1, "parameters": [tuned], "config": {"env_config": {"discount_factor": 0.9}}}
        )
    assert refused.value.field == "config.env_config.discount_factor"


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
