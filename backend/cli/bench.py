"""`paddock bench`: measures one of Paddock's claims on this machine, beside a peer, by a script of `benchmarks/`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.exits import help_end
from backend.cli.output import AsJson
from python_training.contracts.errors import UnknownNameError

commands = typer.Typer()

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
"""They belong to the checkout and are not installed."""


def benchmarks() -> dict[str, Path]:
    """The scripts of this checkout by name, which has dashes where the file has underscores."""
    return {path.stem.replace("_", "-"): path for path in sorted(BENCHMARKS.glob("*.py"))}


@commands.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    epilog=help_end("paddock bench arena --json", "paddock bench lunabotics-speed --seconds 5"),
)
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(benchmarks()) or 'none here'}.")],
    as_json: AsJson = False,
) -> None:
    """Measure a claim on this machine, beside a peer in the same run.

    Further options go to the benchmark; `paddock bench NAME -- --help` lists them. It ends with 1 where the claim does
    not hold.
    """
    known = benchmarks()
    script = known.get(name.replace("_", "-"))
    if script is None and not known:
        raise UnknownNameError(
            f"There is no benchmark named '{name}'.",
            field="name",
            hint=f"Benchmarks belong to a checkout of Paddock; there are none in {BENCHMARKS}.",
        )
    if script is None:
        raise UnknownNameError.among("benchmark", name, known, field="name")
    options = [*context.args, *(["--json"] if as_json else [])]
    raise typer.Exit(subprocess.run([sys.executable, str(script), *options], check=False).returncode)
