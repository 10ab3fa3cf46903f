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
            dumped = yaml.safe_dump({name: value}, sort_keys=False, default_flow_style=None, width=WIDTH)
            lines += [indent + line for line in dumped.rstrip("\n").split("\n")]
    return lines
