"""What is served: a player below a path, and how it looks."""

from __future__ import annotations

import colorsys
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.server.rungs import rungs

_PATH = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_CUSTOMISATION = re.compile(r"[a-z0-9-]{1,64}")
RESERVED: Final = ("start", "move", "end", "health")
"""Paths that mean something else below the root."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What GET / tells about a snake beside the API's version.

    Attributes:
        author: whoever owns the snake; services check it against their user's name.
        color: "#rrggbb", "" for one of the snake's own.
        head, tail: names of official customisations.
        version: of the config that plays.
    """

    author: str = "paddock"
    color: str = ""
    head: str = "default"
    tail: str = "default"
    version: str = ""


@dataclass(frozen=True, slots=True)
class ServedSnake:
    """A player below `/path/`.

    Attributes:
        path: of lower case letters, digits, - and _.
        rungs: the player itself, then the same at less and less effort; the last one answers at once.
        appearance: how it presents itself.
    """

    path: str
    rungs: tuple[Player, ...]
    appearance: Appearance

    def introduction(self) -> Mapping[str, str]:
        """The answer to GET /."""
        look = self.appearance
        return {
            "apiversion": "1",
            "author": look.author,
            "color": look.color or _color_of(self.path),
            "head": look.head,
            "tail": look.tail,
            "version": look.version,
        }


def served(players: Sequence[tuple[str, Player, Appearance]]) -> tuple[ServedSnake, ...]:
    """Snakes of players, each with what it was named with (a preset or a file); the first one also answers below /.

    Raises ConfigError for a name that makes no path, or twice the same one, and for looks that no service takes.
    """
    _check_paths([path_of(named) for named, _, _ in players])
    for _, _, look in players:
        check_appearance(look)
    return tuple(ServedSnake(path_of(named), rungs(player), look) for named, player, look in players)


def path_of(named: str) -> str:
    """The path of a preset, a file or a run's setting: its name without folder and ending."""
    return re.sub(r"[ .:]", "-", Path(named).stem.lower())


def _check_paths(paths: Sequence[str]) -> None:
    for i, path in enumerate(paths):
        if not _PATH.fullmatch(path) or path in RESERVED:
            raise ConfigError(
                f"config: expected a name of letters, digits, - and _ other than {', '.join(RESERVED)}, got '{path}'.",
                field="config",
            )
        if path in paths[:i]:
            raise ConfigError(f"config: two of them would be served below /{path}/.", field="config")


def check_appearance(look: Appearance) -> None:
    """Raise ConfigError unless services take it."""
    if look.color and not _COLOR.fullmatch(look.color.lower()):
        raise ConfigError(f"color: expected #rrggbb, got '{look.color}'.", field="color")
    for name in ("head", "tail"):
        value = getattr(look, name)
        if not _CUSTOMISATION.fullmatch(value):
            raise ConfigError(f"{name}: expected the name of a customisation, got '{value}'.", field=name)


def _color_of(path: str) -> str:
    """A strong colour that only depends on the path, so that several snakes of one server are told apart."""
    hue = hashlib.sha256(path.encode()).digest()[0] / 256
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.45, 0.75))
    return f"#{red:02x}{green:02x}{blue:02x}"
