"""Any genome as a pilot, whoever bred it: what games and sessions call by the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.environments.actions import actions_of
from python_training.systems.neat.genome_json import from_dict
from python_training.systems.neat.policy import GenomePlayer


def genome_pilot(document: Mapping[str, Any], action_space: Any) -> GenomePlayer:
    """The pilot of a genome's JSON, ours or neat-python's export, for a world with this action space.

    Raises:
        ConfigError: it is no genome, or not one for such actions; the message names the field.
    """
    return GenomePlayer(from_dict(document), actions_of(action_space, zero="least"))
