from __future__ import annotations

from typing import Any

import pytest

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.systems.tuner.search_config import SearchConfig


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sources": {"spsa": 0.0}}, "sources.spsa"),
        ({"sources": {"tpe": 1.0}}, "sources"),
        ({"sources": {"spsa": 1.0, "custom": 1.0}}, "custom"),
        ({"custom": "module:Class"}, "custom"),
        ({"perturbation_least": 6}, "perturbation_most"),
    ],
)
def test_what_does_not_fit_together_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    """Before a run begins."""
    with pytest.raises(ConfigError) as caught:
        validate(SearchConfig, changes)
    assert caught.value.field == field


def test_a_misspelt_source_has_a_suggestion() -> None:
    """As every unknown name has."""
    with pytest.raises(UnknownNameError) as caught:
        validate(SearchConfig, {"sources": {"spsaa": 1.0}})
    assert caught.value.hint == "Did you mean 'spsa'?"
