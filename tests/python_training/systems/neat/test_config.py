from __future__ import annotations

from typing import Any

import pytest

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.presets import presets, resolve
from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.metrics import metrics


def test_the_documents_names_and_defaults_are_there() -> None:
    """HeadlessConfig's fields have its names and its defaults."""
    config = NEATConfig()
    assert (config.pop_size, config.num_processes, config.sim_duration, config.sim_dt) == (50, None, 30.0, 0.1)
    assert (config.fitness_threshold, config.snapshot_interval) == (200_000.0, 5)
    assert (config.headless_mode, config.enable_logging) == (True, False)
    genetics = config.neat
    assert (genetics.conn_add_prob, genetics.conn_delete_prob) == (0.3, 0.1)
    assert (genetics.node_add_prob, genetics.node_delete_prob) == (0.1, 0.05)


def test_the_world_gets_the_runs_clock() -> None:
    """sim_duration and sim_dt reach a world that has them, unless env_config sets them."""
    config = NEATConfig(sim_duration=12.0, env_config={"sim_dt": 0.05})
    assert (config.world_config().sim_duration, config.world_config().sim_dt) == (12.0, 0.05)
    assert NEATConfig(env="lunabotics").world_config() is not None
    assert NEATConfig(env="CartPole-v1").world_config() is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pop_size": 1}, "pop_size"),
        ({"pop_size": 3, "neat": {"elitism": 4}}, "pop_size"),
        ({"env_config": {"sim_dtt": 0.1}}, "env_config.sim_dtt"),
        ({"env": "lunabotics", "opponents": "self"}, "opponents"),
        ({"neat": {"conn_add_prob": 1.5}}, "neat.conn_add_prob"),
        ({"neat": {"activation": {"options": []}}}, "neat.activation.options"),
        ({"executor": "threads"}, "executor"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(changes: dict[str, Any], field: str) -> None:
    """The error names the field."""
    with pytest.raises(ConfigError) as refused:
        validate(NEATConfig, changes)
    assert refused.value.field == field


def test_an_unknown_world_is_refused() -> None:
    """A misspelt world is proposed; one of a module is not looked for before it is opened, but its form is checked."""
    with pytest.raises(UnknownNameError):
        validate(NEATConfig, {"env": "areena"})
    with pytest.raises(ConfigError, match="expected module:Class"):
        validate(NEATConfig, {"env": "os:"})
    assert validate(NEATConfig, {"env": "no_such_module:Env-v0"}).env == "no_such_module:Env-v0"


def test_presets_are_valid_and_the_default_one_is_the_arenas() -> None:
    """Every preset is a config, and naming none takes the default world's."""
    assert presets("neat")
    for preset in presets("neat"):
        validate(NEATConfig, dict(preset.config))
    assert resolve("neat", {})["headless_mode"] is False


def test_metrics_fit_the_world() -> None:
    """A world without duels has no Elo, and only Paddock's worlds have figures."""
    names = {
        env: {spec.name for spec in metrics(NEATConfig(env=env))} for env in ("arena", "lunabotics", "CartPole-v1")
    }
    assert {"elo", "enemies_destroyed", "held_out_accuracy", "simulated_seconds_per_second"} <= names["arena"]
    assert "elo" not in names["lunabotics"]
    assert "orbs_deposited" in names["lunabotics"]
    assert "best_fitness" in names["CartPole-v1"]
    assert not {name for name in names["CartPole-v1"] if name.startswith("held_out_")} - {"held_out_score"}


def test_options_of_the_command_line_are_fields() -> None:
    """Each option that `paddock train neat` takes is a field of the config."""
    assert set(registry.system("neat").train_options.values()) <= set(NEATConfig.model_fields)
