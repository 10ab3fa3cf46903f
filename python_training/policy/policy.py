"""The policy: what the names in a config (contracts.names) must be.

Whoever sits at the terminal is the operator, and may name anything. A config from the network may name what the
operator has listed in the server's settings, and what the operator's own presets name. The server checks every such
config before a run is made of it or changed; the worker of such a run is given the same policy through its environment,
and holds to it what only shows when a name is used: where a link, a file or a host leads.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Name, Names
from python_training.policy import addresses

ENVIRONMENT = "PADDOCK_NAME_POLICY"
"""The policy of a process that the server started for a config from the network, as JSON."""

PLAYER_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
MAX_PLAYER_NAME = 200
PACKAGED_MODEL = "smollm2"

_PLAIN = re.compile(r"[\w +-]{0,200}")
"""A text that is no path, no URL, no module and no address."""
_PATH_LIKE = ("/", "./", "../", "~")
ANYTHING, ANY_REST = "*", "*"


class NotAllowedError(ConfigError):
    """A config from the network names what the operator does not allow."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be named. Immutable; any number of threads may ask.

    Attributes:
        modules: modules that may be imported, "package.*" with all below it, "*" for any.
        commands: commands that may be run, word by word; "*" as the last word lets any words follow.
        paths: folders whose files may be named.
        players_dir: the folder of players; those of a world lie in a folder of its name.
        url_hosts: hosts whose URLs may be named: host:port, or host alone for ports 80 and 443.
        addresses: clusters that may be joined: host:port, or auto.
        networks: private networks, as CIDR, into which listed names may lead.
        repositories: git repositories that may be committed to.
        remotes: what may be pushed to.
        models: names and folders of language models.
        keys: environment variables that may be sent to listed hosts.
        admitted: (kind, value) of names of the operator's presets that one run may use beside; a command's value is
            its words as JSON.
        unrestricted: the terminal's: anything may be named.
    """

    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    players_dir: str = ""
    url_hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    admitted: tuple[tuple[str, str], ...] = ()
    unrestricted: bool = False

    def check(self, name: Name) -> None:
        """Raise NotAllowedError at the name's field unless it may be named."""
        if not self.allows(name.kind, name.value, world=name.world):
            raise self._refusal(name)

    def require(self, kind: Names, value: str | Sequence[str], field: str) -> None:
        """Raise NotAllowedError at `field` unless `value` may be named as one of `kind`."""
        self.check(Name(field, kind, value if isinstance(value, str) else tuple(value)))

    def allows(self, kind: Names, value: str | Sequence[str], *, world: str = "") -> bool:
        """Whether `value` may be named as one of `kind`."""
        if self.unrestricted or kind is Names.NOTHING or (kind.value, as_text(value)) in self.admitted:
            return True
        if kind is Names.COMMAND:
            return any(_fits(shlex.split(each), value) for each in self.commands)
        if not isinstance(value, str):
            return False
        match kind:
            case Names.MODULE:
                return ":" not in value or any(_covers(each, value.partition(":")[0]) for each in self.modules)
            case Names.PATH:
                return not value or _inside(value, self.paths)
            case Names.PLAYER:
                return self._allows_player(value, world)
            case Names.URL:
                return self._allows_url(value)
            case Names.ADDRESS:
                return self._allows_address(value)
            case Names.REPOSITORY:
                return not value or _same_folder(value, self.repositories)
            case Names.REMOTE:
                return value in self.remotes
            case Names.MODEL:
                return self._allows_model(value)
            case Names.KEY:
                return value in self.keys
            case Names.SETTINGS | Names.FREE:
                return _PLAIN.fullmatch(value) is not None
            case _:
                return False  # SERVER: no client fills that in

    def player_file(self, world: str, name: str) -> Path | None:
        """The file of the player `name` of `world`, None if `name` is not meant as a file; relative to players_dir.

        Raises:
            NotAllowedError: there is no such file among the players; the answer is the same whatever the reason.
        """
        if self.unrestricted or (Names.PLAYER.value, name) in self.admitted:
            path = Path(name)
            return path if path.suffix in PLAYER_SUFFIXES or path.is_file() else None
        if not _is_file_name(name):
            return None
        folder = Path(self.players_dir, world)
        if self.players_dir and 0 < len(name) <= MAX_PLAYER_NAME and name.isprintable():
            try:
                path = (folder / name).resolve()
                relative = not Path(name).is_absolute() and ".." not in Path(name).parts
                inside = relative and path.is_relative_to(folder.resolve())
                if inside and path.suffix in PLAYER_SUFFIXES and path.is_file():
                    return path
            except (OSError, RuntimeError):  # a circle of links, a part that is too long
                pass
        raise NotAllowedError(
            f"player: there is no file '{name[:MAX_PLAYER_NAME]}' among the players of {world}.",
            field="player",
            hint="Name a YAML or JSON file by its path below this world's folder of players.",
        )

    def reached(self, host: str, port: int) -> list[str]:
        """The addresses at which a host that may be named may be connected to; raises OSError if there are none."""
        return addresses.resolve(host, port, ("0.0.0.0/0", "::/0") if self.unrestricted else self.networks)

    def to_json(self) -> str:
        """The policy for the environment of another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        raw: Mapping[str, Any] = json.loads(text)
        known = {each.name for each in fields(cls)}
        lists = {
            name: tuple(tuple(each) if isinstance(each, list) else each for each in value)
            for name, value in raw.items()
            if name in known and isinstance(value, list)
        }
        return cls(**{**{name: value for name, value in raw.items() if name in known}, **lists})

    def admitting(self, names: Sequence[tuple[str, str]]) -> Policy:
        """The same policy for one run that may also use `names`, (kind, value) each."""
        return replace(self, admitted=tuple((kind, value) for kind, value in names))

    def _allows_player(self, value: str, world: str) -> bool:
        if "://" in value:
            return self._allows_url(value)
        try:
            self.player_file(world, value)
        except NotAllowedError:
            return False
        return True

    def _allows_url(self, value: str) -> bool:
        found = addresses.url_address(value)
        if found is None:
            return False
        usual = [addresses.DEFAULT_PORTS[value.partition(":")[0]]]
        return addresses.is_listed(*found, self.url_hosts, usual)

    def _allows_address(self, value: str) -> bool:
        if value in ("", "auto"):
            return not value or value in self.addresses
        found = addresses.host_port(value.removeprefix("ray://"))
        return found is not None and addresses.is_listed(*found, self.addresses)

    def _allows_model(self, value: str) -> bool:
        if ":" in value and not value.startswith(_PATH_LIKE):
            return self.allows(Names.MODULE, value)
        return (
            value == PACKAGED_MODEL
            or value in self.models
            or (value.startswith("/") and _inside(value, [each for each in self.models if each.startswith("/")]))
        )

    def _refusal(self, name: Name) -> NotAllowedError:
        if name.kind is Names.PLAYER and "://" not in name.value:
            shown = str(name.value)[:MAX_PLAYER_NAME]
            message = f"{name.field}: there is no file '{shown}' among the players of {name.world}."
            hint = "Name a YAML or JSON file by its path below this world's folder of players."
            return NotAllowedError(message, field=name.field, hint=hint)
        what, setting = _TOLD[name.kind]
        shown = as_text(name.value)[:120]
        hint = "Start the run with `paddock train`" + (f", or allow it with {setting}." if setting else ".")
        message = f"{name.field}: {what} '{shown}' may not be named by a config from the network."
        return NotAllowedError(message, field=name.field, hint=hint)


_TOLD = {
    Names.MODULE: ("the module of", "PADDOCK_ALLOWED_MODULES"),
    Names.PATH: ("the path", "PADDOCK_ALLOWED_PATHS"),
    Names.PLAYER: ("the server", "PADDOCK_ALLOWED_URL_HOSTS"),
    Names.URL: ("the address", "PADDOCK_ALLOWED_URL_HOSTS"),
    Names.COMMAND: ("the command", "PADDOCK_ALLOWED_COMMANDS"),
    Names.ADDRESS: ("the cluster", "PADDOCK_ALLOWED_ADDRESSES"),
    Names.REPOSITORY: ("the repository", "PADDOCK_ALLOWED_REPOSITORIES"),
    Names.REMOTE: ("a push to", "PADDOCK_ALLOWED_REMOTES"),
    Names.MODEL: ("the model", "PADDOCK_ALLOWED_MODELS"),
    Names.KEY: ("the variable", "PADDOCK_ALLOWED_KEYS"),
    Names.SERVER: ("what only the server fills in,", ""),
    Names.SETTINGS: ("the text", ""),
    Names.FREE: ("the text", ""),
}

UNRESTRICTED = Policy(unrestricted=True)
"""The terminal's."""

