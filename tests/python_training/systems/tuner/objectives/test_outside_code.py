from __future__ import annotations

import pytest

from python_training.contracts.errors import ConfigError
from python_training.policy import ENVIRONMENT, NOTHING_ALLOWED, Policy
from python_training.systems.tuner.objectives.outside_code import load_class

OWN = "python_training.systems.tuner.objectives.synthetic:SyntheticObjective"


def test_a_class_is_found_by_its_name() -> None:
    """One's own module:Class is imported where nothing forbids it."""
    assert load_class("collections:OrderedDict", "objective").__name__ == "OrderedDict"


@pytest.mark.parametrize("target", ["collections:OrderedDict", OWN])
def test_behind_a_server_a_config_imports_what_is_listed(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paddock's own modules are no exception: one of them may have a name in it that runs things."""
    monkeypatch.setenv(ENVIRONMENT, NOTHING_ALLOWED.to_json())
    with pytest.raises(ConfigError, match="from the network") as refused:
        load_class(target, "search.custom")
    assert refused.value.field == "search.custom"
    assert "PADDOCK_ALLOWED_MODULES" in (refused.value.hint or "")
    monkeypatch.setenv(ENVIRONMENT, Policy(modules=(target.partition(":")[0],)).to_json())
    assert load_class(target, "search.custom").__name__ == target.partition(":")[2]


@pytest.mark.parametrize(
    "target",
    ["os.system", "os:", ":system", "os:system('ls')", "a b:C", "../x:Y", "no.such.module:C", "math:pi", "math:none"],
)
def test_what_is_no_class_is_refused_by_name(target: str) -> None:
    """Neither a function nor a number nor a wrong spelling is taken for a class."""
    with pytest.raises(ConfigError) as refused:
        load_class(target, "objective")
    assert refused.value.field == "objective"
