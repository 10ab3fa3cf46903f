"""How fast and how well NEAT breeds pilots of the arena, over several seeds, judged on bouts that training never saw.

Claims, each of the default run (population 50, ten bouts of 30 s): within ten minutes it passes a score of 200,000 on
held-out bouts for at least eight of ten seeds, where a network that nobody trained stays below 5,000 and the scripted
ace lies between 80,000 and 150,000; its pilot beats each scripted ace in more than 60% of 200 held-out duels; and in a
longer run, elites beat those fifty generations before them more often than not.

    python benchmarks/neat_learns.py [--seeds 10] [--minutes 10] [--generations 200] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from python_training.runtime.threads import limit_threads  # before NumPy, which reads it when it is imported

PASSING_SCORE, PASSING_SHARE = 200_000.0, 0.8
RANDOM_NETWORK_BELOW, ACE_BETWEEN = 5_000.0, (80_000.0, 150_000.0)
WIN_RATE, DUELS, APART = 0.6, 200, 50


@dataclass(frozen=True)
class Bred:
    """What one default run came to.

    Attributes:
        minutes: of the clock, until its threshold was met or time was up.
        score: mean over sets of ten held-out bouts, with its interval.
        win_rates: in duels, by ace.
    """

    seed: int
    minutes: float
    generations: int
    score: float
    score_ci: list[float]
    win_rates: Mapping[str, float]
    baselines: Mapping[str, float]


def breed(root: Path, config: Mapping[str, Any], minutes: float, threads: int) -> tuple[Any, float]:
    """Train as `paddock train neat` does, stopping after `minutes`; returns the run's folder and the minutes taken."""
    from python_training import presets, registry
    from python_training.contracts.config import validate
    from python_training.contracts.events import EventType
    from python_training.contracts.status import RunStatus
    from python_training.runtime.journal import read_events
    from python_training.runtime.loop import host
    from python_training.runtime.run_folder import create_run

    resolved = validate(registry.system("neat").config_class(), presets.resolve("neat", config))
    folder = create_run(
        root / "logs",
        root / "checkpoints",
        system="neat",
        config=resolved.model_dump(mode="json"),
        threads=threads,
        host_here=True,
    )
    bell = threading.Timer(60 * minutes, lambda: folder.control().request("stop"))
    bell.start()
    try:
        host(folder, host="terminal")
    finally:
        bell.cancel()
    times = {event.data["status"]: event.t for event in read_events(folder.path) if event.type is EventType.STATUS}
    ended = times.get(RunStatus.FINISHED) or times[RunStatus.STOPPED]
    return folder, (ended - times[RunStatus.STARTING]) / 60


def judged(root: Path, seed: int, minutes: float, threads: int) -> Bred:
    """A default run with that seed, and what its pilot is worth."""
    from python_training.runtime.run_evaluation import evaluate_run

    folder, taken = breed(root, {"seed": seed}, minutes, threads)
    result = evaluate_run(folder, episodes=100, duels=DUELS, apart=APART)
    return Bred(
        seed,
        taken,
        result["step"],
        result["score_mean"],
        result["score_ci"],
        {name: met["win_rate"] for name, met in result["duels"].items()},
        {name: found["score_mean"] for name, found in result["baselines"].items()},
    )


def progress(root: Path, generations: int, minutes: float, threads: int) -> dict[str, Any]:
    """How often elites of a run without a threshold beat those fifty generations before."""
    from python_training.runtime.run_duels import meet_elites
    from python_training.runtime.run_evaluation import task_of

    config = {"seed": 0, "generations": generations, "fitness_threshold": None, "keep_snapshots": generations}
    folder, _ = breed(root, config, minutes, threads)
    task = task_of(folder)
    return meet_elites(folder, task.world, task.config, generations, APART) or {"newer_won": 0, "of": 0, "pairs": []}


def claims(runs: list[Bred], along: Mapping[str, Any]) -> dict[str, bool]:
    """Which of the claims hold."""
    passed = sum(run.score > PASSING_SCORE for run in runs)
    low, high = ACE_BETWEEN
    return {
        "passes_200000": passed >= PASSING_SHARE * len(runs),
        "random_network_below_5000": runs[0].baselines["random_network"] < RANDOM_NETWORK_BELOW,
        "ace_from_80000_to_150000": low <= runs[0].baselines["ace"] <= high,
        "beats_each_ace": min(_best_of(runs).win_rates.values()) > WIN_RATE,
        "beats_fifty_generations_before": 2 * along["newer_won"] > along["of"],
    }


def _best_of(runs: list[Bred]) -> Bred:
    return max(runs, key=lambda run: run.score)


def _say(text: str, *, quiet: bool) -> None:
    print(text, file=sys.stderr if quiet else sys.stdout, flush=True)


def main() -> int:
    """Print a line for each run, or one JSON object; exit 1 if a claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="default runs, with seeds 0, 1, ...")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long each of them may take")
    parser.add_argument("--generations", type=int, default=200, help="of the longer run")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="cores that a run may use")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else")
    arguments = parser.parse_args()
    limit_threads(arguments.threads)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    _say(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}", quiet=arguments.json)
    runs = []
    with tempfile.TemporaryDirectory(prefix="paddock-neat-") as folder:
        root = Path(folder)
        for seed in range(arguments.seeds):
            run = judged(root, seed, arguments.minutes, arguments.threads)
            runs.append(run)
            wins = ", ".join(f"{name} {rate:.0%}" for name, rate in run.win_rates.items())
            _say(
                f"seed {seed}: {run.score:,.0f} [{run.score_ci[0]:,.0f}, {run.score_ci[1]:,.0f}] after generation "
                f"{run.generations}, {run.minutes:.1f} min; duels won: {wins}",
                quiet=arguments.json,
            )
        along = progress(root, arguments.generations, arguments.minutes, arguments.threads)
    holds = claims(runs, along)
    passed = sum(run.score > PASSING_SCORE for run in runs)
    _say(
        f"above {PASSING_SCORE:,.0f}: {passed} of {len(runs)} seeds, {fmean(run.minutes for run in runs):.1f} min on "
        f"average; beside them " + ", ".join(f"{name} {score:,.0f}" for name, score in runs[0].baselines.items()),
        quiet=arguments.json,
    )
    _say(
        f"elites beat those {APART} generations before in {along['newer_won']} of {along['of']} pairs",
        quiet=arguments.json,
    )
    _say("; ".join(f"{name}: {'holds' if held else 'FAILS'}" for name, held in holds.items()), quiet=arguments.json)
    if arguments.json:
        print(
            json.dumps(
                {"machine": machine, "passed": passed, "runs": [asdict(run) for run in runs], "progress": along}
                | {"claims": holds}
            )
        )
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
