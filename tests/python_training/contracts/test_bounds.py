"""Nothing that a config may say is without an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, Field

from python_training import registry
from python_training.contracts.bounds import MAX_FLOAT, MAX_INTEGER, MAX_TEXT
from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import ConfigError

_BOTH = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
ENDS = {
    "integer": _BOTH,
    "number": _BOTH,
    "string": (("maxLength", "pattern"),),
    "array": (("maxItems",),),
    "object": (("maxProperties",),),
}


def unbounded(
    schema: dict[str, Any], defs: dict[str, Any], path: str = "", seen: tuple[str, ...] = ()
) -> Iterator[str]:
    """Where a JSON Schema lets a number, text, list or mapping be as large as it likes."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from unbounded(defs[name], defs, path, (*seen, name))
        return
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from unbounded(choice, defs, path, seen)
    if "enum" in schema or "const" in schema:
        return
    kind, free = schema.get("type"), schema.get("additionalProperties")
    ends = ENDS.get(str(kind), ()) if kind != "object" or free not in (None, False) else ()
    if not all(any(name in schema for name in end) for end in ends):
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from unbounded(part, defs, f"{path}.{name}", seen)
    for part in (free, schema.get("items"), *schema.get("prefixItems", ())):
        if isinstance(part, dict):
            yield from unbounded(part, defs, f"{path}[]", seen)


MODELS = {
    **{name: entry.config_class() for name, entry in registry.SYSTEMS.items()},
    **{name: registry.load(entry.config) for name, entry in registry.WORLDS.items()},
}


@pytest.mark.parametrize("name", MODELS)
def test_every_field_of_every_system_and_world_is_bounded(name: str) -> None:
    """Numbers at both ends, texts, lists and mappings in length, at every depth."""
    schema = MODELS[name].model_json_schema()
    assert list(unbounded(schema, schema.get("$defs", {}))) == []


def test_what_a_client_may_send_is_bounded() -> None:
    """Parameters of paths and queries, and bodies, as the OpenAPI document has them."""
    from backend.api.openapi import new_app

    document = new_app().api_doc
    defs = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                assert list(unbounded(parameter["schema"], defs)) == [], (path, parameter["name"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert list(unbounded(content["schema"], defs)) == [], path


class _Loose(StrictModel):
    """Fields that name no bounds, and some that do."""

    count: int = 0
    share: float | None = None
    name: str = ""
    sizes: tuple[float, ...] = ()
    at_most_two: int = Field(0, le=2)
    rest: dict[str, Any] = Field(default_factory=dict)


@pytest.mark.parametrize(
    "raw",
    [
        {"count": MAX_INTEGER + 1},
        {"count": -MAX_INTEGER - 1},
        {"share": 2 * MAX_FLOAT},
        {"name": "x" * (MAX_TEXT + 1)},
        {"sizes": [1.0, -2 * MAX_FLOAT]},
        {"at_most_two": 3},
        {"at_most_two": -MAX_INTEGER - 1},
        {"rest": {str(number): 0 for number in range(10_001)}},
    ],
)
def test_the_usual_bounds_hold_where_a_field_has_none(raw: dict[str, Any]) -> None:
    """They are checked, and not only written into the schema."""
    with pytest.raises(ConfigError):
        validate(_Loose, raw)


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("ppo", {"num_envs": 4096, "rollout_length": 65_536}, ("num_envs", "rollout_length")),
        ("ppo", {"actor_fc_layers": [8192] * 8}, ("actor_fc_layers",)),
        ("ppo", {"value_fc_layers": [64] * 100}, ("value_fc_layers",)),
        ("neat", {"pop_size": 10_000, "bouts": 1000}, ("pop_size", "bouts")),
        ("neat", {"env_config": {"sim_duration": 3600, "sim_dt": 1e-4}}, ("sim_duration", "sim_dt")),
        ("tuner", {"games": 100_000, "parallel_configs": 64}, ("games", "parallel_configs")),
        ("lunabotics", {"world_width": 1e9}, ("world_width",)),
        ("arena", {"sim_duration": 3600, "sim_dt": 1e-4}, ("sim_duration", "sim_dt")),
        ("arena", {"sim_dt": 1e-300}, ("sim_dt",)),
    ],
)
def test_sizes_that_would_fill_the_memory_are_refused(name: str, raw: dict[str, Any], told: tuple[str, ...]) -> None:
    """The error names every field that makes the size."""
    model: type[BaseModel] = MODELS[name]
    with pytest.raises(ConfigError) as caught:
        validate(model, raw)
    assert all(field in caught.value.message for field in told), caught.value.message
