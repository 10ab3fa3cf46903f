"""What can be trained, with which settings and where: read from the registry, so a new system needs no line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from backend.services.admission import NOTHING_ALLOWED, Admission
from backend.services.player_files import PlayerFiles, TunedPlayer
from backend.services.run_settings import RunSettings
from python_training import presets, registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.games import GameSpec
from python_training.contracts.metrics import MetricSpec, StepUnit


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """A training system as a form can be drawn of it.

    Attributes:
        config_schema: JSON Schema of its config; fields that may change while a run goes on have `"live": true`.
        defaults: the config as it is when nothing is said.
        metrics: what a run with these defaults may emit.
        unit: what its steps are to people.
    """

    name: str
    title: str
    summary: str
    config_schema: dict[str, Any]
    defaults: dict[str, Any]
    presets: Sequence[presets.Preset]
    metrics: Sequence[MetricSpec]
    unit: StepUnit
    hidden: bool

    def to_dict(self) -> dict[str, Any]:
        """The system as the JSON object that REST shows."""
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "config_schema": self.config_schema,
            "defaults": self.defaults,
            "presets": [preset.to_dict() for preset in self.presets],
            "metrics": [spec.to_dict() for spec in self.metrics],
            "unit": self.unit.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class WorldInfo:
    """A world, its config, who can play in it without having learned, and what it calls observations and actions.

    Attributes:
        tuned: further players, from files and from runs that tune them.
        nudges: its pilots can be nudged.
        game: how it is played as a game, None if it is none.
    """

    name: str
    title: str
    env_id: str
    config_schema: dict[str, Any]
    defaults: dict[str, Any]
    players: Sequence[str]
    tuned: Sequence[TunedPlayer]
    nudges: bool
    game: GameSpec | None
    inputs: Sequence[str]
    outputs: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """The world as the JSON object that REST shows."""
        return {
            "name": self.name,
            "title": self.title,
            "env_id": self.env_id,
            "config_schema": self.config_schema,
            "defaults": self.defaults,
            "players": list(self.players),
            "tuned": [player.to_dict() for player in self.tuned],
            "nudges": self.nudges,
            "game": self.game.to_dict() if self.game else None,
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
        }


class Systems:
    """Training systems and worlds of the registry. Holds no state; importing a config is cached by Python."""

    def __init__(self, files: PlayerFiles, settings: RunSettings, admission: Admission = NOTHING_ALLOWED) -> None:
        self._admission = admission
        self._files = files
        self._settings = settings

    def list(self, *, hidden: bool = False) -> list[SystemInfo]:
        """All systems, those for tests only with `hidden`."""
        return [self.get(entry.name) for entry in registry.SYSTEMS.values() if hidden or not entry.hidden]

    def get(self, name: str) -> SystemInfo:
        """One system; raises UnknownNameError."""
        entry = registry.system(name)
        model = entry.config_class()
        defaults = validate(model, {})
        return SystemInfo(
            name=entry.name,
            title=entry.title,
            summary=entry.summary,
            config_schema=model.model_json_schema(),
            defaults=defaults.model_dump(mode="json"),
            presets=presets.presets(name),
            metrics=entry.metric_specs(defaults),
            unit=entry.unit,
            hidden=entry.hidden,
        )

    def worlds(self) -> Sequence[WorldInfo]:
        """All worlds."""
        return [
            _world(entry, (*self._settings.list(entry), *self._files.list(entry))) for entry in registry.WORLDS.values()
        ]

    def check(self, name: str, config: dict[str, Any], preset: str | None = None) -> dict[str, Any]:
        """The complete config that a run with `config` would have; raises what `Runs.create` does."""
        model, resolved = registry.system(name).config_class(), presets.resolve(name, config, preset)
        self._admission.config(name, resolved, preset)
        return validate(model, resolved).model_dump(mode="json")


def _world(entry: registry.WorldEntry, tuned: Sequence[TunedPlayer]) -> WorldInfo:
    model = registry.load(entry.config)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise ConfigError(f"The registry's config of world '{entry.name}' must be a pydantic model, got {model!r}.")
    return WorldInfo(
        name=entry.name,
        title=entry.title,
        env_id=entry.env_id,
        config_schema=model.model_json_schema(),
        defaults=validate(model, {}).model_dump(mode="json"),
        players=tuple(entry.players),
        tuned=tuned,
        nudges=bool(entry.nudges),
        game=registry.load(entry.game) if entry.game else None,
        inputs=registry.load(entry.inputs) if entry.inputs else (),
        outputs=registry.load(entry.outputs) if entry.outputs else (),
    )
