"""Options of `paddock train` that a system registers for fields of its config."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import yaml

from backend.cli.system_options import options_of
from python_training import registry

OPTIONS = {"steps": "total_steps", "walk-drift": "drift", "after-all": "crash_when_resumed"}


@pytest.fixture
def shell(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A terminal where the scripted system has options of its own."""
    entry = dataclasses.replace(registry.SYSTEMS["scripted"], train_options=OPTIONS)
    monkeypatch.setitem(registry.SYSTEMS, "scripted", entry)
    return terminal


def test_options_of_a_system_set_its_config(shell: Any) -> None:
    """They may be typed with - or _, anywhere, and beat --set."""
    answer = shell.run("train", "--walk_drift", "2", "scripted", "--steps=7", "--set", "total_steps=9", "--json")
    assert (answer.code, answer.json["step"]) == (0, 7)
    assert shell.runs()[0].spec().config["drift"] == 2.0


def test_boolean_field_makes_a_flag(shell: Any) -> None:
    """The flag takes no value and says true."""
    answer = shell.run(
        "train", "scripted", "--set", "crash_when_resumed=false", "--after-all", "--steps", "3", "--json"
    )
    assert (answer.code, shell.runs()[0].spec().config["crash_when_resumed"]) == (0, True)


def test_help_shows_what_an_option_sets(shell: Any) -> None:
    """The help of the system has its options with the meaning of their fields, that of another has not."""
    shown = shell.run("train", "scripted", "--help").out
    assert "--walk-drift VALUE" in shown
    assert "Added to the walk at every step. [config: drift]" in " ".join(shown.split())
    assert "--walk-drift" not in shell.run("train", "--help").out


def test_invalid_value_names_the_field(shell: Any) -> None:
    """What an option sets is validated as the config is, and starts nothing."""
    answer = shell.run("train", "scripted", "--steps", "many", "--json")
    assert (answer.code, answer.json["error"]["field"]) == (3, "total_steps")
    assert not shell.runs()


def test_options_of_one_system_are_unknown_to_another(shell: Any) -> None:
    """A typing error is not swallowed because some other system has such an option."""
    assert shell.run("train", "ppo", "--steps", "7").code == 2


def test_resumed_run_takes_no_options(shell: Any) -> None:
    """The config of a resumed run is what it was."""
    answer = shell.run("train", "scripted", "--resume", "newest", "--steps", "7", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "usage")
    assert "--steps" in answer.json["error"]["message"]


@pytest.mark.parametrize("name", ["template.json", "template.yaml"])
def test_save_config_writes_a_template_and_trains_nothing(shell: Any, name: str) -> None:
    """The file holds the whole config in the form that its name says, and can be given back to --config."""
    answer = shell.run("train", "scripted", "--steps", "5", "--save-config", name)
    assert (answer.code, shell.runs()) == (0, [])
    text = (shell.root / name).read_text()
    saved = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    assert saved["total_steps"] == 5
    assert ("# Added to the walk at every step." in text) == name.endswith(".yaml")
    assert shell.run("train", "scripted", "--config", name, "--json").json["step"] == 5


@pytest.mark.parametrize("entry", [each for each in registry.SYSTEMS.values() if each.train_options])
def test_registered_options_name_fields(entry: registry.SystemEntry) -> None:
    """Every option stands for a field of its system's config and hides none of the command's own."""
    own = {"config", "set", "preset", "seed", "name", "resume", "save-config", "threads", "json", "help"}
    assert len(options_of(entry)) == len(entry.train_options)
    assert not own & entry.train_options.keys()
