"""`paddock runs list | show | delete | export`, read from the journals: no server and no database is needed."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backend.cli.exits import help_end
from backend.cli.locate import RunName, all_runs, find_run
from backend.cli.output import AsJson, duration, emit, number, table
from python_training import registry
from python_training.contracts.errors import PaddockError, RunLockedError

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder

commands = typer.Typer(help="Look at runs, export their metrics, delete them.", no_args_is_help=True)


@commands.command("list", epilog=help_end("paddock runs list", "paddock runs list --json"))
def list_(as_json: AsJson = False) -> None:
    """List all runs, the newest first."""
    found = []
    for folder in reversed(all_runs()):
        try:
            found.append(_summary(folder))
        except PaddockError as error:
            print(f"{folder.id} is left out: {error}", file=sys.stderr)
    if as_json:
        emit({"runs": found})
    elif not found:
        print("There is no run yet. Start one with: paddock train ppo")
    else:
        rows = [
            (run["id"], run["shown_status"], _done(run), duration(time.time() - run["updated"]), run["name"])
            for run in found
        ]
        print(table(("RUN", "STATUS", "DONE", "LAST SIGN", "NAME"), rows))


@commands.command(epilog=help_end("paddock runs show newest", "paddock runs show ppo-20261121 --json"))
def show(run: RunName, as_json: AsJson = False) -> None:
    """Show one run: status, metrics, checkpoints and config."""
    folder = find_run(run)
    spec, summary = folder.spec(), _summary(folder)
    checkpoints = [info.to_dict() | {"path": str(info.path)} for info in folder.checkpoints().list()]
    if as_json:
        emit(summary | {"config": dict(spec.config), "checkpoints": checkpoints, "folder": str(folder.path)})
        return
    lines = [(key, str(summary[key])) for key in ("id", "name", "system", "seed", "threads")]
    lines += [("status", summary["shown_status"]), ("done", _done(summary)), ("folder", str(folder.path))]
    print(table(("RUN", ""), lines))
    titles = {metric.name: metric.title for metric in spec.metrics}
    if summary["metrics"]:
        print()
        rows = [(name, number(value), titles.get(name, "")) for name, value in summary["metrics"].items()]
        print(table(("METRIC", "VALUE", ""), rows))
    if checkpoints:
        print()
        saved = [
            (number(each["step"]), each["reason"], f"{each['bytes'] / 1e6:.1f} MB", "best" if each["best"] else "")
            for each in reversed(checkpoints)
        ]
        print(table(("CHECKPOINT", "REASON", "SIZE", ""), saved))


@commands.command(epilog=help_end("paddock runs delete ppo-20261121-062501-a3f2", "paddock runs delete newest --yes"))
def delete(
    run: RunName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a run that has ended, with its journal and all its checkpoints."""
    from backend.cli import server_link

    folder = find_run(run)
    if folder.worker_alive():
        raise RunLockedError(f"{folder.id} is being trained.", hint=f"Stop it first: paddock stop {folder.id}")
    if not yes and not as_json:
        typer.confirm(f"Delete {folder.id} and all its checkpoints?", abort=True)
    if not server_link.delete(folder.id):
        _remove(folder)
    if as_json:
        emit({"run": folder.id, "deleted": True})
    else:
        print(f"{folder.id} deleted.")


@commands.command(
    epilog=help_end(
        "paddock runs export newest --output metrics.csv",
        "paddock runs export newest --format json --metrics eval_return,loss",
    )
)
def export(
    run: RunName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; stdout when left out.")
    ] = None,
    format: Annotated[
        Literal["csv", "json"] | None, typer.Option(help="By default that of FILE's ending, else csv.")
    ] = None,
    metrics: Annotated[str, typer.Option(metavar="A,B", help="Only these metrics.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Write the metrics of a run as CSV or JSON, one row a point, without what a resumed run has superseded."""
    from backend.cli.export import write_metrics

    folder = find_run(run)
    if as_json and format == "csv":
        raise typer.BadParameter("--json and --format csv exclude each other.", param_hint="--format")
    if format is None:
        format = "json" if as_json or (output is not None and output.suffix == ".json") else "csv"
    names = [name.strip() for name in metrics.split(",") if name.strip()]
    count = write_metrics(folder, names, format, output)
    if output is not None:
        told = {"run": folder.id, "points": count, "output": str(output)}
        if as_json:
            emit(told)
        else:
            print(f"{count:,} points of {folder.id} written to {output}")


def _done(run: dict[str, Any]) -> str:
    """How far a run is, in its system's own unit."""
    return registry.unit_of(run["system"]).count(run["step"])


def _summary(folder: RunFolder) -> dict[str, Any]:
    from backend.cli.run_state import state_of

    spec, state = folder.spec(), state_of(folder)
    return {
        "id": spec.id,
        "system": spec.system,
        "name": spec.name,
        "status": state.status.value,
        "shown_status": state.shown_status,
        "alive": state.alive,
        "step": state.step,
        "unit": registry.unit_of(spec.system).to_dict(),
        "total_steps": spec.total_steps,
        "created": spec.created,
        "updated": state.updated,
        "seed": spec.seed,
        "threads": spec.threads,
        "metrics": state.values,
    }


def _remove(folder: RunFolder) -> None:
    """Remove the folders of a run while holding its journal's lock, so that no worker starts on it meanwhile."""
    import shutil

    from python_training.runtime.journal import JournalWriter

    try:
        with JournalWriter(folder.path):
            shutil.rmtree(folder.checkpoints_path, ignore_errors=True)
            shutil.rmtree(folder.path)
    except OSError as error:
        raise PaddockError(f"{folder.id} cannot be deleted: {error}.") from error
