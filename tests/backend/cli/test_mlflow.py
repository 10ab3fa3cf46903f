"""MLflow from the terminal, as far as it goes without a store; tests/integration/test_mlflow.py has real ones."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from python_training.runtime.mlflow_settings import TRACKING_URI


@pytest.fixture
def without_mlflow(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A terminal where a store is named and MLflow is not installed."""
    monkeypatch.setenv(TRACKING_URI, "http://rover:moon-dust@tracking.example")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    return terminal


@pytest.mark.parametrize("command", [("train", "scripted"), ("mlflow", "--all"), ("serve",)])
def test_missing_extra_is_told_before_anything_begins(without_mlflow: Any, command: tuple[str, ...]) -> None:
    """No run is made that could not be logged; the error names setting and extra, and keeps the password."""
    answer = without_mlflow.run(*command)
    assert answer.code == 3
    assert "make setup" in answer.err
    assert "moon-dust" not in answer.out + answer.err
    assert not without_mlflow.runs()


def test_doctor_sees_that_the_extra_is_missing(without_mlflow: Any) -> None:
    """What would keep runs from training is a failure."""
    checks = {check["name"]: check for check in without_mlflow.run("doctor", "--quick", "--json").json["checks"]}
    assert checks["mlflow"]["state"] == "fail"


def test_doctor_says_that_it_is_off(terminal: Any) -> None:
    """Nothing is wrong with a machine that logs to no store."""
    checks = {check["name"]: check for check in terminal.run("doctor", "--quick", "--json").json["checks"]}
    assert (checks["mlflow"]["state"], checks["mlflow"]["found"]) == ("ok", "off")


def test_logging_to_no_store_is_refused(terminal: Any) -> None:
    """The error names the setting."""
    answer = terminal.run("mlflow", "--all", "--json")
    assert (answer.code, answer.json["error"]["field"]) == (3, "mlflow_tracking_uri")


@pytest.mark.parametrize("arguments", [(), ("newest", "--all")])
def test_either_runs_or_all_of_them(terminal: Any, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    """Neither or both is a usage error."""
    monkeypatch.setenv(TRACKING_URI, "sqlite:///mlflow.db")
    assert terminal.run("mlflow", *arguments).code == 2
