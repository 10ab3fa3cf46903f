"""Every text that anybody can write into a config or a body says what it names; nothing is left to a guess."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from backend.api import requests as rest
from backend.realtime import requests as realtime
from backend.services import casting
from python_training import registry
from python_training.contracts.config import StrictModel, SystemConfig
from python_training.contracts.names import Names, PlayerOf, names_in, undeclared
from python_training.runtime import recording, session_commands, session_spec
from python_training.systems.tuner.objectives import objective_source, synthetic

SUSPICIOUS = re.compile(
    r"(^|_)(path|dir|file|folder|url|uri|host|address|addresses|command|repo|remote|push|module|download|checkpoint|"
    r"opponent|player|env|endpoint|script|program|executable|model|key)s?($|_)"
)
"""What fields are called that lead out of a config."""

LOOKED_UP = {
    ("backend.api.requests.CreateSession", "player"): "among the scripted players of the world",
    ("tuner", "endpoints.model"): "by the server that is asked, which is declared",
}
"""Fields with such a name that lead nowhere, and where their text is looked up."""


def models() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every model that is read from outside: systems, worlds, objectives, sessions, recordings, REST, Socket.IO."""
    for system in registry.SYSTEMS.values():
        yield system.name, system.config_class()
    for world in registry.WORLDS.values():
        yield world.name, registry.load(world.config)
        if world.objective:
            yield f"{world.name}'s objective", registry.load(world.objective_settings)
    for name, target in objective_source.BUILT_IN_SETTINGS.items():
        yield f"objective {name}", registry.load(target)
    yield "synthetic", synthetic.SyntheticSettings
    for module in (rest, realtime, casting, session_spec, session_commands, recording):
        for name, each in vars(module).items():
            if inspect.isclass(each) and issubclass(each, BaseModel) and each.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", each


MODELS = dict(models())


def open_fields(annotation: Any, field: str, marks: tuple[Any, ...]) -> Iterator[tuple[str, set[Any]]]:
    """Path and declarations of every field, at any depth, that can hold a text or a truth value."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            yield from open_fields(info.annotation, f"{field}.{name}".lstrip("."), tuple(info.metadata))
    elif origin is Literal or annotation in (int, float, type(None), Ellipsis):
        return
    elif arguments:
        inner = (*marks, *arguments[1:]) if origin is Annotated else marks
        for each in arguments[:1] if origin is Annotated else arguments:
            yield from open_fields(each, field, inner)
    else:
        yield field, {each for each in marks if isinstance(each, Names | PlayerOf)}


@pytest.mark.parametrize("name", MODELS)
def test_no_text_is_undeclared(name: str) -> None:
    """Whatever can hold text (str, Path, URL, Any, a free mapping, its keys) declares what kind of thing it names."""
    assert undeclared(MODELS[name]) == []


@pytest.mark.parametrize("name", MODELS)
def test_what_sounds_like_a_name_is_no_plain_text(name: str) -> None:
    """A field called a path, a URL, a command or the like is declared as such a thing, whatever its type."""
    for field, marks in open_fields(MODELS[name], "", ()):
        if SUSPICIOUS.search(field.rpartition(".")[2]) and (name, field.split(".", 1)[-1]) not in LOOKED_UP:
            assert marks, field
            assert Names.NOTHING not in marks, field


class _Part(StrictModel):
    file: Path = Path()


class _Loose(SystemConfig):
    text: str = ""
    maybe: str | None = None
    listed: tuple[str, ...] = ()
    keyed: dict[str, int] = Field(default_factory=dict)
    free: dict[str, Any] = Field(default_factory=dict)
    anything: Any = None
    url: HttpUrl | None = None
    raw: bytes = b""
    part: _Part = _Part()
    parts: list[_Part] = Field(default_factory=list)
    choice: Literal["a", "b"] = "a"
    number: float | None = None
    flag: bool = False
    said: Annotated[str, Names.NOTHING] = ""
    within: tuple[Annotated[str, Names.URL], ...] = ()
    of_world: Annotated[str, PlayerOf("battlesnake")] = ""


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


def test_the_proof_misses_nothing() -> None:
    """Texts are found in every type that can hold one, at any depth; closed lists and numbers need no declaration."""
    assert undeclared(_Loose) == [
        "text", "maybe", "listed", "keyed", "free", "anything", "url", "raw", "part.file", "parts.file",
    ]  # fmt: skip
    assert undeclared(_Open) == ["*"]


def test_every_name_of_a_config_is_found_with_its_field_and_kind() -> None:
    """What is not declared counts as free text; numbers are no names."""
    found = {each.field: each for each in names_in(_Loose(free={"a": {"b": ["x"]}}, within=("http://h",), number=1.0))}
    assert found["free.a.b.0"].value == "x"
    assert found["free.a.b.0"].kind is Names.FREE
    assert found["within.0"].kind is Names.URL
    assert found["of_world"].world == "battlesnake"
    assert "number" not in found
