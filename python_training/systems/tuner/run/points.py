"""The numbers of a run at one step, by metric."""

from __future__ import annotations

from python_training.systems.tuner.decisions.decision import StageName
from python_training.systems.tuner.metrics import source_metric
from python_training.systems.tuner.run.acceptance import EVEN
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.source_names import source_names

_STAGES = tuple(StageName)


def values_of_test(session: Session) -> dict[str, float]:
    """How the oldest candidate's test stands, nothing if none is tested."""
    if not session.run.trials:
        return {}
    decision = session.run.trials[0].decision
    view = decision.current
    return {
        "llr": view.llr,
        "llr_lower": view.lower,
        "llr_upper": view.upper,
        "candidate_score": view.estimate.value + (EVEN if view.stage is StageName.NON_REGRESSION else 0.0),
        "decision": float(decision.index),
        "stage": float(_STAGES.index(view.stage) + 1),
    }


def values_of_run(session: Session) -> dict[str, float]:
    """What is proved, believed and counted, without what only changes when a decision ends."""
    run, baseline = session.run, session.baseline.win_rate
    games = run.games
    values = {
        "win_rate": run.win_rate.value,
        "win_rate_low": run.win_rate.low,
        "win_rate_high": run.win_rate.high,
        "recommended_win_rate": session.believed_win_rate(),
        "iteration": float(run.iteration),
        "accepted": float(len(run.accepted)),
        "since_acceptance": float(run.since_acceptance),
        "search_games": float(games["search"]),
        "decision_games": float(games["decisions"]),
        "other_games": float(games["baseline"] + games["tournament"]),
        "failed_trials": float(run.failed),
    }
    return values if baseline is None else {**values, "baseline_score": baseline.value}


def values_of_decisions(session: Session) -> dict[str, float]:
    """What changes when a decision ends: who proposed with what success."""
    values = {}
    for source in source_names(session.config):
        outcomes = session.run.sources.get(source, {})
        values[source_metric("judged", source)] = float(sum(outcomes.values()))
        values[source_metric("accepted", source)] = float(outcomes.get("accepted", 0))
    return values
