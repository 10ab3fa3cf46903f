"""Puts the `paddock` command together: its own commands, and those that systems and worlds register."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from backend.cli import (
    bench,
    config,
    control,
    doctor,
    evaluate,
    log,
    mlflow,
    render,
    runs,
    serve,
    tensorboard,
    train,
    view,
)
from backend.cli.locate import LocalPlaces
from python_training import registry

SUMMARY = """Paddock: start, watch, stop, save and resume training runs.

A run is named by its id, by the beginning of one, or by 'newest'. Options may be typed with - or _.
"""


class _WithRegistered(TyperGroup):
    """A command group that also has the commands of systems and worlds, imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Own commands first, then the registered ones."""
        return [*super().list_commands(ctx), *registered_commands()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command named `cmd_name`, None if there is none."""
        own = super().get_command(ctx, cmd_name)
        target = registered_commands().get(cmd_name)
        if own is not None or target is None:
            return own
        mounted = typer.main.get_command(registry.load(target))
        mounted.name = cmd_name
        return mounted


def registered_commands() -> dict[str, str]:
    """`{name: "module:typer app"}` of every system and world that brings commands of its own."""
    targets = {entry.name: entry.commands for entry in registry.SYSTEMS.values()}
    targets |= {entry.name: entry.commands for entry in registry.WORLDS.values()}
    return {_dashed(name): target for name, target in targets.items() if target}


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"paddock {metadata.version('paddock')}")
        raise typer.Exit


def program() -> TyperGroup:
    """The whole command line, ready to run."""
    app = typer.Typer(
        cls=_WithRegistered,
        help=SUMMARY,
        no_args_is_help=True,
        # Plain help starts at once; Rich takes longer to import than all the rest.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={
            "help_option_names": ["-h", "--help"],
            "token_normalize_func": _dashed,
            "max_content_width": 120,
        },
    )
    app.callback()(_options)
    for module in (serve, train, control, log, evaluate, render, view, bench, tensorboard, mlflow, doctor):
        app.add_typer(module.commands)
    app.add_typer(runs.commands, name="runs")
    app.add_typer(config.commands, name="config")
    command = typer.main.get_command(app)
    if not isinstance(command, TyperGroup):
        raise TypeError(f"Expected a group of commands, got {type(command).__name__}.")
    return command


def _options(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command, and tell registered commands where runs are."""
    ctx.obj = LocalPlaces()


def _dashed(token: str) -> str:
    return token.replace("_", "-")
