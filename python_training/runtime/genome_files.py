"""Pilots from genome files, whoever bred them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_training import registry
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.player import Player
from python_training.environments.open_world import OpenWorld
from python_training.runtime.elites import MAX_GENOME_BYTES
from python_training.runtime.plain_file import json_object, read_plain_file


def read_genome_file(path: Path) -> dict[str, Any]:
    """The document in a genome file that a person names; raises ConfigError."""
    try:
        return json_object(path.name, read_plain_file(path.resolve(), MAX_GENOME_BYTES))
    except CheckpointError as error:
        raise ConfigError(error.message, field="genome") from None


def world_of(document: Mapping[str, Any]) -> str | None:
    """Name of the world that a genome says it was bred in, None if it says none that is Paddock's own."""
    metadata = document.get("metadata")
    named = metadata.get("env") if isinstance(metadata, Mapping) else None
    entry = registry.world(named) if isinstance(named, str) else None
    return entry.name if entry else None


def genome_pilot(document: Mapping[str, Any], world: OpenWorld, system: str | None = None) -> Player:
    """The pilot of a genome in `world`.

    Args:
        document: the genome's JSON.
        world: where it is going to fly.
        system: name of the training system whose genome it is; any that breeds some when None.

    Raises:
        ConfigError: it is no genome, or does not fit the world.
    """
    entries = [registry.system(system)] if system else list(registry.SYSTEMS.values())
    breeders = [entry for entry in entries if entry.genome]
    if not breeders:
        raise ConfigError(f"'{system}' breeds no genomes." if system else "No system breeds genomes.", field="genome")
    fault: ConfigError | None = None
    for entry in breeders:
        try:
            player: Player = registry.load(entry.genome)(document, world.envs.single_action_space)
        except ConfigError as error:
            fault = fault or error
        else:
            return player
    raise fault or ConfigError("No system knows such genomes.", field="genome")
