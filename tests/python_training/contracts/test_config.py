from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from python_training.contracts.config import (
    LIVE,
    MAX_CONFIG_BYTES,
    StrictModel,
    SystemConfig,
    merge,
    parse_assignments,
    read_config_file,
    validate,
)
from python_training.contracts.errors import ConfigError


class _World(StrictModel):
    """A nested part."""

    size: int = Field(5, ge=1)


class _Config(SystemConfig):
    """A system's config."""

    rate: float = Field(0.1, gt=0, json_schema_extra=LIVE)
    width: int = 3
    world: _World = _World()


@pytest.mark.parametrize(
    ("raw", "field", "got"),
    [
        ({"rate": "fast"}, "rate", '"fast"'),
        ({"rate": -1}, "rate", "-1"),
        ({"rate": float("nan")}, "rate", "NaN"),
        ({"world": {"size": 0}}, "world.size", "0"),
        ({"seed": 2**31}, "seed", str(2**31)),
    ],
)
def test_a_bad_value_is_named_with_its_field_and_what_came(raw: dict[str, Any], field: str, got: str) -> None:
    """The error says where, what was expected and what came."""
    with pytest.raises(ConfigError) as caught:
        validate(_Config, raw)
    assert caught.value.field == field
    assert caught.value.message.startswith(f"{field}: ")
    assert caught.value.message.endswith(f"got {got}.")
    assert caught.value.to_dict()["code"] == "invalid_config"


def test_an_unknown_field_is_named() -> None:
    """A key that the config does not know is an error, at every depth."""
    with pytest.raises(ConfigError, match=r"world\.sizes: there is no such field") as caught:
        validate(_Config, {"world": {"sizes": 1}})
    assert caught.value.field == "world.sizes"


def test_every_fault_of_a_config_is_told() -> None:
    """Whoever fills in a form wants to know all that is wrong with it at once, in nested settings too."""
    with pytest.raises(ConfigError) as caught:
        validate(SystemConfig, {"seed": -1, "keep_checkpoints": 0, "seeed": 3})
    error = caught.value
    assert {each.field for each in (error, *error.more)} == {"seed", "keep_checkpoints", "seeed"}
    shown = error.to_dict()
    assert {each["field"] for each in (shown, *shown["more"])} == {"seed", "keep_checkpoints", "seeed"}
    assert all("more" not in each for each in shown["more"])
    inner = error.beneath("objective")
    assert {each.field for each in (inner, *inner.more)} == {
        "objective.seed",
        "objective.keep_checkpoints",
        "objective.seeed",
    }


def test_only_live_fields_change() -> None:
    """A live field is replaced and validated; fixed and unknown ones are refused by name."""
    config = _Config()
    assert _Config.live_fields() == {"rate", "checkpoint_interval_s", "keep_checkpoints"}
    assert config.changed({"rate": 0.5}) == _Config(rate=0.5)
    for changes, field in (({"width": 4}, "width"), ({"wdith": 4}, "wdith"), ({"rate": 0}, "rate")):
        with pytest.raises(ConfigError) as caught:
            config.changed(changes)
        assert caught.value.field == field
    assert config == _Config()


