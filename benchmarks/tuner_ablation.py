"""What the tuner's language model and its pattern network are worth: whole runs with and without them, at equal games.

Each run tunes a bowl of 31 parameters that is seen only through noisy games (systems/tuner/objectives/synthetic.py),
with default settings; the arms differ in `use_llm` and `use_neural_net` and in nothing else. For each arm: the true win
rate against the start of what was committed and of what is recommended, proposals and acceptances by source, and the
cost of advice. Differences to the arm without both are paired by problem, with a 95% interval. There is no claim to
hold: whichever way it falls is what is reported. The bowl's parameters have no meaning, so a language model can go by
numbers alone here; nothing is said about worlds that it has read about.

    python benchmarks/tuner_ablation.py [--games 30000] [--seeds 10] [--arms neither,pattern,adviser,both] [--json]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import numpy as np

from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.objectives.synthetic import SyntheticObjective
from python_training.systems.tuner.trainer import TunerTrainer

ARMS = {
    "neither": {"use_llm": False, "use_neural_net": False},
    "pattern": {"use_llm": False, "use_neural_net": True},
    "adviser": {"use_llm": True, "use_neural_net": False},
    "both": {"use_llm": True, "use_neural_net": True},
}
OBJECTIVE = "python_training.systems.tuner.objectives.synthetic:SyntheticObjective"


def run(arm: Mapping[str, bool], problem: int, games: int, adviser: Mapping[str, Any]) -> dict[str, Any]:
    """One whole run on one problem."""
    config = TunerConfig(
        objective=OBJECTIVE,
        objective_config={"problem": problem},
        seed=problem,
        max_games=games,
        baseline_games=0,
        tournament_games=0,
        adviser=adviser,
        **arm,
    )
    notices: list[str] = []
    with closing(TunerTrainer(config, threads=1)) as trainer:
        while True:
            progress = trainer.advance()
            notices += [f"{notice.code}: {notice.message}" for notice in progress.notices]
            if progress.finished:
                break
        session = trainer._session  # the trainer shows metrics; this script wants the settings themselves
        truth = SyntheticObjective({"problem": problem})
        records = session.proposers.adviser.records() if session.proposers.adviser else ()
        pattern = session.proposers.pattern
        return {
            "committed": truth.win_probability(session.run.incumbent),
            "recommended": truth.win_probability(session.proposers.recommend().values),
            "decisions": session.run.iteration,
            "sources": {
                name: [credit.proposed, credit.accepted] for name, credit in session.proposers.search.credit.items()
            },
            "suggestions": sum(bool(record["values"]) for record in records),
            "advice_tokens": sum(record["prompt_tokens"] + record["answer_tokens"] for record in records),
            "advice_s": sum(record["seconds"] for record in records),
            "foretold_auc": pattern.worth.auc if pattern is not None and pattern.worth.outcomes else None,
            "notices": notices,
        }


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means over an arm's runs; proposals and acceptances are sums."""
    proposed, accepted = Counter[str](), Counter[str]()
    for each in runs:
        for name, (of_proposals, of_acceptances) in each["sources"].items():
            proposed[name] += of_proposals
            accepted[name] += of_acceptances
    foretold = [each["foretold_auc"] for each in runs if each["foretold_auc"] is not None]
    means = ("committed", "recommended", "decisions", "suggestions", "advice_tokens", "advice_s")
    return {
        **{name: float(np.mean([each[name] for each in runs])) for name in means},
        "sources": {name: {"proposed": proposed[name], "accepted": accepted[name]} for name in sorted(proposed)},
        "foretold_auc": float(np.mean(foretold)) if foretold else None,
        "notices": sorted({notice for each in runs for notice in each["notices"]}),
    }


def difference(runs: Sequence[Mapping[str, Any]], without: Sequence[Mapping[str, Any]], figure: str) -> list[float]:
    """Mean paired difference of a figure, and the ends of its 95% interval; a single pair has no interval."""
    gains = np.array([a[figure] - b[figure] for a, b in zip(runs, without, strict=True)])
    half = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else float("nan")
    return [float(gains.mean()), float(gains.mean() - half), float(gains.mean() + half)]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All arms on all problems."""
    adviser = {"lockstep": True, "threads": options.threads, "niceness": 0, "models": options.models.split(",")}
    began = time.perf_counter()
    runs: dict[str, list[dict[str, Any]]] = {arm: [] for arm in options.arms}
    for problem in range(options.seeds):
        for arm, found in runs.items():
            found.append(run(ARMS[arm], problem, options.games, adviser))
            print(
                f"problem {problem}, {arm}: committed {found[-1]['committed']:.3f}, "
                f"recommended {found[-1]['recommended']:.3f} ({time.perf_counter() - began:.0f} s)",
                file=sys.stderr,
            )
    arms: dict[str, Any] = {arm: summary(found) for arm, found in runs.items()}
    if "neither" in runs and options.seeds > 1:
        for arm in set(runs) - {"neither"}:
            for figure in ("committed", "recommended"):
                arms[arm][f"{figure}_gain"] = difference(runs[arm], runs["neither"], figure)
    return {"games": options.games, "seeds": options.seeds, "arms": arms, "seconds": time.perf_counter() - began}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", type=int, default=30_000, help="games of a run")
    parser.add_argument("--seeds", type=int, default=10, help="problems that each arm is run on")
    parser.add_argument("--arms", default=",".join(ARMS), help="which arms")
    parser.add_argument("--models", default="smollm2", help="models of the adviser, as in adviser.models")
    parser.add_argument("--threads", type=int, default=2, help="cores of a model")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    options.arms = options.arms.split(",")
    if unknown := set(options.arms) - set(ARMS):
        parser.error(f"--arms: expected some of {', '.join(ARMS)}, got {', '.join(sorted(unknown))}")
    if options.seeds < 1 or options.games < 2:
        parser.error("--seeds must be at least 1, --games at least 2")
    found = {
        "benchmark": "tuner-ablation",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        **measure(options),
    }
    if options.json:
        print(json.dumps(found))
        return 0
    for arm, figures in found["arms"].items():
        print(f"{arm}: committed {100 * figures['committed']:.1f}%, recommended {100 * figures['recommended']:.1f}%")
        for figure in ("committed", "recommended"):
            if f"{figure}_gain" in figures:
                gain, low, high = (100 * each for each in figures[f"{figure}_gain"])
                print(f"  {figure} against neither: {gain:+.2f} points, 95% interval {low:+.2f} to {high:+.2f}")
        told = ", ".join(f"{n} {c['accepted']}/{c['proposed']}" for n, c in figures["sources"].items() if c["proposed"])
        print(f"  accepted/proposed: {told}")
        if figures["suggestions"]:
            print(
                f"  advice a run: {figures['suggestions']:.1f} suggestions, {figures['advice_tokens']:.0f} tokens, "
                f"{figures['advice_s']:.0f} s"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