NOTHING_ALLOWED = Policy()
"""What holds where the operator has listed nothing."""


def in_force() -> Policy:
    """The policy of this process: what the server has put into its environment, else the terminal's."""
    return _read(os.environ.get(ENVIRONMENT, ""))


@lru_cache(maxsize=4)
def _read(text: str) -> Policy:
    return Policy.from_json(text) if text else UNRESTRICTED


def as_text(value: str | Sequence[str]) -> str:
    """A name's value as one text; the words of a command as JSON."""
    return value if isinstance(value, str) else json.dumps(list(value))


def _fits(entry: Sequence[str], words: str | Sequence[str]) -> bool:
    """Whether a command is the one that an entry allows."""
    if isinstance(words, str) or not entry:
        return False
    if entry[-1] == ANY_REST:
        return list(words[: len(entry) - 1]) == list(entry[:-1])
    return list(words) == list(entry)


def _covers(entry: str, module: str) -> bool:
    """Whether an entry of `modules` means `module`."""
    if entry == ANYTHING:
        return True
    package = entry.removesuffix(".*")
    return module == package or (entry.endswith(".*") and module.startswith(f"{package}."))


def _inside(value: str, folders: Sequence[str]) -> bool:
    """Whether an absolute path lies in one of `folders`, wherever links lead."""
    path = _resolved(value)
    return path is not None and any(path.is_relative_to(Path(folder).resolve()) for folder in folders)


def _same_folder(value: str, folders: Sequence[str]) -> bool:
    path = _resolved(value)
    return path is not None and any(path == Path(folder).resolve() for folder in folders)


def _resolved(value: str) -> Path | None:
    """Where an absolute path leads, None for any other text."""
    try:
        return Path(value).resolve() if value.startswith("/") and "\0" not in value else None
    except (OSError, RuntimeError):
        return None


def _is_file_name(name: str) -> bool:
    """Whether a player's name is meant as a file: registered names are plain words."""
    return Path(name).suffix in PLAYER_SUFFIXES or not _PLAIN.fullmatch(name)
