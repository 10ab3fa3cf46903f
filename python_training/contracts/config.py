"""Configs: pydantic models that give validation, JSON Schema, and errors that name the field."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, ErrorDetails

from python_training.contracts.bounds import bound
from python_training.contracts.errors import ConfigError
from python_training.contracts.plain_data import check_plain
from python_training.contracts.reading import read_yaml

MAX_CONFIG_BYTES = 1_000_000
"""A config file larger than this is refused unread."""

MAX_FAULTS = 50
"""Of more faults in one config nobody is told."""

LIVE: dict[str, Any] = {"live": True}
"""Pass as `json_schema_extra` to mark a field that may change while a run goes on."""


KEPT: dict[str, Any] = {"kept": True}
"""Pass as `json_schema_extra` to mark a field that must be what it was where a run goes on from a checkpoint."""


class PlainModel(BaseModel):
    """What plain data from outside become: frozen; an unknown key, and what is no plain data, is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _is_plain(cls, raw: Any) -> Any:
        check_plain(raw)
        return raw

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The fields' own bounds, and the usual ones where a field has none (contracts.bounds)."""
        schema = handler(source)
        bound(schema)
        return schema


class StrictModel(PlainModel):
    """A config or a part of one; it says what its free mappings hold and which of its names have no effect."""

    def settings_models(self) -> Mapping[str, BaseModel | None]:
        """The models that read this one's free mappings, by field; None for one that its reader takes as it is.

        Raises:
            ConfigError, UnknownNameError: a mapping does not fit its model.
        """
        return {}

    def unused_names(self) -> frozenset[str]:
        """Fields that name something (contracts.names) without effect beside the other values."""
        return frozenset()


