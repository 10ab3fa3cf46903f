"""What the objective of Battlesnake can be told. Light to import."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from python_training.contracts.config import StrictModel
from python_training.contracts.names import Names, PlayerOf
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.rules.modes import DEFAULT_TIMEOUT_MS

_MOST_OPPONENTS = 20


class BattlesnakeObjectiveSettings(StrictModel):
    """Which player is tuned, in which games, and whom it must not lose ground to."""

    player: Annotated[str, PlayerOf("battlesnake")] = Field(
        default="training",
        max_length=4096,
        description="Preset or file of the heuristic player that tuning begins with. Its options hold for all settings "
        "that are tried; with MCTS off, hybrid.mcts_iterations and hybrid.mcts_timeout_ms change nothing.",
    )
    use_mcts: bool | None = Field(
        default=None, description="Whether late duels are searched with MCTS, which is slow; null: as the player says."
    )
    tune: Annotated[tuple[str, ...], Names.NOTHING] = Field(
        default=(),
        max_length=len(PARAMETERS),
        description="Parameters or sections to tune, e.g. weights or traps.severe; empty: all.",
    )
    opponents: Annotated[tuple[str, ...], PlayerOf("battlesnake")] = Field(
        default=("hungry", "space-filler", "hunter", "territorial"),
        max_length=_MOST_OPPONENTS,
        description="Fixed opponents: scripted players, presets, files, or Battlesnake servers by http(s):// URL.",
    )
    game: BattlesnakeConfig = Field(default=BattlesnakeConfig(), description="The games; always duels.")
    timeout_ms: int = Field(
        default=DEFAULT_TIMEOUT_MS, ge=10, le=60_000, description="What a server among the opponents has for a move."
    )
