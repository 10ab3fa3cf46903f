"""Players that are made of numbers, in files: the presets that are shipped, and those in this server's own folder.

A world that has such players says how its files are read. Those of a person lie in `players_dir`/<world>, to any depth;
nothing outside that folder is read, whatever a client asks for and wherever a link leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import NotFoundError
from python_training import registry
from python_training.contracts.config import config_dir
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.policy import MAX_PLAYER_NAME, PLAYER_SUFFIXES, NotAllowedError, Policy

MAX_LISTED = 200
"""More files than these are not offered; they can be played all the same."""


@dataclass(frozen=True, slots=True)
class TunedPlayer:
    """Such a player as a form offers it.

    Attributes:
        kind: whether it is a preset, a file, or a setting of a run that tunes it.
        name: of the preset, the file's path below the folder, or RUN:WHICH.
        summary: what its file says of it.
        fault: why it cannot be played, "" if it can.
    """

    kind: str
    name: str
    summary: str = ""
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The player as the JSON object that REST shows."""
        return {"kind": self.kind, "name": self.name, "summary": self.summary, "fault": self.fault}


class PlayerFiles:
    """Reads players of any world from their files. Holds no state.

    Args:
        players_dir: the server's own folder; it need not exist.
    """

    def __init__(self, players_dir: Path) -> None:
        self._root = players_dir
        self._policy = Policy(players_dir=str(players_dir))

    def list(self, world: registry.WorldEntry) -> Sequence[TunedPlayer]:
        """All players of `world` that files hold, presets first; a file that is no player says why."""
        if not world.read_tuned:
            return ()
        found = [_looked_at(world, "preset", path.stem, path) for path in _presets(world).values()]
        folder = self._root / world.name
        for path in self._files(folder):
            found.append(_looked_at(world, "file", path.relative_to(folder).as_posix(), path))
        return found

    def preset(self, world: registry.WorldEntry, name: str) -> dict[str, Any]:
        """What the preset `name` holds; raises UnknownNameError, ConfigError."""
        presets = _presets(world)
        if name not in presets:
            raise UnknownNameError.among(f"preset of {world.name}", name, presets, field="name")
        return _read(world, presets[name])

    def file(self, world: registry.WorldEntry, name: str) -> dict[str, Any]:
        """What the file `name` below the world's folder holds.

        Raises:
            NotFoundError: there is none that a client may name; nobody learns what lies outside of the folder.
            ConfigError: it is no player.
        """
        try:
            path = self._policy.player_file(world.name, name)
        except NotAllowedError:
            path = None
        if path is None:
            raise NotFoundError(
                f"There is no file '{name[:MAX_PLAYER_NAME]}' among the players of {world.name}.",
                field="path",
                hint="Name a YAML or JSON file by its path below this world's folder of players.",
            )
        return _read(world, path)

    def _files(self, folder: Path) -> Iterator[Path]:
        inside = folder.resolve()
        paths = sorted(path for path in folder.rglob("*") if path.suffix in PLAYER_SUFFIXES and path.is_file())
        for path in paths[:MAX_LISTED]:
            if path.resolve().is_relative_to(inside):
                yield path


def _presets(world: registry.WorldEntry) -> dict[str, Path]:
    if not world.read_tuned:
        raise ConfigError(f"'{world.name}' has no players made of numbers.", field="name")
    return {path.stem: path for path in sorted((config_dir() / "presets" / world.name).glob("*.yaml"))}


def _read(world: registry.WorldEntry, path: Path) -> dict[str, Any]:
    values: dict[str, Any] = registry.load(world.read_tuned)(path)
    return values


def _looked_at(world: registry.WorldEntry, kind: str, name: str, path: Path) -> TunedPlayer:
    try:
        summary = _read(world, path).get("options", {}).get("summary", "")
    except ConfigError as error:
        return TunedPlayer(kind, name, fault=error.message)
    return TunedPlayer(kind, name, summary)
