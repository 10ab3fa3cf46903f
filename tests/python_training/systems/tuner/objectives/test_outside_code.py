from __future__ import annotations

import pytest

from python_training.contracts.errors import ConfigError
from python_training.systems.tuner.objectives.outside_code import REFUSED, load_class, require_allowed

OWN = "python_training.systems.tuner.objectives.synthetic:SyntheticObjective"


def test_a_class_is_found_by_its_name() -> None:
    """One's own module:Class is imported where nothing forbids it."""
    assert load_class("collections:OrderedDict", "objective").__name__ == "OrderedDict"


def test_behind_a_server_a_config_imports_nothing_but_paddock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the operator allows it; Paddock's own classes always can be named."""
    monkeypatch.setenv(REFUSED, "1")
    with pytest.raises(ConfigError, match="came through the server") as refused:
        load_class("collections:OrderedDict", "search.custom")
    assert refused.value.field == "search.custom"
    assert "PADDOCK_ALLOW_CODE" in (refused.value.hint or "")
    with pytest.raises(ConfigError, match="the command"):
        require_allowed("the command", "objective")
    assert load_class(OWN, "objective").__name__ == "SyntheticObjective"


@pytest.mark.parametrize(
    "target",
    ["os.system", "os:", ":system", "os:system('ls')", "a b:C", "../x:Y", "no.such.module:C", "math:pi", "math:none"],
)
def test_what_is_no_class_is_refused_by_name(target: str) -> None:
    """Neither a function nor a number nor a wrong spelling is taken for a class."""
    with pytest.raises(ConfigError) as refused:
        load_class(target, "objective")
    assert refused.value.field == "objective"
