"""`paddock eval`: how good a run's policy is on seeds that no training ever saw."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from backend.cli.exits import help_end
from backend.cli.locate import RunName, find_run
from backend.cli.output import AsJson, emit, number, table

commands = typer.Typer()


@commands.command(
    "eval", epilog=help_end("paddock eval newest", "paddock eval newest --step 200000 --episodes 20 --json")
)
def evaluate(
    run: RunName,
    step: Annotated[int | None, typer.Option(min=0, help="Step of the checkpoint; the newest when left out.")] = None,
    episodes: Annotated[int, typer.Option(min=1, max=100_000, help="How many held-out seeds, one episode each.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Judge a checkpoint on seeds no training ever saw.

    Random, expert and the previous best checkpoint play the same seeds. Rates come with Wilson's 95% interval, means
    with Student's t.
    """
    from backend.cli.progress import progress_bar
    from python_training.runtime.threads import limit_threads

    limit_threads(os.cpu_count() or 1)  # before NumPy is imported, which reads it then
    from python_training.runtime.run_evaluation import evaluate_run

    folder = find_run(run)
    with progress_bar(quiet=as_json) as report:
        result = evaluate_run(folder, step=step, episodes=episodes, on_progress=report)
    if as_json:
        emit(result)
        return
    print(f"{result['run']}, checkpoint {result['step']:,}: {episodes} episodes, seeds {_span(result['seeds'])}")
    players = {"policy": result, **result["baselines"]}
    if "previous_best" in result:
        players[f"previous best ({result['previous_best']['step']:,})"] = result["previous_best"]
    measures = [key.removesuffix("_ci") for key in result if key.endswith("_ci")]
    rows = [(name, *(_with_interval(found, measure) for measure in measures)) for name, found in players.items()]
    print(table(("PLAYER", *(measure.upper().replace("_", " ") for measure in measures)), rows))


def _span(seeds: list[int]) -> str:
    return f"{seeds[0]}–{seeds[1]}"


def _with_interval(found: dict[str, Any], measure: str) -> str:
    value, interval = found.get(measure, found.get(f"{measure}_mean")), found.get(f"{measure}_ci")
    return number(value) + (f" [{number(interval[0])}, {number(interval[1])}]" if interval else "")
