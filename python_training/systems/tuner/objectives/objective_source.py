"""Finds the objective that a config names. Light to import: the objective itself is imported when it is opened."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.objective import Objective

BUILT_IN = {
    "shell": "python_training.systems.tuner.objectives.shell:ShellObjective",
    "preset": "python_training.systems.tuner.objectives.preset:PresetObjective",
}
BUILT_IN_SETTINGS = {
    "shell": "python_training.systems.tuner.objectives.shell:ShellSettings",
    "preset": "python_training.systems.tuner.objectives.preset:PresetSettings",
}
_CLASS = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def objective_names() -> list[str]:
    """All short names: worlds whose players have parameters, and what is built in here."""
    return [*(entry.name for entry in registry.WORLDS.values() if entry.objective), *BUILT_IN]


def check_objective(name: str) -> None:
    """Raise UnknownNameError unless `name` is a short name or looks like "module:Class"; imports nothing."""
    if name not in objective_names() and not _CLASS.fullmatch(name):
        raise UnknownNameError.among("objective", name, objective_names(), field="objective")


def objective_settings(name: str, settings: Mapping[str, Any]) -> BaseModel | None:
    """`settings` as the model of the objective called `name`, None for an objective of somebody's own; opens nothing.

    Raises:
        ConfigError, UnknownNameError: they do not fit; `field` is called `objective_config.<name>`.
    """
    world = registry.world(name)
    target = BUILT_IN_SETTINGS.get(name) or (world.objective_settings if world else "")
    if not target:
        return None
    try:
        model: type[BaseModel] = registry.load(target)
        return validate(model, dict(settings))
    except ConfigError as error:
        raise error.within("objective_config") from None


def open_objective(name: str, settings: Mapping[str, Any]) -> Objective:
    """The objective called `name`, built with `settings` for one thread.

    Raises:
        UnknownNameError: there is no such objective.
        ConfigError: the class is none, is not allowed here, or refuses the settings; `field` names them.
    """
    check_objective(name)
    world = registry.world(name)
    target = BUILT_IN.get(name) or (world.objective if world else "")
    if target:
        made: type = registry.load(target)
    else:
        from python_training.systems.tuner.objectives.outside_code import load_class

        made = load_class(name, "objective")
        _require(made, ("start", "play", "close"), name)  # before anything of it is called
    try:
        opened: Objective = made(settings, threads=1)
    except (ConfigError, UnknownNameError) as error:
        field = f"objective_config.{error.field}" if error.field else "objective_config"
        raise type(error)(f"objective_config: {error.message}", field=field, hint=error.hint) from error
    _require(opened, ("parameters", "opponents"), name)
    return opened


def _require(owner: object, parts: Sequence[str], name: str) -> None:
    missing = [part for part in parts if not hasattr(owner, part)]
    if missing:
        raise ConfigError(f"objective: {name} lacks {', '.join(missing)}.", field="objective")


def starting_values(objective: Objective, changes: Mapping[str, float]) -> dict[str, float]:
    """The objective's start with `changes` on top; raises UnknownNameError or ConfigError for one amiss."""
    known = {parameter.name: parameter for parameter in objective.parameters}
    for name, value in changes.items():
        if name not in known:
            raise UnknownNameError.among("parameter", name, known, field=f"start.{name}")
        parameter = known[name]
        whole = "a whole number" if parameter.integer else "a number"
        if not parameter.low <= value <= parameter.high or (parameter.integer and value != int(value)):
            raise ConfigError(
                f"start.{name}: expected {whole} from {parameter.low:g} to {parameter.high:g}, got {value:g}.",
                field=f"start.{name}",
            )
    return {name: float(value) for name, value in {**objective.start(), **changes}.items()}
