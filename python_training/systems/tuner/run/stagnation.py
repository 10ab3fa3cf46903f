"""What is known where nothing has been accepted for long."""

from __future__ import annotations

from collections import Counter
from typing import Any

from python_training.systems.tuner.run.session import Session

SHOWN = 5
"""Rejected candidates that came nearest, as they are shown."""


def stagnation_report(session: Session) -> dict[str, Any] | None:
    """What was tried since the last acceptance and what might help; None while there is nothing to worry about."""
    run, config = session.run, session.config
    if run.since_acceptance < config.stagnation_patience:
        return None
    since = run.iteration - run.since_acceptance
    attempts = run.history.since(since)
    nearest = sorted(attempts, key=lambda attempt: -attempt.effect)[:SHOWN]
    tried = Counter(name for attempt in attempts for name in attempt.changes)
    names = [parameter.name for parameter in session.objective.parameters]
    return {
        "iteration": run.iteration,
        "decisions_since_acceptance": run.since_acceptance,
        "last_acceptance": run.accepted[-1].iteration if run.accepted else None,
        "search_phase": session.proposers.search.stagnation.phase,
        "outcomes": dict(Counter(attempt.outcome for attempt in attempts)),
        "by_source": {
            source: dict(Counter(attempt.outcome for attempt in attempts if attempt.source == source))
            for source in sorted({attempt.source for attempt in attempts})
        },
        "nearest": [attempt.to_dict() for attempt in nearest],
        "most_tried": dict(tried.most_common(SHOWN)),
        "never_tried": [name for name in names if name not in tried],
        "advice": _advice(session, [attempt.effect for attempt in attempts], [each.outcome for each in attempts]),
    }


def _advice(session: Session, effects: list[float], outcomes: list[str]) -> list[str]:
    """Sentences on what a person might change."""
    config = session.config
    found = []
    if effects and max(effects) < config.min_improvement:
        found.append(
            f"No candidate came to the improvement that the test is made for ({config.min_improvement:.1%}). A smaller "
            "min_improvement finds smaller gains, at the price of more games."
        )
    if outcomes.count("cap_reached") > len(outcomes) / 4:
        found.append(
            "Many tests end at their cap of games. A greater accept.stage_one.max_pairs would let them decide."
        )
    if outcomes.count("no_difference") > len(outcomes) / 4:
        found.append("Many candidates play exactly like the incumbent: some parameters may have no effect at all.")
    if config.search_share < 0.5:
        found.append("A greater search_share gives the search more games between tests.")
    return found or ["This may be the best that these parameters can give. Another seed or start would tell."]
