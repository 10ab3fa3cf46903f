"""Tells the adviser in a few lines what was tried lately, so that it does not suggest what has failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from python_training.systems.tuner.adviser.advice import MAX_CHANGE_HISTORY, Attempt

NAMED_PARAMETERS = 12
"""So many parameters are named, those tried most."""


def summarize_changes(attempts: Sequence[Attempt], most: int = NAMED_PARAMETERS) -> str:
    """Such as `Recently adjusted: space up (3x: 1 accepted, mean effect +0.8 points), food down (2x: 0 accepted)`.

    Only the newest MAX_CHANGE_HISTORY attempts count, and at most `most` parameters are named. A change up and one down
    are two things: that one has failed speaks for the other.
    """
    recent = attempts[-MAX_CHANGE_HISTORY:]
    if not recent:
        return "Recently adjusted: nothing yet."
    tried: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in recent:
        for name, change in attempt.changes.items():
            if change:
                tried.setdefault((name, "up" if change > 0 else "down"), []).append(attempt)
    order = Counter({key: len(attempts_of) for key, attempts_of in tried.items()}).most_common(most)
    named = ", ".join(f"{name} {way} ({_outcomes(tried[name, way])})" for (name, way), _ in order)
    outcomes = Counter(attempt.outcome for attempt in recent)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    return f"Recently adjusted: {named}.\nOf the last {len(recent)} attempts: {counted}."


def _outcomes(attempts: Sequence[Attempt]) -> str:
    accepted = sum(attempt.outcome == "accepted" for attempt in attempts)
    told = f"{len(attempts)}x: {accepted} accepted"
    effects = [attempt.effect for attempt in attempts if attempt.effect is not None]
    return told + (f", mean effect {100 * fmean(effects):+.1f} points" if effects else "")
