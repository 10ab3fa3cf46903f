"""`paddock eval`: how good a run's policy is on seeds that no training ever saw."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from backend.cli.exits import help_end
from backend.cli.locate import find_run
from backend.cli.output import AsJson, emit, number, table
from python_training import registry

commands = typer.Typer()

Runs = Annotated[list[str], typer.Argument(metavar="RUN...", help="Runs by id, the beginning of one, or 'newest'.")]


@commands.command(
    "eval",
    epilog=help_end(
        "paddock eval newest",
        "paddock eval newest --step 200000 --episodes 20 --json",
        "paddock eval neat-20261121 neat-20261122 --above 200000",
        "paddock eval newest --duels 0",
    ),
)
def evaluate(
    runs: Runs,
    step: Annotated[int | None, typer.Option(min=0, help="Step of the checkpoint; the newest when left out.")] = None,
    episodes: Annotated[int, typer.Option(min=1, max=100_000, help="How many held-out seeds, one episode each.")] = 100,
    duels: Annotated[
        int, typer.Option(min=0, max=10_000, help="Bouts with each rival of a world that has duels; 0 for none.")
    ] = 200,
    apart: Annotated[int, typer.Option(min=1, help="Elites meet those of so many generations before.")] = 50,
    above: Annotated[
        float | None, typer.Option(help="Count the runs whose score (mean return where there is none) is above this.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a checkpoint on seeds no training ever saw; of several runs, each one's.

    Scripted players, untrained policies and the previous best checkpoint play the same seeds. In a world with duels the
    policy meets every rival, and the run's elites meet earlier ones. Rates come with Wilson's 95% interval, means with
    Student's t.
    """
    from backend.cli.progress import progress_bar
    from python_training.runtime.threads import limit_threads

    limit_threads(os.cpu_count() or 1)  # before NumPy is imported, which reads it then
    from python_training.runtime.run_evaluation import evaluate_run
    from python_training.runtime.run_summary import over_runs

    results = []
    for folder in [find_run(run) for run in runs]:
        with progress_bar(quiet=as_json) as report:
            result = evaluate_run(folder, step=step, episodes=episodes, duels=duels, apart=apart, on_progress=report)
        results.append(result)
        if not as_json:
            _show(result)
    together = over_runs(results, above) if len(results) > 1 or above is not None else None
    if as_json:
        emit(results[0] if together is None else {"runs": results, "together": together})
    elif together is not None:
        _show_together(together)


def _show(result: dict[str, Any]) -> None:
    seeds = result["seeds"]
    unit = registry.unit_of(result["system"])
    print(
        f"{result['run']}, checkpoint of {unit.one} {result['step']:,}: "
        f"{result['episodes']} episodes, seeds {seeds[0]}–{seeds[1]}"
    )
    if "score_sets" in result:
        print(_sets(result["score_sets"]))
    players = {"policy": result, **result["baselines"]}
    if "previous_best" in result:
        players[f"previous best ({result['previous_best']['step']:,})"] = result["previous_best"]
    measures = [key.removesuffix("_ci") for key in result if key.endswith("_ci")]
    rows = [(name, *(_cell(found, measure) for measure in measures)) for name, found in players.items()]
    print(table(("PLAYER", *(measure.upper().replace("_", " ") for measure in measures)), rows))
    if "duels" in result:
        print(table(("DUELS WITH", *_DUEL), [(name, *_duel_row(met)) for name, met in result["duels"].items()]))
    if "progress" in result:
        _show_progress(result["progress"])


def _sets(sizes: list[int]) -> str:
    """What SCORE is of, where a world makes one number of several episodes."""
    if len(sizes) == 1:
        return f"SCORE is one score of all {sizes[0]} episodes together."
    each = f"{sizes[0]}" if min(sizes) == max(sizes) else f"{min(sizes)} or {max(sizes)}"
    return f"SCORE is the mean of {len(sizes)} scores, each of a set of {each} episodes; its interval is over the sets."


_DUEL = ("BOUTS", "WON", "LOST", "EVEN", "WIN RATE")


def _duel_row(met: dict[str, Any]) -> tuple[str, ...]:
    counts = (number(met[key]) for key in ("bouts", "wins", "losses", "draws"))
    return (*counts, _with_interval(met, "win_rate"))


def _show_progress(progress: dict[str, Any]) -> None:
    rows = [(f"{met['generation']} against {met['against']}", *_duel_row(met)) for met in progress["pairs"]]
    print(table(("GENERATION", *_DUEL), rows))
    share = f", {_with_interval(progress, 'share')}" if progress["of"] else ""
    print(
        f"The elite {progress['apart']} generations later beats the earlier one in {progress['newer_won']} of "
        f"{progress['of']} pairs{share}."
    )


def _show_together(together: dict[str, Any]) -> None:
    print(f"{together['count']} runs: {together['measure'].replace('_', ' ')} {_with_interval(together, 'mean')}")
    if "above" in together:
        print(f"Above {number(together['above'])}: {together['passed']} of {together['count']} runs")


def _cell(found: dict[str, Any], measure: str) -> str:
    """The figures of a world go without their intervals: lines would get too long, and --json has them."""
    if measure in ("score", "return") or measure.endswith("_rate"):
        return _with_interval(found, measure)
    return number(found[f"{measure}_mean"])


def _with_interval(found: dict[str, Any], measure: str) -> str:
    value, interval = found.get(measure, found.get(f"{measure}_mean")), found.get(f"{measure}_ci")
    return number(value) + (f" [{number(interval[0])}, {number(interval[1])}]" if interval else "")
