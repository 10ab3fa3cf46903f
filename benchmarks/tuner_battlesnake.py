"""What an hour of tuning the real Battlesnake player brings, from a bad start and from a good one, beside Optuna's TPE.

Claims, from the presets `detuned` and `default`: after an hour on two cores the committed setting beats its start by a
sequential test (H0: even, H1: 52%, both errors 5%) on seeds that tuning never saw, and against opponents that tuning
never saw it scores no less than its start. Then TPE is given as many games as the tuner played, each trial an equal
share of them in mirrored pairs against the start, and the best it saw meets the committed setting, for whom no claim is
made: the score is what is reported.

    python benchmarks/tuner_battlesnake.py [--starts detuned,default] [--minutes 60] [--cores 2] [--no-peer] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import numpy as np
from tuning.peers import tpe
from tuning.surfaces import Problem

from python_training.presets import resolve
from python_training.simulators.battlesnake.objective import BattlesnakeObjective
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.statistics.intervals import score_interval
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES, Pentanomial
from python_training.systems.tuner.statistics.sprt import Ruling, SequentialTest
from python_training.systems.tuner.trainer import TunerTrainer

PLAYERS = ("detuned", "training", "default", "cautious", "aggressive", "random-safe")
"""Presets and scripted players outside the pool of the objective; those that are not the start are unseen opponents."""
UNSEEN = 2**62
"""Seeds from here on are for judging: tuning draws its own from the whole range at random."""
LOOK = 250
"""Pairs between two looks at the test."""
BEATS = SequentialTest("mean_score", 0.5, 0.52, 0.05, 0.05, max_pairs=40_000, no_difference_pairs=1_000)
Setting = Mapping[str, float]


class Judge:
    """Plays pairs at seeds that nobody has seen, each of them once for each question."""

    def __init__(self, start: str, cores: int) -> None:
        opponents = [name for name in PLAYERS if name != start]
        self.objective = BattlesnakeObjective({"player": start, "opponents": opponents}, threads=cores)

    def beats(self, setting: Setting, other: Setting) -> dict[str, Any]:
        """The sequential test of one against the other."""
        counts = Pentanomial()
        while BEATS.ruling(counts.counts) is Ruling.GOES_ON:
            counts += self._meet(setting, other, counts.pairs, LOOK)
        return {
            "ruling": str(BEATS.ruling(counts.counts)),
            "llr": BEATS.llr(counts.counts),
            "games": counts.games,
            **interval(counts),
        }

    def score(self, setting: Setting, other: Setting | str, pairs: int) -> dict[str, Any]:
        """Mean score and 95% interval of so many pairs."""
        return interval(self._meet(setting, other, 0, pairs))

    def _meet(self, setting: Setting, other: Setting | str, begin: int, pairs: int) -> Pentanomial:
        seeds = UNSEEN + begin + np.arange(pairs, dtype=np.int64)
        return Pentanomial.of(self.objective.play(setting, other, seeds).scores)


def interval(counts: Pentanomial) -> dict[str, Any]:
    """Mean score of counted pairs and its 95% interval."""
    found = score_interval(counts.counts, PAIR_SCORES)
    return {"score": found.value, "interval": [found.low, found.high]}


def tune(start: str, options: argparse.Namespace) -> dict[str, Any]:
    """A run of the tuner: what it accepted, and what it committed in the end."""
    settings = {
        "objective_config": {"player": start},
        "seed": options.seed,
        "max_games": options.games,
        "use_llm": options.use_llm,
    }
    config = TunerConfig.model_validate(resolve("tuner", settings, options.preset))
    began = time.perf_counter()
    with closing(TunerTrainer(config, threads=options.cores)) as trainer:
        session = trainer._session  # the trainer shows metrics; this script wants the settings themselves
        while time.perf_counter() - began < 60 * options.minutes:
            progress = trainer.advance()
            for notice in progress.notices:
                print(f"{time.perf_counter() - began:.0f} s: {notice.message}", file=sys.stderr, flush=True)
            if progress.finished:
                break
        run = session.run
        return {
            "games": run.total_games,
            "games_by_purpose": {str(purpose): games for purpose, games in run.games.items()},
            "seconds": time.perf_counter() - began,
            "decisions": run.iteration,
            "accepted": len(run.accepted),
            "committed": dict(run.incumbent),
            "recommended": dict(session.proposers.recommend().values),
        }


def by_tpe(start: str, games: int, options: argparse.Namespace) -> dict[str, float]:
    """What Optuna's TPE finds with so many games."""
    objective = BattlesnakeObjective({"player": start}, threads=options.cores)
    names = [parameter.name for parameter in objective.parameters]
    rng = np.random.default_rng(options.seed)

    def play(a: np.ndarray, b: np.ndarray, count: int) -> float:
        seeds = rng.integers(UNSEEN, size=count // 2)
        one, other = (dict(zip(names, each.tolist(), strict=True)) for each in (a, b))
        return float(2 * objective.play(one, other, seeds).scores.sum())

    values = objective.start()
    problem = Problem(tuple(objective.parameters), np.array([values[name] for name in names]), lambda _: float("nan"))
    return dict(zip(names, tpe(problem, play, games, rng).tolist(), strict=True))


def from_start(start: str, options: argparse.Namespace) -> dict[str, Any]:
    """One start's tuning, peer and judgement."""
    judge = Judge(start, options.cores)
    values = judge.objective.start()
    found = tune(start, options)
    committed = found["committed"]
    unseen = {}
    for name in judge.objective.opponents:
        after, before = (judge.score(setting, name, options.pairs) for setting in (committed, values))
        unseen[name] = {"committed": after, "start": before}
    figures = {
        **found,
        "against_start": judge.beats(committed, values),
        "recommended_against_start": judge.score(found["recommended"], values, options.pairs),
        "unseen": unseen,
        "mean_gain_unseen": float(
            np.mean([each["committed"]["score"] - each["start"]["score"] for each in unseen.values()])
        ),
    }
    if options.peer:
        began = time.perf_counter()
        best = by_tpe(start, found["games"], options)
        figures["tpe"] = {
            "seconds": time.perf_counter() - began,
            "best": best,
            "against_start": judge.score(best, values, options.pairs),
            "committed_against_it": judge.score(committed, best, options.pairs),
        }
    return figures


def holds(found: Mapping[str, Any]) -> bool:
    """Whether the claims hold: better than the start, and no worse than it against anybody unseen beyond chance."""
    return found["against_start"]["ruling"] == Ruling.H1 and all(
        each["committed"]["interval"][1] >= each["start"]["interval"][0] for each in found["unseen"].values()
    )


def percent(found: Mapping[str, Any]) -> str:
    """A score for people."""
    low, high = found["interval"]
    return f"{100 * found['score']:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"


def told(start: str, found: Mapping[str, Any]) -> None:
    """Print a start's figures."""
    test = found["against_start"]
    print(
        f"from {start}: {found['games']:,} games in {found['seconds'] / 60:.0f} min, {found['decisions']} decisions, "
        f"{found['accepted']} accepted\n"
        f"  committed against start   {percent(test)}, {test['ruling']} after {test['games']:,} games\n"
        f"  recommended against start {percent(found['recommended_against_start'])}"
    )
    for name, each in found["unseen"].items():
        print(f"  against {name:<12} committed {percent(each['committed'])}, start {percent(each['start'])}")
    if "tpe" in found:
        print(f"  TPE's best against start  {percent(found['tpe']['against_start'])}")
        print(f"  committed against TPE's   {percent(found['tpe']['committed_against_it'])}")


def main() -> int:
    """Print the figures; exit 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", default="detuned,default", help="presets that tuning begins with")
    parser.add_argument("--preset", default="battlesnake", help="preset of the tuner")
    parser.add_argument("--minutes", type=float, default=60.0, help="minutes of tuning for each start")
    parser.add_argument("--games", type=int, default=None, help="games after which tuning ends even before that")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="cores that games are played on")
    parser.add_argument("--pairs", type=int, default=1_000, help="pairs of each comparison that is not a test")
    parser.add_argument("--seed", type=int, default=0, help="seed of tuner and peer")
    parser.add_argument("--use-llm", action="store_true", help="with advice of the language model")
    parser.add_argument("--no-peer", dest="peer", action="store_false", help="without Optuna's TPE")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    if options.minutes <= 0 or options.cores < 1 or options.pairs < 1:
        parser.error("--minutes, --cores and --pairs must be positive")
    found = {start: from_start(start, options) for start in options.starts.split(",")}
    kept = all(map(holds, found.values()))
    machine = f"{platform.system()} {platform.machine()}, {options.cores} cores, Python {platform.python_version()}"
    if options.json:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        print(json.dumps({"at": at, "machine": machine, "claims_hold": kept, "starts": found}))
        return 0 if kept else 1
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}")
    for start, figures in found.items():
        told(start, figures)
    print(f"claims: {'hold' if kept else 'FAIL'}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
