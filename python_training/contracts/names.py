"""What a config names outside of itself: modules, paths, URLs, commands, addresses.

Each field that holds text declares to which of these kinds it belongs, in its type:
`folder: Annotated[str, Names.PATH]`. A policy (python_training.policy) holds what a config from the network names
against what the operator allows. Light to import.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel


class Names(StrEnum):
    """The kinds. A field's kind holds for every text in it, at any depth."""

    NOTHING = "nothing"
    """Text that is shown, or looked up by equality among what is in memory or registered."""
    MODULE = "module"
    """"module:Attribute" is imported; without a colon it is a registered name, or empty."""
    PATH = "path"
    """A file or a folder of this machine; empty for none."""
    PLAYER = "player"
    """A player of a world: its registered name, a file, or the URL of a server."""
    URL = "url"
    """http(s)://host[:port]/path."""
    COMMAND = "command"
    """A program and its arguments, as a list."""
    ADDRESS = "address"
    """[scheme://]host:port of a cluster; auto; or empty for none."""
    REPOSITORY = "repository"
    """A git repository of this machine that is committed to; empty for the run's own."""
    REMOTE = "remote"
    """What git pushes to: the name of a remote, or its URL."""
    MODEL = "model"
    """A language model: packaged, by its name on a hub, a path, or module:Class."""
    KEY = "key"
    """An environment variable whose content is sent to a server."""
    SERVER = "server"
    """Filled in by the server itself, never by a client."""
    SETTINGS = "settings"
    """A free mapping. `StrictModel.settings_models` says which model reads it; where none does, its texts are plain
    words when they come from the network."""
    FREE = "free"
    """Not declared: text of a system or world that somebody added. Plain words when they come from the network."""


@dataclass(frozen=True, slots=True)
class PlayerOf:
    """The kind PLAYER, of the world that is named."""

    world: str


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a config.

    Attributes:
        field: dotted path of the field, with the number of an item.
        kind: what is named.
        value: the text; of a COMMAND the list of its words; of a REMOTE that is not pushed to, still the text.
        used: whether it has an effect beside the config's other values.
        world: whose player it is, of a PLAYER.
    """

    field: str
    kind: Names
    value: str | tuple[str, ...]
    used: bool = True
    world: str = ""


def names_in(config: BaseModel, prefix: str = "", *, used: bool = True) -> Iterator[Name]:
    """Every name that `config` holds, in the order of its fields; raises ConfigError for settings that do not fit."""
    models = config.settings_models() if hasattr(config, "settings_models") else {}
    unused = config.unused_names() if hasattr(config, "unused_names") else frozenset()
    for name, info in type(config).model_fields.items():
        field, value, in_use = f"{prefix}{name}", getattr(config, name), used and name not in unused
        mark = _mark(info.metadata) or _inner_mark(info.annotation)
        kind = _kind(mark)
        if models.get(name) is not None:
            yield from names_in(models[name], f"{field}.", used=in_use)
        elif kind is Names.COMMAND:
            yield Name(field, kind, tuple(value), in_use)
        else:
            yield from _names_of(value, kind, field, in_use, mark.world if isinstance(mark, PlayerOf) else "")
    for name, value in (config.model_extra or {}).items():
        yield from _names_of({name: value}, None, prefix.rstrip("."), used, "")


def _names_of(value: Any, kind: Names | None, field: str, used: bool, world: str) -> Iterator[Name]:
    """The names of one field's value."""
    if isinstance(value, BaseModel):
        yield from names_in(value, f"{field}.", used=used)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _names_of(key, kind, field, used, world)
            yield from _names_of(each, kind, f"{field}.{key}" if field else str(key), used, world)
    elif isinstance(value, Sequence | Set) and not isinstance(value, str | bytes):
        for index, each in enumerate(value):
            yield from _names_of(each, kind, f"{field}.{index}", used, world)
    elif value is not None and not isinstance(value, bool | int | float | Enum):
        shown = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        yield Name(field, kind or Names.FREE, shown, used, world)


def undeclared(model: type[BaseModel]) -> list[str]:
    """Dotted paths of the fields of `model`, at any depth, that can hold text and do not declare what it names."""
    return list(dict.fromkeys(_undeclared(model, "", frozenset())))


def _undeclared(model: type[BaseModel], prefix: str, above: frozenset[type[BaseModel]]) -> Iterator[str]:
    if model.model_config.get("extra") == "allow":
        extra = get_type_hints(model, include_extras=True).get("__pydantic_extra__", Any)
        yield from _undeclared_type(get_args(extra)[1] if get_args(extra) else extra, f"{prefix}*", above)
    for name, info in model.model_fields.items():
        if _mark(info.metadata) is None:
            yield from _undeclared_type(info.annotation, f"{prefix}{name}", above | {model})


def _undeclared_type(annotation: Any, field: str, above: frozenset[type[BaseModel]]) -> Iterator[str]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        if _mark(arguments[1:]) is None:
            yield from _undeclared_type(arguments[0], field, above)
    elif origin in (Union, types.UnionType) or (
        isinstance(origin, type) and issubclass(origin, Sequence | Set | Mapping)
    ):
        for each in arguments:
            yield from _undeclared_type(each, field, above)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in above:
            yield from _undeclared(annotation, f"{field}.", above)
    elif not _is_closed(annotation):
        yield field


def _is_closed(annotation: Any) -> bool:
    """Whether a type has no texts but those that the program lists."""
    if annotation in (None, Ellipsis) or get_origin(annotation) is Literal:
        return True
    return isinstance(annotation, type) and issubclass(annotation, bool | int | float | Enum | types.NoneType)


def _mark(metadata: Sequence[Any]) -> Names | PlayerOf | None:
    return next((each for each in metadata if isinstance(each, Names | PlayerOf)), None)


def _inner_mark(annotation: Any) -> Names | PlayerOf | None:
    """The declaration within a type, as in `tuple[Annotated[str, Names.URL], ...]`; None if there is not just one."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _mark(arguments[1:]) or _inner_mark(arguments[0])
    found = {mark for each in arguments if (mark := _inner_mark(each)) is not None}
    return found.pop() if len(found) == 1 else None


def _kind(mark: Names | PlayerOf | None) -> Names | None:
    return Names.PLAYER if isinstance(mark, PlayerOf) else mark
