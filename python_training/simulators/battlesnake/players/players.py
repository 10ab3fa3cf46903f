"""Players by name. Light to import: a player is a policy's number and its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import UnknownNameError

RANDOM_SAFE, HUNGRY, SPACE_FILLER, HUNTER, TERRITORIAL, HEURISTIC = range(6)
"""Numbers of the compiled policies (`policies.decide`)."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who plays: which policy, and the row of parameters that it reads."""

    name: str
    policy: int
    parameters: tuple[float, ...] = ()


def _scripted(
    name: str,
    policy: int,
    *,
    appetite: float = 0.0,
    danger: float = 0.0,
    chase: float = 0.0,
    territory: float = 0.0,
    rivals: float = 0.0,
    cramped: float = 0.0,
) -> Player:
    """A scripted player.

    Args:
        name: what people call it.
        policy: its number.
        appetite: health below which food comes first.
        danger: price of a cell that a head of at least the own length can reach.
        chase: price of each step to a shorter head; for territorial, reward of a cell that such a head can reach.
        territory: worth of a cell that the snake reaches first.
        rivals: price of a cell that another one reaches first.
        cramped: price of each cell that the room ahead lacks of the own length.
    """
    return Player(name, policy, (appetite, danger, chase, territory, rivals, cramped))


SCRIPTED: Final = {
    player.name: player
    for player in (
        _scripted("random-safe", RANDOM_SAFE),
        _scripted("hungry", HUNGRY, appetite=97.0),
        _scripted("space-filler", SPACE_FILLER, appetite=98.0, danger=3.0),
        _scripted("hunter", HUNTER, appetite=50.0, danger=15.0, chase=1.0),
        _scripted(
            "territorial", TERRITORIAL, appetite=40.0, danger=60.0, chase=10.0, territory=1.0, rivals=1.0, cramped=20.0
        ),
    )
}
"""The scripted players, weakest first."""


def player(name: str) -> Player:
    """The player called `name`; raises UnknownNameError with the nearest spelling."""
    try:
        return SCRIPTED[name.replace("_", "-")]
    except KeyError:
        raise UnknownNameError.among("Battlesnake player", name, SCRIPTED, field="player") from None


def tables(players: Sequence[Player]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Policies (P,) and parameters (P, K) of several players, rows filled up with zeros to the longest."""
    widest = max(1, *(len(each.parameters) for each in players)) if players else 1
    parameters = np.zeros((len(players), widest), dtype=np.float64)
    for row, each in zip(parameters, players, strict=True):
        row[: len(each.parameters)] = each.parameters
    return np.array([each.policy for each in players], dtype=np.int64), parameters
