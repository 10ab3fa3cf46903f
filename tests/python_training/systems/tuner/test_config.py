from __future__ import annotations

import pytest

from python_training import presets
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.objectives.objective_source import open_objective, starting_values

NAMES = [preset.name for preset in presets.presets("tuner")]


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_opens_its_objective(name: str) -> None:
    """Its settings fit, and it has a start within its own ranges."""
    config = validate(TunerConfig, presets.resolve("tuner", {}, name))
    objective = open_objective(config.objective, config.objective_config)
    try:
        start = starting_values(objective, config.start)
        assert list(start) == [parameter.name for parameter in objective.parameters]
        for parameter in objective.parameters:
            assert parameter.low <= start[parameter.name] <= parameter.high
    finally:
        objective.close()


def test_a_start_may_be_typed_by_sections() -> None:
    """`--set start.weights.space=2` means the parameter weights.space."""
    nested = {"weights": {"space": 2, "deep": {"er": 3}}, "traps.severe": 4}
    assert validate(TunerConfig, {"start": nested}).start == {
        "weights.space": 2.0,
        "weights.deep.er": 3.0,
        "traps.severe": 4.0,
    }


@pytest.mark.parametrize(
    ("raw", "error", "field"),
    [
        ({"objective": "batlesnake"}, UnknownNameError, "objective"),
        ({"start": {"weights": {"space": "far"}}}, ConfigError, "start.weights.space"),
        ({"games": 1}, ConfigError, "games"),
        ({"git": {"remote": "--upload-pack=evil"}}, ConfigError, "git.remote"),
        ({"search_share": 1.0}, ConfigError, "search_share"),
    ],
)
def test_a_value_that_cannot_be_names_its_field(raw: dict[str, object], error: type[ConfigError], field: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(error) as refused:
        validate(TunerConfig, raw)
    assert refused.value.field == field


def test_a_look_has_at_least_one_pair() -> None:
    """Games come in mirrored pairs; an odd one is left out."""
    assert validate(TunerConfig, {"games": 3}).pairs == 1
    assert validate(TunerConfig, {"games": 200}).pairs == 100
