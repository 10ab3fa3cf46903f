from __future__ import annotations

from python_training.contracts import errors
from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError


def test_every_error_has_its_own_code() -> None:
    """Programs tell errors apart by code."""
    found = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, PaddockError)]
    codes = [each.code for each in found]
    assert len(set(codes)) == len(found) > 10


def test_an_error_is_shown_with_what_it_has() -> None:
    """Field and hint appear only where there are some."""
    assert PaddockError("Broken.").to_dict() == {"code": "error", "message": "Broken."}
    shown = ConfigError("Bad.", field="a.b", hint="Try 1.").to_dict()
    assert shown == {"code": "invalid_config", "message": "Bad.", "field": "a.b", "hint": "Try 1."}


def test_a_misspelt_name_gets_a_proposal() -> None:
    """The nearest known name, or all of them."""
    assert UnknownNameError.among("metric", "los", ["loss", "reward"]).hint == "Did you mean 'loss'?"
    assert UnknownNameError.among("metric", "xyz", ["loss", "reward"]).hint == "Known: loss, reward."
    assert UnknownNameError.among("metric", "xyz", []).hint == "Known: none."
