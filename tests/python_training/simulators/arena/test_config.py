from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.simulators.arena.config import INPUTS, METRICS, OUTPUTS, ArenaConfig
from python_training.simulators.arena.state import ACTION_SIZE, OBSERVATION_SIZE


def test_the_defaults_are_those_of_the_design() -> None:
    """Arena, fighter, gun and bout are as the design says; enemies have 275 points and come in twos, threes, fours."""
    config = ArenaConfig()
    assert (config.width, config.height, config.toroidal, config.sim_duration, config.sim_dt) == (
        1000.0,
        700.0,
        False,
        30.0,
        0.1,
    )
    ship, gun = config.fighter, config.fighter.gun
    assert (ship.acceleration, ship.max_speed, ship.hull, ship.shield, ship.radius) == (
        500.0,
        400.0,
        200.0,
        100.0,
        15.0,
    )
    assert ship.turn_rate == pytest.approx(3.14159265, abs=1e-8)
    assert (gun.shots_per_second, gun.bullet_speed, gun.range, gun.damage) == (4.0, 480.0, 400.0, 25.0)
    for enemy in (config.enemies.drone, config.enemies.turret, config.enemies.hunter):
        assert enemy.hull + enemy.shield == 275.0
    assert (config.waves.first, config.waves.growth) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ({"widht": 3}, "widht", "no such field"),
        ({"fighter": {"gun": {"damage": -1}}}, "fighter.gun.damage", "greater than 0"),
        ({"sim_dt": 0.2}, "sim_dt", "less than or equal to 0.1"),
        ({"fighter": {"gun": {"shots_per_second": 10}}, "sim_dt": 0.1, "width": 50.0}, None, "sides of"),
        ({"scenario": "duel", "seats": 3}, None, "a duel has 2 seats, got 3"),
        ({"scenario": "squad", "seats": 3}, None, "even number of seats, got 3"),
        ({"scenario": "squad", "teams": [1, 1]}, None, "needs two teams"),
        ({"seats": 2, "teams": [0, 0, 0]}, None, "teams must be 2 numbers"),
        ({"waves": {"drones": 0, "turrets": 0, "hunters": 0}}, "waves", "all 0"),
        ({"waves": {"first": 9, "largest": 3}}, "waves", "larger than the largest"),
        ({"opponent": "ase"}, "opponent", "ase"),
    ],
)
def test_a_value_that_makes_no_world_is_refused_by_name(raw: dict[str, Any], field: str | None, message: str) -> None:
    """A fault names its field, what was expected and what came."""
    with pytest.raises(ConfigError, match=message) as caught:
        validate(ArenaConfig, raw)
    assert caught.value.field == field


def test_seats_and_teams_follow_from_the_scenario() -> None:
    """One pilot against waves, two in a duel, halves in a squad, unless seats or teams say otherwise."""

    def teams(**raw: Any) -> tuple[int, ...]:
        return validate(ArenaConfig, raw).team_of_seats

    assert teams() == (0,)
    assert teams(seats=3) == (0, 0, 0)
    assert teams(scenario="duel") == (0, 1)
    assert teams(scenario="squad", seats=6) == (0, 0, 0, 1, 1, 1)
    assert teams(scenario="squad", teams=[0, 1, 1]) == (0, 1, 1)


def test_a_game_has_the_seats_asked_for_at_sixty_ticks_a_second() -> None:
    """All of one team fight waves, several teams each other, and scripted pilots still decide ten times a second."""
    together, against = ArenaConfig(toroidal=True).game([0, 0, 0]), ArenaConfig().game([0, 1, 1])
    assert (together.scenario, together.pilots, together.toroidal) == ("waves", 3, True)
    assert (against.scenario, against.team_of_seats) == ("squad", (0, 1, 1))
    assert (against.max_ticks, against.ticks_per_decision) == (1800, 6)
    assert ArenaConfig(seats=4).duel().team_of_seats == (0, 1)


def test_every_field_is_described() -> None:
    """Forms and documentation are made of the schema, so each field in it says what it is."""
    schema = ArenaConfig.model_json_schema()
    silent = [
        f"{model['title']}.{name}"
        for model in [schema, *schema["$defs"].values()]
        for name, each in model["properties"].items()
        if not each.get("description")
    ]
    assert silent == []


def test_names_and_figures_are_declared() -> None:
    """Every input and output has a name of its own, and the world's figures are deterministic."""
    assert (len(INPUTS), len(OUTPUTS)) == (OBSERVATION_SIZE, ACTION_SIZE)
    assert len(set(INPUTS)) == len(INPUTS)
    assert all(spec.deterministic for spec in METRICS)


def test_the_config_is_light_to_import() -> None:
    """The web process reads it, so it must not bring compilers or arrays along."""
    code = (
        "import sys, python_training.simulators.arena.config;"
        "print([name for name in ('numba', 'numpy', 'gymnasium', 'PIL') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
