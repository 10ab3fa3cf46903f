from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.simulators.lunabotics.config import METRICS, LunaboticsConfig


def test_the_defaults_are_those_of_the_source_document() -> None:
    """Field, rover, reward and episode numbers are the document's."""
    config = LunaboticsConfig()
    assert (config.world_width, config.world_height, config.max_speed, config.dt) == (6.8, 5.0, 2.0, 0.0167)
    assert (config.num_rocks, config.num_craters, config.num_orbs) == (7, 4, 15)
    assert (config.action_repeat, config.max_steps_per_episode) == (4, 1000)
    rewards = config.rewards
    assert (rewards.time_step, rewards.reach_excavation_zone, rewards.collect_orb) == (-0.01, 10.0, 50.0)
    assert (rewards.reach_construction_zone_with_orb, rewards.deposit_orb) == (100.0, 200.0)
    assert (rewards.collision_obstacle, rewards.collision_wall) == (-10.0, -5.0)
    assert (rewards.progress_toward_excavation, rewards.progress_toward_construction) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ({"num_rockz": 3}, "num_rockz", "no such field"),
        ({"rewards": {"deposit_orb": "much"}}, "rewards.deposit_orb", "much"),
        ({"rover": {"restitution": 1.5}}, "rover.restitution", "1.5"),
        ({"max_speed": 0}, "max_speed", "greater than 0"),
        ({"zones": {"start": {"x_min": 2, "y_min": 0, "x_max": 1, "y_max": 1}}}, "zones.start", "x_min < x_max"),
        ({"num_rocks": 20, "num_craters": 20}, None, "24 together"),
        ({"obstacles": {"rock_radius_min": 0.3}}, "obstacles", "larger than its largest"),
        ({"world_width": 5.0}, None, "construction zone lies outside|berm zone lies outside"),
        ({"rover": {"length": 3.0}}, None, "too small for a rover"),
    ],
)
def test_a_value_that_makes_no_world_is_refused_by_name(raw: dict[str, Any], field: str | None, message: str) -> None:
    """A fault names its field; a zone outside the field, where no orb could ever be delivered, is a fault."""
    with pytest.raises(ConfigError, match=message) as caught:
        validate(LunaboticsConfig, raw)
    assert caught.value.field == field


def test_every_field_is_described() -> None:
    """Forms and documentation are made of the schema, so each field in it says what it is."""
    schema = LunaboticsConfig.model_json_schema()
    models = [schema, *schema["$defs"].values()]
    silent = [
        f"{model['title']}.{name}"
        for model in models
        for name, each in model["properties"].items()
        if not each.get("description")
    ]
    assert silent == []


def test_evaluation_is_free_of_curriculum_and_randomisation() -> None:
    """What a policy is judged in is the world itself, whatever it was trained in."""
    trained = LunaboticsConfig.model_validate(
        {"num_orbs": 4, "randomisation": {"slip": 0.2, "latency": 3}, "curriculum": {"enabled": True}}
    )
    assert trained.evaluation() == LunaboticsConfig(num_orbs=4)
    assert LunaboticsConfig().evaluation() == LunaboticsConfig()


def test_the_figures_are_declared() -> None:
    """The world's own metrics share the panels of the document's dashboard."""
    assert [(spec.name, spec.panel, spec.deterministic) for spec in METRICS] == [
        ("success_rate", "Success rate", True),
        ("orbs_collected", "Deliveries", True),
        ("orbs_deposited", "Deliveries", True),
    ]


def test_the_config_is_light_to_import() -> None:
    """The web process reads it, so it must not bring compilers or arrays along."""
    code = (
        "import sys, python_training.simulators.lunabotics.config;"
        "print([name for name in ('numba', 'numpy', 'gymnasium', 'PIL') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
