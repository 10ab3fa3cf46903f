"""`paddock runs list | show | delete | export`, read from the journals: no server and no database is needed."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from backend.cli.exits import help_end
from backend.cli.locate import RunName, all_runs, find_run, unreadable_runs
from backend.cli.output import AsJson, duration, emit, number, table
from python_training import registry
from python_training.contracts.errors import JournalError, PaddockError, RunDamagedError, RunLockedError

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder

commands = typer.Typer(help="Look at runs, export their metrics, delete them.", no_args_is_help=True)


@commands.command("list", epilog=help_end("paddock runs list", "paddock runs list --json"))
def list_(as_json: AsJson = False) -> None:
    """List all runs, the newest first."""
    found = [_summary(folder) for folder in reversed(all_runs())]
    found += [_unreadable(folder, damage) for folder, damage in unreadable_runs()]
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
        for run in found:
            if run["damage"]:
                print(f"{run['id']} is damaged: {run['damage']}", file=sys.stderr)


@commands.command(epilog=help_end("paddock runs show newest", "paddock runs show ppo-20261121 --json"))
def show(run: RunName, as_json: AsJson = False) -> None:
    """Show one run: status, metrics, checkpoints and config."""
    folder = find_run(run)
    try:
        spec, summary = folder.spec(), _summary(folder, thorough=True)
    except RunDamagedError as error:
        _show_unreadable(_unreadable(folder, error.message), folder, as_json)
        return
    checkpoints = [info.to_dict() | {"path": str(info.path)} for info in folder.checkpoints().list()]
    if as_json:
        emit(summary | {"config": dict(spec.config), "checkpoints": checkpoints, "folder": str(folder.path)})
        return
    lines = [(key, str(summary[key])) for key in ("id", "name", "system", "seed", "threads")]
    lines += [("status", summary["shown_status"]), ("done", _done(summary)), ("folder", str(folder.path))]
    if summary["damage"]:
        lines.append(("damage", summary["damage"]))
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
    return registry.unit_of(run["system"] or "").count(run["step"])


def _summary(folder: RunFolder, *, thorough: bool = False) -> dict[str, Any]:
    """One run, as its folder tells it; where that is damaged it says so. With `thorough` the whole journal is read."""
    from backend.cli.run_state import damage_of, state_of

    spec, damage = folder.spec(), damage_of(folder, thorough=thorough)
    told: dict[str, Any] = {"status": None, "shown_status": "", "alive": folder.worker_alive(), "step": 0}
    told["silent"] = False
    told |= {"updated": spec.created, "metrics": {}}
    try:
        state = state_of(folder)
    except PaddockError as error:
        damage = damage or error.message
    else:
        told = {
            "status": state.status.value,
            "shown_status": state.shown_status,
            "alive": state.alive,
            "silent": state.silent,
            "step": state.step,
            "updated": state.updated,
            "metrics": state.values,
        }
    return {
        "id": spec.id,
        "system": spec.system,
        "name": spec.name,
        "total_steps": spec.total_steps,
        "created": spec.created,
        "seed": spec.seed,
        "threads": spec.threads,
        "unit": registry.unit_of(spec.system).to_dict(),
        **told,
        "shown_status": f"{told['shown_status']} (damaged)".strip() if damage else told["shown_status"],
        "damage": damage,
    }


def _unreadable(folder: RunFolder, damage: str) -> dict[str, Any]:
    """A run of which nobody can tell what it is, with the fields of `_summary`."""
    return {
        "id": folder.id,
        "system": None,
        "name": "",
        "total_steps": None,
        "created": None,
        "seed": None,
        "threads": None,
        "status": None,
        "shown_status": "(damaged)",
        "alive": folder.worker_alive(),
        "silent": False,
        "step": 0,
        "unit": registry.unit_of("").to_dict(),
        "updated": folder.path.stat().st_mtime,
        "metrics": {},
        "damage": damage,
    }


def _show_unreadable(summary: dict[str, Any], folder: RunFolder, as_json: bool) -> None:
    if as_json:
        emit(summary | {"config": {}, "checkpoints": [], "folder": str(folder.path)})
        return
    lines = [("id", folder.id), ("status", summary["shown_status"]), ("damage", summary["damage"])]
    print(table(("RUN", ""), [*lines, ("folder", str(folder.path))]))
    print(f"Delete it with: paddock runs delete {folder.id}")


def _remove(folder: RunFolder) -> None:
    """Remove the folders of a run while holding its journal's lock, so that no worker starts on it meanwhile."""
    import shutil

    from python_training.runtime.journal import JournalWriter
    from python_training.runtime.plain_file import remove_folder

    try:
        try:
            lock: AbstractContextManager[Any] = JournalWriter(folder.path)
        except JournalError:
            lock = nullcontext()  # nobody can write a journal that cannot be opened
        with lock:
            remove_folder(folder.checkpoints_path)
            shutil.rmtree(folder.path)
    except OSError as error:
        raise PaddockError(f"{folder.id} cannot be deleted: {error}.") from error
