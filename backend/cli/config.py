"""`paddock config init | validate | schema`: configs of training systems and settings of the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.exits import help_end
from backend.cli.output import AsJson, emit
from python_training.contracts.errors import PaddockError, UnknownNameError

if TYPE_CHECKING:
    from pydantic import BaseModel

commands = typer.Typer(help="Write, check and describe configs.", no_args_is_help=True)

SERVER = "server"

Of = Annotated[str, typer.Argument(metavar="NAME", help="A training system, e.g. ppo, or 'server'.")]


@commands.command(
    epilog=help_end("paddock config init ppo --output my.yaml", "paddock config init ppo --set env=Pendulum-v1")
)
def init(
    name: Of = "ppo",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; stdout when left out.")
    ] = None,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Start from this value; repeat for more.")
    ] = None,
    preset: Annotated[str | None, typer.Option(metavar="NAME", help="Start from this preset.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a complete, explained config.

    That of a system is for `paddock train --config FILE`; that of the server belongs into config/profiles/NAME.yaml,
    where PADDOCK_PROFILE=NAME finds it.
    """
    from backend.cli.commented_yaml import commented

    model = _model(name)
    values = _initial(name, assignments or [], preset)
    if as_json and output is None:
        emit({"name": name, "config": values})
        return
    text = commented(model, values)
    if output is None:
        print(text, end="")
        return
    try:
        with output.open("w" if force else "x") as file:
            file.write(text)
    except FileExistsError:
        raise PaddockError(f"{output} is there already.", hint="--force replaces it.") from None
    except OSError as error:
        raise PaddockError(f"{output} cannot be written: {error.strerror}.") from error
    if as_json:
        emit({"name": name, "output": str(output), "config": values})
    else:
        print(f"Written to {output}")


@commands.command(
    epilog=help_end("paddock config validate my.yaml", "paddock config validate server.yaml --for server")
)
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Config as YAML or JSON.")],
    name: Annotated[str, typer.Option("--for", metavar="NAME", help="The system it is for, or 'server'.")] = "ppo",
    as_json: AsJson = False,
) -> None:
    """Check a config.

    The error names the field, what was expected and what came.
    """
    from python_training.contracts.config import read_config_file

    raw = read_config_file(file)
    if name == SERVER:
        from backend.settings import load_settings

        load_settings(**raw)
    else:
        from backend.cli.train import build_config

        build_config(name, file, [], None, None)
    if as_json:
        emit({"file": str(file), "for": name, "valid": True})
    else:
        print(f"{file} is a valid config of '{name}'.")


@commands.command(epilog=help_end("paddock config schema ppo", "paddock config schema server"))
def schema(name: Of = "ppo", as_json: AsJson = False) -> None:
    """Print the JSON Schema of a config.

    It has every field with type, limits, default and meaning.
    """
    import json

    found = _model(name).model_json_schema()
    if as_json:
        emit(found)
    else:
        print(json.dumps(found, indent=2))


def _model(name: str) -> type[BaseModel]:
    if name == SERVER:
        from backend.settings import Settings

        return Settings
    from backend.cli.train import known_system

    try:
        return known_system(name).config_class()
    except UnknownNameError as error:
        raise UnknownNameError(error.message, field="name", hint=error.hint) from None


def _initial(name: str, assignments: list[str], preset: str | None) -> dict[str, Any]:
    if name == SERVER:
        from backend.settings import Settings
        from python_training.contracts.config import parse_assignments

        if preset is not None:
            raise typer.BadParameter("the server has profiles, no presets.", param_hint="--preset")
        chosen = parse_assignments(assignments)
        values = Settings.model_construct(**chosen).model_dump(mode="json")
        # What follows from the machine or the folder is left to it, and a secret does not belong in a file.
        fixed = {key for key, info in Settings.model_fields.items() if info.default_factory is None} - {"token"}
        return {key: value for key, value in values.items() if key in fixed | set(chosen)}
    from backend.cli.train import build_config

    return build_config(name, None, assignments, preset, None)
