"""`paddock tensorboard`: TensorBoard on the logs folder."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from backend.cli.exits import help_end

commands = typer.Typer()


@commands.command(epilog=help_end("paddock tensorboard", "paddock tensorboard --port 6007"))
def tensorboard(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port to listen on.")] = 6006,
) -> None:
    """Start TensorBoard on all runs, until Ctrl+C."""
    from backend.cli.locate import local_settings

    logs = local_settings().logs_dir
    logs.mkdir(parents=True, exist_ok=True)
    arguments = ["--logdir", str(logs), "--host", host, "--port", str(port)]
    # TensorBoard takes the place of this process: signals and its exit code then reach the shell unaltered.
    os.execv(sys.executable, [sys.executable, "-m", "tensorboard.main", *arguments])  # noqa: S606  # no shell wanted