def test_merge_goes_to_every_depth_and_leaves_its_arguments_alone() -> None:
    """Mappings are merged, everything else is replaced."""
    base: dict[str, Any] = {"a": {"b": 1, "c": 2}, "d": [1]}
    assert merge(base, {"a": {"b": 9}, "d": [2], "e": 3}) == {"a": {"b": 9, "c": 2}, "d": [2], "e": 3}
    assert merge({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}
    assert base == {"a": {"b": 1, "c": 2}, "d": [1]}


def test_assignments_are_read_as_yaml() -> None:
    """Numbers, lists, text and nested keys, typed with - or _."""
    texts = ["a.b=1", "a.c=[2, 3]", "learning-rate=3e-4", "env=CartPole-v1", "x=null", "y=a=b"]
    assert parse_assignments(texts) == {
        "a": {"b": 1, "c": [2, 3]},
        "learning_rate": 3e-4,
        "env": "CartPole-v1",
        "x": None,
        "y": "a=b",
    }
    assert validate(_Config, parse_assignments(["rate=3e-4"])).rate == 3e-4


@pytest.mark.parametrize("text", ["novalue", "=1", "a..b=1", "a=[1"])
def test_what_is_no_assignment_is_refused(text: str) -> None:
    """The message shows what was typed."""
    with pytest.raises(ConfigError):
        parse_assignments([text])


def test_config_files_are_yaml_or_json_mappings(tmp_path: Path) -> None:
    """Both are read; an empty file is an empty mapping."""
    path = tmp_path / "config.yaml"
    for content, expected in (("a: 1", {"a": 1}), ('{"a": 1}', {"a": 1}), ("", {})):
        path.write_text(content)
        assert read_config_file(path) == expected


@pytest.mark.parametrize("content", [b"- 1", b"a: [", b"\xff\xfe\x00", b"a: " + b"1" * MAX_CONFIG_BYTES])
def test_a_file_that_is_no_config_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """The message names the file; nothing huge is read."""
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        read_config_file(path)
    with pytest.raises(ConfigError, match=r"missing\.yaml cannot be read"):
        read_config_file(tmp_path / "missing.yaml")


def test_yaml_cannot_make_objects(tmp_path: Path) -> None:
    """A config file is data: a tag that would run code is refused."""
    path = tmp_path / "evil.yaml"
    path.write_text("a: !!python/object/apply:os.getcwd []")
    with pytest.raises(ConfigError, match=r"evil\.yaml"):
        read_config_file(path)


class _Typed(StrictModel):
    """One field of each of JSON's types, at several depths."""

    flag: bool = False
    count: int = 0
    share: float | None = None
    list_of: tuple[float, ...] = ()
    by_name: dict[str, int] = Field(default_factory=dict)
    inner: _Config | None = None


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"flag": 0}, "flag"),
        ({"flag": "true"}, "flag"),
        ({"flag": 1.0}, "flag"),
        ({"count": True}, "count"),
        ({"count": "5"}, "count"),
        ({"share": False}, "share"),
        ({"share": "0.5"}, "share"),
        ({"list_of": [1, True]}, "list_of.1"),
        ({"by_name": {"a": "1"}}, "by_name.a"),
        ({"inner": {"rate": True}}, "inner.rate"),
    ],
)
def test_one_of_jsons_types_is_not_taken_for_another(raw: dict[str, Any], field: str) -> None:
    """`pinned: 0` is no false, and true is no 1, at whatever depth."""
    with pytest.raises(ConfigError) as caught:
        validate(_Typed, raw)
    assert caught.value.field == field


def test_whole_numbers_may_be_written_as_floats_and_the_reverse() -> None:
    """JSON has one type of number."""
    built = validate(_Typed, {"count": 5.0, "share": 1, "list_of": [1]})
    assert (built.count, built.share, built.list_of) == (5, 1.0, (1.0,))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 1e-3), ("1.0e5", 1e5), ("+.5", 0.5), ("1.", 1.0), (".41", 0.41), ("-3", -3), ("12", 12), ("1e", "1e")],
)
def test_numbers_in_text_are_numbers(text: str, value: Any, tmp_path: Path) -> None:
    """Also where no field says that it wants one, as among a world's own settings; in files as on the command line."""
    path = tmp_path / "config.yaml"
    path.write_text(f"env_config: {{scale: {text}, scales: [{text}]}}")
    read = read_config_file(path)["env_config"]
    assert read == {"scale": value, "scales": [value]}
    assert type(read["scale"]) is type(value)
    assert parse_assignments([f"env_config.scale={text}"]) == {"env_config": {"scale": value}}
