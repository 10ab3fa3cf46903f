"""Where configs from the network pass: new ones, forks, and changes of runs that go on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from backend.services.admission import Admission, Parent
from python_training.contracts.config import LIVE, SystemConfig, validate
from python_training.contracts.names import Names
from python_training.policy import NOTHING_ALLOWED, NotAllowedError, Policy
from python_training.systems.tuner.config import TunerConfig

TUNER = {"objective": "battlesnake", "use_llm": False}


class LiveNames(SystemConfig):
    """A system whose names may change while a run goes on, one of them undeclared."""

    cluster: Annotated[str, Names.ADDRESS] = Field("", json_schema_extra=LIVE)
    note: Annotated[str, Names.NOTHING] = Field("", json_schema_extra=LIVE)
    somewhere: str = Field("", json_schema_extra=LIVE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cluster": "evil.example:6379"}, "cluster"),
        ({"somewhere": "/etc/passwd"}, "somewhere"),
        ({"note": "/etc/passwd", "cluster": "auto"}, "cluster"),
    ],
)
def test_a_run_from_a_terminal_cannot_be_made_to_name_more(changes: dict[str, Any], field: str) -> None:
    """`set` over the network keeps what was there, and adds only what is allowed."""
    config = LiveNames(cluster="mine.example:6379", somewhere="/home/me")
    admission = Admission(NOTHING_ALLOWED)
    admission.changes(config, {"note": "a/b: c", "cluster": "mine.example:6379"})
    admission.changes(config, {"cluster": ""})
    with pytest.raises(NotAllowedError) as refused:
        admission.changes(config, changes)
    assert refused.value.field == field
    Admission(Policy(addresses=("evil.example:6379",))).changes(config, {"cluster": "evil.example:6379"})


def test_what_an_operator_s_preset_names_may_be_named_through_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its field, as it stands there, whether the form sends it again or not; and it is noted for the worker."""
    folder = tmp_path / "presets" / "tuner"
    folder.mkdir(parents=True)
    command = ["bench", "{x}"]
    shell = {"command": command, "parameters": [{"name": "x", "low": 0, "high": 1}]}
    preset = f"config:\n  objective: shell\n  use_llm: false\n  objective_config: {shell}\n  git: {{repo: /srv/bot}}\n"
    (folder / "mine.yaml").write_text(preset)
    monkeypatch.setenv("PADDOCK_CONFIG_DIR", str(tmp_path))
    admission = Admission(NOTHING_ALLOWED)
    whole = {"objective": "shell", "use_llm": False, "objective_config": shell, "git": {"repo": "/srv/bot"}}
    admitted = admission.config("tuner", whole, "mine")
    assert set(admitted) == {
        ("command", '["bench", "{x}"]'), ("repository", "/srv/bot"), ("path", "config.yaml"), ("remote", "origin"),
    }  # fmt: skip
    for changed, field in (
        ({"objective_config": {**shell, "command": ["bench", "{x}", "-v"]}}, "objective_config.command"),
        ({"objective_config": {**shell, "folder": "/etc"}}, "objective_config.folder"),
        ({"git": {"repo": "/srv/other"}}, "git.repo"),
        ({"git": {"repo": "/srv/bot", "push": True}}, "git.remote"),
        ({"git": {"repo": "/srv/bot", "path": "README.md"}}, "git.path"),
    ):
        with pytest.raises(NotAllowedError) as refused:
            admission.config("tuner", {**whole, **changed}, "mine")
        assert refused.value.field == field
    with pytest.raises(NotAllowedError):
        admission.config("tuner", whole, None)


def test_a_fork_names_what_its_parent_named_with_effect() -> None:
    """A run from a terminal lends its names; one from the network only what it was admitted with."""
    admission = Admission(NOTHING_ALLOWED)
    quiet = {**TUNER, "git": {"repo": "/srv/bot", "enabled": False}}
    loud = {**TUNER, "git": {"repo": "/srv/bot"}}
    assert ("repository", "/srv/bot") in admission.config("tuner", quiet, None, Parent(_tuner(quiet), None))
    assert ("repository", "/srv/bot") in admission.config("tuner", loud, None, Parent(_tuner(loud), None))
    assert ("repository", "/srv/bot") in admission.config("tuner", quiet, None, Parent(_tuner(loud), None))
    admission.config("tuner", loud, None, Parent(_tuner(loud), (("repository", "/srv/bot"),)))
    for parent in (Parent(_tuner(quiet), None), Parent(_tuner(loud), ())):
        with pytest.raises(NotAllowedError) as refused:
            admission.config("tuner", loud, None, parent)
        assert refused.value.field == "git.repo"


def test_an_unused_address_of_a_terminal_is_not_joined_by_a_fork() -> None:
    """Turning Ray on over the network is naming the address anew."""
    here = {**TUNER, "ray_address": "mine.example:6379"}
    parent = Parent(_tuner(here), None)
    admission = Admission(NOTHING_ALLOWED)
    admission.config("tuner", here, None, parent)
    with pytest.raises(NotAllowedError) as refused:
        admission.config("tuner", {**here, "executor": "ray"}, None, parent)
    assert refused.value.field == "ray_address"


def _tuner(config: dict[str, Any]) -> TunerConfig:
    return validate(TunerConfig, config)
