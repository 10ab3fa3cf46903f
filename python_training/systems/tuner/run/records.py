"""What is kept of an ended decision: everything for the page, and a line for the log."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from python_training.systems.tuner.decisions.decision import Decision
from python_training.systems.tuner.run.change_history import changes_between
from python_training.systems.tuner.run.run_state import RunState
from python_training.systems.tuner.run.trial import Trial
from python_training.systems.tuner.statistics.sequential import Estimate

TRACE_POINTS = 100
"""Points of a log-likelihood ratio's course that are kept; of longer ones every so manieth, and the last."""


def decision_record(run: RunState, trial: Trial) -> dict[str, Any]:
    """An ended decision as the page and the report show it."""
    decision, proposal = trial.decision, trial.proposal
    return {
        "iteration": run.iteration,
        "decision": decision.index,
        "proposal": proposal.number,
        "source": proposal.source,
        "reason": proposal.reason,
        "advice": proposal.advice,
        "outcome": None if decision.verdict is None else decision.verdict.value,
        "games": decision.games,
        "total_games": run.total_games,
        "effect": trial.effect,
        "expected": trial.expected,
        "gain": None if decision.gain is None else interval(decision.gain),
        "changes": changes_between(decision.incumbent, decision.candidate),
        "stages": stages(decision),
    }


def log_line(run: RunState, trial: Trial, advice: Mapping[str, Any] | None) -> dict[str, Any]:
    """An ended decision as a line of training_log.jsonl, without its timestamp.

    `win_rate` is what the candidate scored against the incumbent that it met, `best_win_rate` what is proved of the
    incumbent since then against the start, and `improvement` the confirmed gain, 0 where nothing was accepted. `advice`
    is the language model's record if it came from there: the checkpoint keeps the newest of them, the log all.
    """
    decision, proposal = trial.decision, trial.proposal
    view, verdict = decision.current, decision.verdict
    accepted = verdict is not None and verdict.accepted
    gain = decision.gain if accepted else None
    return {
        "iteration": run.iteration,
        "win_rate": 0.5 + trial.effect,
        "best_win_rate": run.win_rate.value,
        "improvement": gain.value if gain is not None else 0.0,
        "improvement_interval": [gain.low, gain.high] if gain is not None else None,
        "accepted": accepted,
        "outcome": None if verdict is None else verdict.value,
        "source": proposal.source,
        "reason": proposal.reason,
        "stage": view.stage.value,
        "llr": view.llr,
        "llr_bounds": [view.lower, view.upper],
        "games": decision.games,
        "total_games": run.total_games,
        "total_improvements": len(run.accepted),
        "decision": decision.index,
        "changes": changes_between(decision.incumbent, decision.candidate),
        "config": dict(decision.candidate),
        **({} if advice is None else {"advice": dict(advice)}),
    }


def stages(decision: Decision) -> list[dict[str, Any]]:
    """Every stage that a decision has come to."""
    shown = []
    for view, stage in zip(decision.views, decision.stages, strict=True):
        shown.append(
            {
                "stage": view.stage.value,
                "pairs": view.pairs,
                "games": view.games,
                "counts": list(stage.counts),
                "llr": view.llr,
                "lower": view.lower,
                "upper": view.upper,
                "trace": thinned(view.trace),
                "looks": len(view.trace),
                "score": interval(view.estimate),
                "figures": {name: interval(moments.estimate()) for name, moments in stage.figures.items()},
                "rivals": {
                    name: {
                        "candidate": met.candidate.mean,
                        "incumbent": met.incumbent.mean,
                        "games": met.candidate.games,
                    }
                    for name, met in stage.rivals.items()
                },
            }
        )
    return shown


def thinned(trace: Sequence[float]) -> list[float]:
    """At most about TRACE_POINTS of a course, evenly spread, with its end."""
    step = max(1, math.ceil(len(trace) / TRACE_POINTS))
    return [*trace[:-1][::step], *trace[-1:]]


def interval(estimate: Estimate) -> dict[str, float | None]:
    """`{value, low, high}`, null where there is no such number."""
    return {"value": finite(estimate.value), "low": finite(estimate.low), "high": finite(estimate.high)}


def finite(value: float) -> float | None:
    """`value`, or None for NaN and infinity, which JSON has no word for."""
    return value if math.isfinite(value) else None
