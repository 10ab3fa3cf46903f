from __future__ import annotations

import yaml

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.published.best_config import config_text, flat_numbers, sections_text
from python_training.testing.bowl_objective import BowlObjective


def _parameter(name: str, *, integer: bool = False) -> Parameter:
    return Parameter(name, -1000.0, 1000.0, 1.0, "What it does.", "turns" if integer else "", integer)


def test_a_file_reads_back_as_the_setting_it_was_made_of() -> None:
    """To the last bit, whole numbers whole, and sections in the order in which parameters name them first."""
    names = ("weights.space", "alone", "traps.deep.low", "weights.food", "traps.high", "traps.deep.up")
    parameters = [*(_parameter(name) for name in names), _parameter("search.depth", integer=True)]
    numbers = (0.1 + 0.2, 1e-07, 1e22, -5.0, 2.5e-300, 1 / 3, 4.0)
    values = {parameter.name: number for parameter, number in zip(parameters, numbers, strict=True)}
    text = sections_text(parameters, values, "First line.\nSecond line.")
    raw = yaml.safe_load(text)
    assert flat_numbers(raw) == values
    assert isinstance(raw["search"]["depth"], int)
    assert list(raw) == ["weights", "alone", "traps", "search"] or list(raw) == ["alone", "weights", "traps", "search"]
    assert text.startswith("# First line.\n# Second line.\n")
    assert "depth: 4 # What it does. [turns]" in text


def test_an_objective_may_have_a_format_of_its_own() -> None:
    """Its own text is taken as it is."""

    class Own(BowlObjective):
        def config_text(self, values: dict[str, float], comment: str) -> str:
            return f"{comment}: {sorted(values)}"

    objective = Own({"dimensions": 2}, threads=1)
    assert config_text(objective, objective.start(), "mine") == "mine: ['level', 'weights.w1']"
