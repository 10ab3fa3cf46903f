"""Options of `paddock train` that a training system registers: names of its own for fields of its config."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.core import TyperCommand

from python_training import registry
from python_training.contracts.errors import ConfigError
from python_training.contracts.reading import read_yaml
from python_training.runtime.threads import limit_blas

_OPTIONS, _GIVEN = "paddock.system_options", "paddock.system_options.given"


class WithSystemOptions(TyperCommand):
    """A command that also takes, and shows in its help, the options of the training system that is typed with it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse with the options of the first system that the words name."""
        limit_blas()  # a system's config may import NumPy
        entry = next((registry.SYSTEMS[word] for word in args if word in registry.SYSTEMS), None)
        ctx.meta[_OPTIONS] = options_of(entry) if entry is not None else []
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """The command's own parameters, then the system's, then --help."""
        *own, last = super().get_params(ctx)
        return [*own, *ctx.meta.get(_OPTIONS, []), last]

    def invoke(self, ctx: Any) -> Any:
        """Call the command; what was typed for the system's options is found by `given_options`."""
        typed = {option.name: ctx.params.pop(option.name) for option in ctx.meta[_OPTIONS]}
        ctx.meta[_GIVEN] = {name: value for name, value in typed.items() if value is not None}
        return super().invoke(ctx)


def options_of(entry: registry.SystemEntry) -> list[Any]:
    """The parameters, as Typer makes them, of a system's options."""
    model = entry.config_class()
    annotations: dict[str, Any] = {}
    for name, path in entry.train_options.items():
        info = _field(model, path)
        is_flag = info.annotation is bool
        shown = f"{info.description or ''} [config: {path}]".strip()
        option = typer.Option(_typed(name), help=shown, metavar=None if is_flag else "VALUE")
        annotations[_parameter(name)] = Annotated[bool | None if is_flag else str | None, option]

    def system_options() -> None:
        """Stand for the options; nobody calls it."""

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(name, kind, default=None, annotation=annotation) for name, annotation in annotations.items()
    ]
    system_options.__annotations__ = annotations
    system_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions may have one
    app = typer.Typer(add_completion=False)
    app.command()(system_options)
    return list(typer.main.get_command(app).params)


def given_options(ctx: typer.Context, entry: registry.SystemEntry) -> dict[str, Any]:
    """`{field: value}`, nested, of the system's options that were typed; values are read as YAML, as --set does."""
    typed: Mapping[str, Any] = ctx.meta.get(_GIVEN, {})
    found: dict[str, Any] = {}
    for name, path in entry.train_options.items():
        text = typed.get(_parameter(name))
        if text is None:
            continue
        try:
            value = read_yaml(text) if isinstance(text, str) else text
        except ConfigError as error:
            raise ConfigError(f"--{name}: {error.message}", field=path) from None
        *outer, last = path.split(".")
        inner = found
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found


def typed_options(ctx: typer.Context) -> list[str]:
    """Names of the system's options that were typed, as they are typed."""
    return [f"--{name.replace('_', '-')}" for name in ctx.meta.get(_GIVEN, {})]


def _parameter(option: str) -> str:
    """The Python name of an option; of a pair of flags the one that says true gives it."""
    return option.partition("/")[0].replace("-", "_")


def _typed(option: str) -> str:
    """An option as Typer declares it: "cores" is --cores, "use-llm/no-llm" is --use-llm/--no-llm."""
    return "/".join(f"--{flag}" for flag in option.split("/"))


def _field(model: type[BaseModel], path: str) -> FieldInfo:
    """The field of a config that a dotted path names."""
    *outer, last = path.split(".")
    for part in outer:
        nested = model.model_fields[part].annotation
        if not (isinstance(nested, type) and issubclass(nested, BaseModel)):
            raise TypeError(f"{path}: {part} is no nested config.")
        model = nested
    return model.model_fields[last]
