"""Holds every config that comes from the network against what the operator allows it to name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from python_training import policy, presets, registry
from python_training.contracts.config import SystemConfig, validate
from python_training.contracts.errors import ConfigError, PaddockError
from python_training.contracts.names import Name, names_in
from python_training.policy import Policy, as_text

Admitted = tuple[tuple[str, str], ...]
"""(kind, value) of names that a run may use though the settings do not list them."""


class Parent:
    """What a run that is forked may name.

    Attributes:
        names: of a run from a terminal, all names of its config.
        admitted: of a run from the network, what it was admitted with.
    """

    def __init__(self, config: SystemConfig, admitted: Admitted | None) -> None:
        self.names: set[Name] = set(names_in(config)) if admitted is None else set()
        self.admitted: Admitted = admitted or ()

    @property
    def pairs(self) -> Admitted:
        """(kind, value) of all of them."""
        return (*((name.kind.value, as_text(name.value)) for name in self.names), *self.admitted)


class Admission:
    """The one place that a config from the network passes. Holds no state; safe to use from several threads.

    What the operator has named may be named again in the same field: in a preset, or in a run from a terminal.

    Args:
        allowed: what the operator's settings allow.
    """

    def __init__(self, allowed: Policy) -> None:
        self._policy = allowed

    def config(
        self, system: str, config: Mapping[str, Any], preset: str | None = None, parent: Parent | None = None
    ) -> Admitted:
        """Check the complete config of a new run; returns the names that it owes to a preset or to its `parent`.

        Args:
            system: training system of the run.
            config: it, with the preset's fields and, of a fork, the parent's.
            preset: name of the preset it was made of.
            parent: of a fork, what the parent may name.

        Raises:
            NotAllowedError: it names something that is not allowed; `field` says where.
            ConfigError, UnknownNameError: it is no config of that system.
        """
        model = validate(registry.system(system).config_class(), config)
        operators = _of_presets(system, config, preset) | (parent.names if parent else set())
        owed: dict[tuple[str, str], None] = {}
        for name in names_in(model):
            pair = (name.kind.value, as_text(name.value))
            if self._policy.allows(name.kind, name.value, world=name.world):
                continue
            if not (_is_among(name, operators) or (parent and pair in parent.admitted)):
                self._policy.check(name)
            owed[pair] = None
        return tuple(owed)

    def changes(self, config: SystemConfig, changes: Mapping[str, Any]) -> None:
        """Check what a live run with `config` is told to change: it may come to name nothing that is not allowed.

        A value that does not fit its field is left to the worker, which refuses it on the record.
        """
        try:
            changed = config.changed(changes)
        except ConfigError:
            return
        self._check_new(changed, set(names_in(config)))

    def world(self, model: type[BaseModel], config: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> None:
        """Check a world's config for a session, less what the config `known` has; raises as `config` does."""
        before = set(names_in(validate(model, dict(known)))) if known else set()
        self._check_new(validate(model, dict(config)), before)

    def body(self, body: BaseModel) -> None:
        """Check whatever else comes from the network, such as a recording; raises NotAllowedError."""
        self._check_new(body, set())

    def _check_new(self, model: BaseModel, before: set[Name]) -> None:
        for name in names_in(model):
            if not _is_among(name, before):
                self._policy.check(name)


NOTHING_ALLOWED = Admission(policy.NOTHING_ALLOWED)
"""Admits what names nothing outside of Paddock, and the operator's presets."""


def _of_presets(system: str, config: Mapping[str, Any], preset: str | None) -> set[Name]:
    """Names that the operator's presets and the defaults have, for a config of that world and preset."""
    model, env = registry.system(system).config_class(), config.get("env")
    found: set[Name] = set()
    for given in ({}, {"env": env} if isinstance(env, str) else {}):
        try:
            names: Iterable[Name] = list(names_in(validate(model, presets.resolve(system, given, preset))))
        except PaddockError:  # a preset that does not fit by itself names nothing for others
            continue
        found |= {name for name in names if name.field not in given}
    return found


def _is_among(name: Name, known: set[Name]) -> bool:
    """Whether a name is one of `known` in its own field. What had no effect there has not been allowed one here."""
    return name in known or (not name.used and replace(name, used=True) in known)
