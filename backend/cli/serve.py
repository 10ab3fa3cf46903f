"""`paddock serve`: the dashboard, REST and Socket.IO, and the supervisor that starts queued runs."""

from __future__ import annotations

from typing import Annotated

import typer

from backend.cli.exits import help_end
from python_training.contracts.errors import UnknownNameError

commands = typer.Typer()


@commands.command(
    epilog=help_end(
        "paddock serve",
        "paddock serve --ensure-run ppo/lunabotics --open",
        "PADDOCK_TOKEN=... paddock serve --host 0.0.0.0 --port 8080",
    )
)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; other than loopback needs a token.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = None,
    ensure_run: Annotated[
        str | None, typer.Option(metavar="PRESET", help="Start a run of this preset unless a run is active.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the dashboard in a browser.")] = False,
) -> None:
    """Serve the dashboard until Ctrl+C; runs go on without it.

    PRESET is the name of a preset, e.g. arena-elites, or SYSTEM/PRESET, e.g. ppo/lunabotics, where two systems have one
    of that name.
    """
    from backend import server
    from backend.settings import load_settings

    settings = load_settings(host=host, port=port)
    settings.mlflow()  # where it is set and not installed, workers could only fail one by one
    preset = _system_and_preset(ensure_run) if ensure_run is not None else None
    raise typer.Exit(server.serve(settings, ensure_preset=preset, open_browser=open_browser))


def _system_and_preset(name: str) -> tuple[str, str]:
    """Which preset of which system `name` means; raises UnknownNameError for none and for several."""
    from python_training import presets, registry

    known = {
        f"{system.name}/{preset.name}": (system.name, preset.name)
        for system in registry.SYSTEMS.values()
        for preset in presets.presets(system.name)
    }
    fitting = [full for full, (_, preset) in known.items() if name in (full, preset)]
    if not fitting:
        raise UnknownNameError.among("preset", name, known, field="ensure_run")
    if len(fitting) > 1:
        raise UnknownNameError.several("preset", name, fitting, field="ensure_run")
    return known[fitting[0]]
