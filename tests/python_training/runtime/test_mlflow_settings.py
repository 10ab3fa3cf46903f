"""Where runs are logged to in MLflow, if anywhere."""

from __future__ import annotations

import sys

import pytest

from python_training.contracts.errors import ConfigError
from python_training.runtime.mlflow_log import flat
from python_training.runtime.mlflow_settings import EXPERIMENT, TRACKING_URI, MLflowSettings, hide_credentials

SECRET_URI = "https://rover:moon-dust@tracking.example:8443/mlflow"  # noqa: S105  # a test's


def test_nothing_is_set_by_default() -> None:
    """No variable, or an empty one, names no store."""
    assert MLflowSettings.from_environment({}) is None
    assert MLflowSettings.from_environment({TRACKING_URI: "", EXPERIMENT: "rovers"}) is None


def test_settings_go_through_the_environment() -> None:
    """What one process is told reaches the next."""
    settings = MLflowSettings(SECRET_URI, "rovers")
    assert MLflowSettings.from_environment(settings.to_environment()) == settings
    assert MLflowSettings.from_environment({TRACKING_URI: SECRET_URI}) == MLflowSettings(SECRET_URI, "paddock")


def test_missing_extra_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the setting and the extra."""
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ConfigError) as caught:
        MLflowSettings(SECRET_URI).require_mlflow()
    assert caught.value.field == "mlflow_tracking_uri"
    assert "make setup" in str(caught.value.hint)
    assert "moon-dust" not in caught.value.message


def test_credentials_stay_out_of_messages() -> None:
    """Neither the settings nor an error of MLflow's show user or password; a plain URI stays as it is."""
    settings = MLflowSettings(SECRET_URI)
    assert settings.shown == "https://tracking.example:8443/mlflow"
    assert "moon-dust" not in repr(settings)
    shown = hide_credentials("no route to https://rover:moon-dust@tracking.example, auth rover:moon-dust", SECRET_URI)
    assert shown == "no route to https://tracking.example, auth ..."
    assert MLflowSettings("sqlite:///mlflow.db").shown == "sqlite:///mlflow.db"


def test_nested_config_becomes_dotted_params() -> None:
    """Every leaf is a param of its own; lists and null are written as JSON."""
    found = dict(flat({"env": "arena", "neat": {"weight": {"init": 1.5}}, "layers": [64, 64], "top": None, "none": {}}))
    assert found == {"env": "arena", "neat.weight.init": "1.5", "layers": "[64, 64]", "top": "null", "none": "{}"}
