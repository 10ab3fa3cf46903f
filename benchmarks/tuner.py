"""How good a configuration the tuner's search recommends after 5,000 noisy games, beside other tuners.

Claims, with default settings on a problem of 31 parameters whose optimum beats the start in 65% of games: over 100
problems the recommended configuration truly beats the start in at least 63% of games on average, and in at least 58%
at the tenth percentile. Beside it, on the same problems: Optuna's TPE and CMA-ES and Nevergrad's TBPSA at 5,000 and
20,000 games, and plain SPSA (c_end 0.1) at 5,000. A search game is one noisy comparison of two settings; nothing else
is seen of the problem. The search's settings were chosen on problems from seed 1000 on and on the surfaces of
`tuning/surfaces.py`; those from 0 on are only measured.

    python benchmarks/tuner.py [--seeds 100] [--peer-seeds 100] [--surface-seeds 10] [--yardstick FILE] [--json]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from tuning import yardstick
from tuning.peers import PEERS, Play, spsa
from tuning.surfaces import SURFACES, Problem, continuous

from python_training.runtime.threads import limit_threads
from python_training.systems.tuner.search.search import Search
from python_training.systems.tuner.search_config import SearchConfig

GAMES, MORE_GAMES = 5_000, 20_000
MEAN, TENTH = 0.63, 0.58
"""What is claimed."""

Tuner = Callable[[Problem, Play, int, np.random.Generator], np.ndarray]


def paddock(problem: Problem, play: Play, games: int, rng: np.random.Generator) -> np.ndarray:
    """The search with its default settings, given games as mirrored pairs of two."""
    names = [parameter.name for parameter in problem.parameters]
    start = dict(zip(names, problem.start.tolist(), strict=True))
    search = Search(problem.parameters, start, SearchConfig(), seed=int(rng.integers(2**31)))
    left = games // 2
    while left > 0:
        match = search.ask()
        a, b = (np.array([side[name] for name in names]) for side in (match.a, match.b))
        pairs = min(match.pairs, left)
        search.tell(match, np.array([play(a, b, 2) / 2 for _ in range(pairs)]))
        left -= pairs
    return np.array([search.recommend().values[name] for name in names])


TUNERS: dict[str, Tuner] = {"paddock": paddock, "spsa": spsa, **PEERS}


@dataclass(frozen=True)
class Task:
    """One tuner on one problem: a seed of the yardstick in `file` (Paddock's own if that is empty), or of a surface."""

    tuner: str
    games: int
    seed: int
    surface: str = ""
    file: str = ""


def measure(task: Task) -> tuple[float, float]:
    """The true win rate of what is recommended, and the seconds of computing that it took."""
    judge = _module(task.file)
    problem = SURFACES[task.surface](task.seed) if task.surface else continuous(*judge.problem(task.seed))
    luck = np.random.default_rng([task.seed, 1])
    played = [0]

    def play(a: np.ndarray, b: np.ndarray, games: int) -> int:
        played[0] += games
        return int(judge.play(problem.win_probability, a, b, games, luck))

    began = time.process_time()
    best = TUNERS[task.tuner](problem, play, task.games, np.random.default_rng([task.seed, 2]))
    if played[0] > task.games:
        raise RuntimeError(f"{task.tuner} played {played[0]} games of {task.games}.")
    return problem.win_probability(best), time.process_time() - began


def _module(file: str) -> ModuleType:
    if not file:
        return yardstick
    spec = importlib.util.spec_from_file_location("foreign_yardstick", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"--yardstick: {file} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def summary(measured: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Mean with its standard error, tenth percentile, least, and processor seconds of one tuning."""
    rates = np.array([rate for rate, _ in measured])
    return {
        "mean": float(rates.mean()),
        "standard_error": float(rates.std(ddof=1) / np.sqrt(len(rates))) if len(rates) > 1 else None,
        "p10": float(np.quantile(rates, 0.1)),
        "least": float(rates.min()),
        "problems": len(rates),
        "seconds": float(np.mean([seconds for _, seconds in measured])),
    }


def _say(text: str, *, quiet: bool) -> None:
    print(text, file=sys.stderr if quiet else sys.stdout, flush=True)


def plan(arguments: argparse.Namespace) -> list[tuple[str, list[Task]]]:
    """What is measured, by the name under which it is reported."""
    file = str(arguments.yardstick or "")
    on_yardstick = partial(Task, file=file)
    lines = [("paddock", GAMES, arguments.seeds), ("paddock", MORE_GAMES, arguments.peer_seeds)]
    lines += [("spsa", GAMES, arguments.peer_seeds)]
    lines += [(name, games, arguments.peer_seeds) for name in PEERS for games in (GAMES, MORE_GAMES)]
    planned = [
        (f"{name} {games}", [on_yardstick(name, games, seed) for seed in range(seeds)])
        for name, games, seeds in lines
        if seeds > 0
    ]
    for surface in SURFACES:
        for name in ("paddock", "spsa"):
            tasks = [Task(name, GAMES, seed, surface, file) for seed in range(arguments.surface_seeds)]
            planned += [(f"{surface}: {name} {GAMES}", tasks)] if tasks else []
    return planned


def main() -> int:
    """Print a line for each tuner, or one JSON object; exit 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="problems for the search, seeds 0, 1, ...")
    parser.add_argument("--peer-seeds", type=int, default=100, help="problems for everyone else, and for 20,000 games")
    parser.add_argument("--surface-seeds", type=int, default=10, help="problems of each other surface")
    parser.add_argument("--yardstick", type=Path, help="a Python file with problem(seed) and play(...), which is run")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="processes that share the problems")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else")
    arguments = parser.parse_args()
    if arguments.seeds < 1:
        parser.error(f"--seeds: expected at least 1, got {arguments.seeds}.")
    limit_threads(1)  # in the processes to come, among which the problems are shared out
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    _say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}", quiet=arguments.json)
    found: dict[str, dict[str, Any]] = {}
    with ProcessPoolExecutor(arguments.cores, mp_context=get_context("spawn")) as pool:
        for name, tasks in plan(arguments):
            found[name] = result = summary(list(pool.map(measure, tasks)))
            _say(
                f"{name:30} mean {result['mean']:.1%}  tenth percentile {result['p10']:.1%}  least "
                f"{result['least']:.1%}  of {result['problems']} problems, {result['seconds']:.1f} s each",
                quiet=arguments.json,
            )
    own = found[f"paddock {GAMES}"]
    holds = {"mean_63": own["mean"] >= MEAN, "tenth_percentile_58": own["p10"] >= TENTH}
    _say("; ".join(f"{name}: {'holds' if held else 'FAILS'}" for name, held in holds.items()), quiet=arguments.json)
    if arguments.json:
        print(json.dumps({"machine": machine, **own, "games": GAMES, "tuners": found, "claims": holds}))
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
