"""How often the tuner's accept rule takes a candidate for better that is not: A/A tests of its whole way.

Claims: of 200 nulls at most 18 pass stage one (5% are expected) and at most one is committed, both for nulls that are
sampled from pentanomial distributions of three variances and for real ones, which are Battlesnake players that differ
from the incumbent in nothing but the seed by which they break ties between equal moves. And two players that are equal
and deterministic end as "no difference". In the JSON, candidates, passed_first and committed are those of the group in
which more went wrong; both groups are in it by name.

The real players are the training preset on a board of 7 x 7, so that half a million games take minutes; --side and
--player choose others.

    python benchmarks/tuner_aa.py [--candidates 200] [--side 7] [--player NAME] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from python_training.contracts.objective import PairScores
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.pairs import play_pairs
from python_training.simulators.battlesnake.players.player_file import PlayerFile, heuristic
from python_training.simulators.battlesnake.players.roster import preset
from python_training.systems.tuner.accept_config import AcceptConfig
from python_training.systems.tuner.decisions.batches import Batch
from python_training.systems.tuner.decisions.decision import Decision, Verdict
from python_training.systems.tuner.decisions.rules import Rules

CANDIDATES, PASSED_CLAIM, COMMITTED_CLAIM = 200, 0.09, 0.005
PAIRS_PER_LOOK, MIN_IMPROVEMENT = 50, 0.02
NULLS = {
    "independent games": (0.25, 0.0, 0.5, 0.0, 0.25),
    "many draws": (0.02, 0.08, 0.8, 0.08, 0.02),
    "seeds that decide": (0.4, 0.05, 0.1, 0.05, 0.4),
}
"""Chances of the five pair scores; variances 0.125, 0.02 and 0.206, means 0.5."""
TIE_SEED = "tie_seed"

Play = Callable[[Batch], PairScores]


def decide(index: int, candidate: Mapping[str, float], incumbent: Mapping[str, float], play: Play) -> Decision:
    """One candidate's whole way."""
    rules = Rules.of(AcceptConfig(), pairs_per_look=PAIRS_PER_LOOK, min_improvement=MIN_IMPROVEMENT)
    decision = Decision.begin(index, candidate, incumbent, rules, run_seed=0)
    while decision.verdict is None:
        decision = decision.add([play(batch) for batch in decision.wants()])
    return decision


def sampled(index: int) -> Decision:
    """A candidate whose pairs are drawn from one of the distributions of mean one half."""
    chances = list(NULLS.values())[index % len(NULLS)]

    def play(batch: Batch) -> PairScores:
        rng = np.random.default_rng([int(batch.seeds[0]), index])
        return PairScores(rng.choice(5, size=len(batch.seeds), p=chances) / 4)

    return decide(index, {}, {}, play)


def played(index: int, file: PlayerFile, game: BattlesnakeConfig, candidate: int) -> Decision:
    """A candidate that is the incumbent but for its tie seed, which is `candidate`; the incumbent's is 0."""

    def play(batch: Batch) -> PairScores:
        assert not isinstance(batch.opponent, str)  # noqa: S101 - there is no pool
        mine, theirs = (
            heuristic(file.values, "null", replace(file.options, tie_seed=int(who[TIE_SEED])))
            for who in (batch.player, batch.opponent)
        )
        return play_pairs(game, mine, theirs, batch.seeds)

    return decide(index, {TIE_SEED: candidate}, {TIE_SEED: 0}, play)


def group(decisions: list[Decision]) -> dict[str, Any]:
    """What became of them."""
    verdicts = Counter(str(decision.verdict) for decision in decisions)
    return {
        "candidates": len(decisions),
        "passed_first": sum(len(decision.stages) > 1 for decision in decisions),
        "committed": verdicts[Verdict.ACCEPTED],
        "verdicts": dict(sorted(verdicts.items())),
        "games_mean": float(np.mean([decision.games for decision in decisions])),
    }


def holds(found: Mapping[str, Any]) -> bool:
    """Whether a group keeps to the claims."""
    count = found["candidates"]
    return found["passed_first"] <= PASSED_CLAIM * count and found["committed"] <= max(1, COMMITTED_CLAIM * count)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Both groups, and the players that never differ."""
    file = preset(options.player)
    game = BattlesnakeConfig(width=options.side, height=options.side)
    began = time.perf_counter()
    done = 0

    def real(index: int) -> Decision:
        nonlocal done
        decision = played(index, file, game, index + 1)
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done} of {options.candidates} real candidates", end="", file=sys.stderr, flush=True)
        return decision

    # Candidates side by side: what a decision comes to does not depend on the others.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        groups = {
            "sampled": group([sampled(index) for index in range(options.candidates)]),
            "real": group(list(pool.map(real, range(options.candidates)))),
        }
    if sys.stderr.isatty():
        print(file=sys.stderr)
    worse = max(groups.values(), key=lambda found: (found["committed"], found["passed_first"]))
    identical = played(options.candidates, file, game, 0).verdict
    return {
        **{key: worse[key] for key in ("candidates", "passed_first", "committed")},
        **groups,
        "identical_players": str(identical),
        "seconds": time.perf_counter() - began,
        "claims_hold": all(map(holds, groups.values())) and identical is Verdict.NO_DIFFERENCE,
    }


def main() -> int:
    """Print the figures; exit 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help="nulls of either kind")
    parser.add_argument("--side", type=int, default=7, help="cells of a side of the real players' board")
    parser.add_argument("--player", default="training", help="preset or file of the real player")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    if options.candidates < 1:
        parser.error("--candidates must be at least 1")
    figures = measure(options)
    if options.json:
        print(json.dumps(figures))
        return 0 if figures["claims_hold"] else 1
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}"
    )
    for name in ("sampled", "real"):
        found = figures[name]
        print(
            f"{name:<10}{found['candidates']:>6} nulls {found['passed_first']:>5} passed stage one "
            f"{found['committed']:>4} committed {found['games_mean']:>9,.0f} games each  {found['verdicts']}"
        )
    print(f"identical deterministic players end as {figures['identical_players']}")
    print(f"claims (18 and 1 of 200): {'hold' if figures['claims_hold'] else 'FAIL'}; {figures['seconds']:.0f} s")
    return 0 if figures["claims_hold"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
