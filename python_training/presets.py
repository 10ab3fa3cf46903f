"""Presets: named configs in config/presets/<system>/*.yaml that a run can start from.

A preset file is a YAML mapping `{title, summary, config}`. A preset whose name is that of a world (or whose file name
is a Gymnasium id with "/" written as "-") is also the starting point of every run that names this world as its `env`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from python_training import registry
from python_training.contracts.config import config_dir, merge, read_config_file
from python_training.contracts.errors import ConfigError, UnknownNameError


@dataclass(frozen=True, slots=True)
class Preset:
    """A named, partial config of one system."""

    name: str
    title: str
    summary: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The preset as the JSON object that REST shows."""
        return {"name": self.name, "title": self.title, "summary": self.summary, "config": dict(self.config)}


def presets(system: str) -> tuple[Preset, ...]:
    """All presets of `system`, by name; raises ConfigError for a file that is not a preset."""
    found = []
    for path in sorted((config_dir() / "presets" / system).glob("*.yaml")):
        raw = read_config_file(path)
        unknown = set(raw) - {"title", "summary", "config"}
        if unknown or not isinstance(raw.get("config", {}), Mapping):
            raise ConfigError(f"{path.name} must hold title, summary and a config mapping, got {sorted(raw)}.")
        found.append(Preset(path.stem, raw.get("title", path.stem), raw.get("summary", ""), raw.get("config", {})))
    return tuple(found)


def resolve(system: str, config: Mapping[str, Any], preset: str | None = None) -> dict[str, Any]:
    """`config` on top of the preset it builds on: the one named, else the one of its (or the default) `env`, else none.

    Raises:
        UnknownNameError: there is no such system, or no preset of that name.
        ConfigError: a preset file is not what it should be.
    """
    model = registry.system(system).config_class()
    by_name = {each.name: each for each in presets(system)}
    if preset is not None:
        if preset not in by_name:
            raise UnknownNameError.among("preset", preset, by_name, field="preset")
        return merge(by_name[preset].config, config)
    env = config.get("env") or (model.model_fields["env"].default if "env" in model.model_fields else None)
    if not isinstance(env, str):
        return dict(config)
    world = registry.world(env)
    base = by_name.get(world.name if world else env.replace("/", "-"))
    return merge(base.config, config) if base else dict(config)
