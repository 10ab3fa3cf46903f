"""Players that are made of numbers, for games that are recorded with them: file to document, document to player."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.players.player_file import PlayerOptions, heuristic, read_unquoted
from python_training.simulators.battlesnake.players.players import Player


def read_tuned(path: Path) -> dict[str, Any]:
    """What a player's file holds, as JSON: `{values, options}`; raises ConfigError that quotes nothing of it."""
    read = read_unquoted(path)
    return {"values": dict(read.values), "options": asdict(read.options)}


def tuned(document: Mapping[str, Any], name: str, config: Any) -> Any:
    """The player of what `read_tuned` gave, for an environment; raises ConfigError that names the field."""
    from python_training.simulators.battlesnake.players.scripted import (
        CompiledPlayer,  # kernels: only a session needs them
    )

    return CompiledPlayer(of_document(document, name))


def of_document(document: Mapping[str, Any], name: str) -> Player:
    """The player of what `read_tuned` gave, for games; raises ConfigError that names the field."""
    values, options = document.get("values"), document.get("options", {})
    if not isinstance(values, Mapping) or not isinstance(options, Mapping):
        raise ConfigError(f"tuned: expected values and options, got {sorted(document)}.", field="tuned")
    try:
        chosen = PlayerOptions(**options)
    except TypeError:
        raise ConfigError(f"tuned.options: unknown option among {sorted(options)}.", field="tuned") from None
    return heuristic(values, name, chosen)