class SystemConfig(StrictModel):
    """What every training system can be told."""

    seed: int = Field(0, ge=0, lt=2**31, description="Seed of every random draw of the run.")
    checkpoint_interval_s: float = Field(60.0, gt=0, description="Seconds between checkpoints.", json_schema_extra=LIVE)
    keep_checkpoints: int = Field(
        5,
        ge=1,
        le=1000,
        description="How many of the newest checkpoints are kept, beside the best and the pinned.",
        json_schema_extra=LIVE,
    )

    handed_on: ClassVar[frozenset[str]] = frozenset()
    """Fields whose value the world is given as well, if it has a setting of that name: one meaning, one value."""

    def handed_to(self, model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a world whose config is a `model`: `given`, and what is handed on where that is silent."""
        return {name: getattr(self, name) for name in self.handed_on if name in model.model_fields} | dict(given)

    @classmethod
    def taken_back(cls, raw: Any, model: type[BaseModel] | None) -> Any:
        """`raw`, with what only the settings of the world (whose config is a `model`) say said for the learner, too."""
        given = raw.get("env_config") if isinstance(raw, Mapping) else None
        if model is None or not isinstance(given, Mapping):
            return raw
        shared = cls.handed_on & set(model.model_fields) & set(given) - set(raw)
        return {**raw, **{name: given[name] for name in shared}}

    def require_one_value(self) -> None:
        """Raise ConfigError if a setting that is handed on has another value among the world's own."""
        for field, model in self.settings_models().items():
            for name in sorted(self.handed_on & set(getattr(self, field))):
                mine, theirs = getattr(self, name), getattr(model, name, None)
                if model is not None and mine != theirs:
                    raise ConfigError(
                        f"{field}.{name}: expected {mine!r}, which {name} says and the world is given, got {theirs!r}.",
                        field=f"{field}.{name}",
                        hint=f"Set {name} alone, and leave {field}.{name} out.",
                    )

    @classmethod
    def kept_fields(cls) -> tuple[str, ...]:
        """Names of the fields that must be what they were where a run goes on from a checkpoint."""
        return tuple(name for name in cls.model_fields if cls._is_marked(name, "kept"))

    @classmethod
    def live_fields(cls) -> frozenset[str]:
        """Names of the fields that may change while a run goes on."""
        return frozenset(name for name in cls.model_fields if cls._is_marked(name, "live"))

    @classmethod
    def _is_marked(cls, name: str, mark: str) -> bool:
        extra = cls.model_fields[name].json_schema_extra
        return isinstance(extra, dict) and bool(extra.get(mark))

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """A config with live fields replaced; raises ConfigError for an unknown, fixed or invalid one."""
        for name in changes:
            if name not in type(self).model_fields:
                raise ConfigError(f"There is no field '{name}'.", field=name)
            if name not in self.live_fields():
                raise ConfigError(
                    f"'{name}' cannot change while a run goes on.",
                    field=name,
                    hint="Start a new run, or fork this one from a checkpoint.",
                )
        return validate(type(self), {**self.model_dump(), **changes})


ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(model: type[ModelT], raw: Any) -> ModelT:
    """Build `model` from plain data.

    Raises:
        ConfigError: the first fault, with field, expectation and what came; its `more` are the others.
    """
    try:
        built = model.model_validate(raw)
    except ValidationError as error:
        first, *more = (_fault(model, fault) for fault in error.errors(include_url=False)[:MAX_FAULTS])
        first.more = tuple(more)
        raise first from None
    check_json_types(raw, built)
    return built


def check_json_types(raw: Any, built: Any, field: str = "") -> None:
    """Raise ConfigError where pydantic has turned one of JSON's types into another, as true into 1, "7" into 7.

    `built` is what was made of the plain data `raw`; `field` leads to them.
    """
    where = f"{field}." if field else ""
    if isinstance(built, BaseModel) and isinstance(raw, Mapping):
        for name, info in type(built).model_fields.items():
            key = info.alias if info.alias in raw else name
            if key in raw:
                check_json_types(raw[key], getattr(built, name), f"{where}{key}")
    elif isinstance(built, Mapping) and isinstance(raw, Mapping):
        for key in raw:
            check_json_types(raw[key], built.get(key), f"{where}{key}")
    elif isinstance(built, (list, tuple)) and isinstance(raw, (list, tuple)):
        for index, (before, after) in enumerate(zip(raw, built, strict=False)):
            check_json_types(before, after, f"{where}{index}")
    elif isinstance(built, bool) and not isinstance(raw, bool):
        raise _wrong_type("true or false", raw, field)
    elif (
        isinstance(built, (int, float)) and isinstance(raw, (bool, str, bytes)) and not isinstance(built, (bool, Enum))
    ):
        raise _wrong_type("a number", raw, field)


def _wrong_type(expected: str, raw: Any, field: str) -> ConfigError:
    got = json.dumps(raw, default=repr)[:120]
    return ConfigError(f"{field}: expected {expected}, got {got}.", field=field or None)


def _fault(model: type[BaseModel], fault: ErrorDetails) -> ConfigError:
    """What pydantic found, in words."""
    if fault["type"] == "extra_forbidden":
        return _unknown_field(model, fault["loc"])
    field = ".".join(str(part) for part in fault["loc"])
    got = "nothing" if fault["type"] == "missing" else json.dumps(fault["input"], default=repr)[:120]
    where = f"{field}: " if field else ""
    return ConfigError(f"{where}{fault['msg']}, got {got}.", field=field or None)


def _unknown_field(model: type[BaseModel], loc: tuple[int | str, ...]) -> ConfigError:
    """The error for a key that the (maybe nested) model does not have, proposing the nearest one."""
    owner: Any = model
    for part in loc[:-1]:
        info = getattr(owner, "model_fields", {}).get(part)
        owner = info.annotation if info is not None else None
    near = difflib.get_close_matches(str(loc[-1]), getattr(owner, "model_fields", {}), n=1)
    field = ".".join(str(part) for part in loc)
    return ConfigError(
        f"{field}: there is no such field.", field=field, hint=f"Did you mean '{near[0]}'?" if near else None
    )


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `over` on top; mappings are merged at every depth, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def parse_assignments(assignments: Iterable[str]) -> dict[str, Any]:
    """Turn `["a.b=1", "c=[2, 3]"]` into `{"a": {"b": 1}, "c": [2, 3]}`; values are read as YAML."""
    result: dict[str, Any] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        path = [part.replace("-", "_") for part in key.strip().split(".")]
        if not equals or not all(path):
            raise ConfigError(f"Expected key=value, got '{text}'.", field=key.strip() or None)
        try:
            nested: Any = read_yaml(value)
        except ConfigError as error:
            raise ConfigError(f"{key}: {error.message}", field=key) from error
        for part in reversed(path):
            nested = {part: nested}
        result = merge(result, nested)
    return result


def config_dir() -> Path:
    """The folder that holds presets and profiles: PADDOCK_CONFIG_DIR, or config/ of this checkout."""
    return Path(os.environ.get("PADDOCK_CONFIG_DIR") or Path(__file__).resolve().parents[2] / "config")


def read_config_file(path: Path) -> dict[str, Any]:
    """Read a YAML or JSON mapping from `path`; raises ConfigError that names the file."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_CONFIG_BYTES} bytes.")
        text = path.read_text()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: {error.reason} at byte {error.start}.") from error
    try:
        raw = read_yaml(text)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}", field=error.field) from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ConfigError(f"{path} must hold a mapping, got {type(raw).__name__}.")
    return raw
