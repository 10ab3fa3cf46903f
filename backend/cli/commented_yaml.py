"""A config as YAML with the meaning of every field above it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel

WIDTH = 100


def commented(model: type[BaseModel], values: Mapping[str, Any]) -> str:
    """`values` of `model` as YAML, each field under its description; nested models likewise, indented."""
    return "\n".join(_lines(model, values, "")) + "\n"


def _lines(model: type[BaseModel], values: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in values.items():
        info = model.model_fields.get(name)
        if info is not None and info.description:
            lines += textwrap.wrap(
                info.description, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "
            )
        nested = info.annotation if info is not None else None
        if isinstance(nested, type) and issubclass(nested, BaseModel) and isinstance(value, Mapping):
            lines += [f"{indent}{name}:", *_lines(nested, value, indent + "  ")]
        else:
            lines += [indent + line for line in _dumped(name, value)]
    return lines


def _dumped(name: str, value: Any) -> list[str]:
    """A mapping over several lines, anything else on one: lists of layer sizes read better so."""
    if isinstance(value, Mapping) and value:
        return yaml.safe_dump({name: dict(value)}, sort_keys=False).rstrip("\n").split("\n")
    flow = yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("...\n").strip()
    return [f"{name}: {flow}"]
