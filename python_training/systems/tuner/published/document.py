"""tuner.json: all that the page of a run and its report show, made of the session alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from python_training.systems.tuner.decisions.decision import Decision
from python_training.systems.tuner.run.records import finite, interval, stages
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.standings import standings
from python_training.systems.tuner.run.tournament import incumbent_name
from python_training.systems.tuner.run.trial import Trial

FORMAT = 1


def document(session: Session) -> dict[str, Any]:
    """Plain JSON without NaN and infinity, for programs; people are shown the report that is made of it."""
    run = session.run
    return {
        "format": FORMAT,
        "objective": session.config.objective,
        "iteration": run.iteration,
        "total_games": run.total_games,
        "games": dict(run.games),
        "failed": run.failed,
        "parameters": [asdict(parameter) for parameter in session.objective.parameters],
        "start": dict(run.start),
        "incumbent": {
            "name": incumbent_name(len(run.accepted)),
            "values": dict(run.incumbent),
            "win_rate": interval(run.win_rate),
        },
        "recommended": _recommended(session),
        "baseline": session.baseline.table(),
        "testing": [_testing(trial) for trial in run.trials],
        "decisions": run.records,
        "accepted": [_accepted(each.to_dict()) for each in run.accepted],
        "sources": _sources(session),
        "history": [attempt.to_dict() for attempt in run.history],
        "tournament": {"results": session.tournament.results(), "table": standings(session)},
        "adviser": _adviser(session),
        "pattern": _pattern(session),
        "stagnation": {"since": run.since_acceptance, "phase": session.proposers.search.stagnation.phase},
    }


def _recommended(session: Session) -> dict[str, Any]:
    best = session.proposers.recommend()
    return {
        "values": dict(best.values),
        "win_rate": finite(session.believed_win_rate()),
        "ahead": finite(session.believed_score()),
        "calibration": {**session.run.calibration.to_dict(), "share": session.run.calibration.share},
        "parameters": {
            name: {
                "value": finite(belief.value),
                "spread": finite(belief.spread),
                "importance": finite(belief.importance),
            }
            for name, belief in best.parameters.items()
        },
    }


def _testing(trial: Trial) -> dict[str, Any]:
    """A test that goes on, in the form of an ended decision."""
    decision: Decision = trial.decision
    return {
        "decision": decision.index,
        "proposal": trial.proposal.number,
        "source": trial.proposal.source,
        "reason": trial.proposal.reason,
        "advice": trial.proposal.advice,
        "games": decision.games,
        "values": dict(decision.candidate),
        "stages": stages(decision),
    }


def _accepted(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An acceptance without its file, which is as long as all the rest."""
    return {name: value for name, value in raw.items() if name != "text"}


def _sources(session: Session) -> dict[str, Any]:
    """By source: what came of its proposals, and its weight in the portfolio."""
    credit = session.proposers.search.credit
    names = dict.fromkeys([*credit, *session.run.sources])
    return {
        name: {
            "outcomes": session.run.sources.get(name, {}),
            "weight": finite(credit[name].weight) if name in credit else None,
        }
        for name in names
    }


def _adviser(session: Session) -> dict[str, Any] | None:
    adviser = session.proposers.adviser
    return None if adviser is None else {"records": list(adviser.records())}


def _pattern(session: Session) -> dict[str, Any] | None:
    pattern = session.proposers.pattern
    if pattern is None:
        return None
    worth = pattern.worth
    return {
        **session.proposers.patterns,
        "worth": {
            "auc": finite(worth.auc),
            "low": finite(worth.low),
            "high": finite(worth.high),
            "outcomes": worth.outcomes,
        },
    }
