"""`paddock mlflow`: logs runs to MLflow that were trained without it, or could not reach it."""

from __future__ import annotations

from typing import Annotated

import typer

from backend.cli.exits import help_end
from backend.cli.output import AsJson, emit
from python_training.contracts.errors import ConfigError

commands = typer.Typer()


@commands.command(
    "mlflow",
    epilog=help_end("paddock mlflow newest", "paddock mlflow --all --json"),
)
def log_to_mlflow(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN...", help="Runs by id, the beginning of one, or 'newest'.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All runs that nobody trains at the moment.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring MLflow up to date with runs that are not being trained.

    The store is the setting mlflow_tracking_uri. While a run trains it is logged by itself; this is for runs from
    before that was set, and for those whose end MLflow was not told.
    """
    from backend.cli.locate import all_runs, find_run, local_settings

    settings = local_settings()
    store = settings.mlflow()
    if store is None:
        raise ConfigError(
            "mlflow_tracking_uri is empty: there is no store to log to.",
            field="mlflow_tracking_uri",
            hint="For example: PADDOCK_MLFLOW_TRACKING_URI=sqlite:///mlflow.db",
        )
    if bool(runs) == everything:
        raise typer.BadParameter("expected runs, or --all.", param_hint="RUN")

    from python_training.runtime.mlflow_follower import log_once

    if everything:
        folders = [folder for folder in all_runs(settings) if not folder.worker_alive()]
    else:
        folders = [find_run(run, settings) for run in runs or ()]
    for folder in folders:
        log_once(store, folder)
        if not as_json:
            print(f"{folder.id} is in MLflow, experiment {store.experiment}.")
    if as_json:
        emit({"experiment": store.experiment, "runs": [folder.id for folder in folders]})
