"""`paddock doctor`: whether this machine has what Paddock needs, and what to do where it has not."""

from __future__ import annotations

from typing import Annotated

import typer

from backend.cli.exits import ExitCode, help_end
from backend.cli.output import AsJson, emit, table

commands = typer.Typer()


@commands.command(epilog=help_end("paddock doctor", "paddock doctor --quick", "paddock doctor --json"))
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not import TensorFlow and numba, which takes seconds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that this machine has what Paddock needs.

    Python, packages, folders, disk, port, dashboard; ends with 1 if something necessary is missing.
    """
    from backend.cli.checks import State, all_checks

    found = list(all_checks(quick=quick))
    healthy = all(check.state is not State.FAIL for check in found)
    if as_json:
        emit({"ok": healthy, "checks": [check.to_dict() for check in found]})
    else:
        print(table(("", "CHECK", "FOUND"), [(check.state.upper(), check.name, check.found) for check in found]))
        for check in found:
            if check.hint and check.state is not State.OK:
                print(f"{check.name}: {check.hint}")
    if not healthy:
        raise typer.Exit(ExitCode.FAILURE)
