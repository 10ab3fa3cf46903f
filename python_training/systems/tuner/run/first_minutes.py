"""What people are told before there is anything to decide: what is played, where it goes on, who is tested first."""

from __future__ import annotations

from python_training.contracts.trainer import Notice
from python_training.systems.tuner.run.session import Session


def plan(session: Session) -> Notice:
    """What the first games are for."""
    config, opponents = session.config, session.objective.opponents
    baseline = (
        f"About {config.baseline_games:,} games first measure the start against {', '.join(opponents)}. "
        if config.baseline_games and opponents
        else ""
    )
    return Notice(
        "info",
        "plan",
        f"{baseline}The search then plays about {config.search.games_per_candidate:,} games before it proposes a "
        f"candidate, whose test goes on until it is sure of a gain of {config.min_improvement:.1%} or of none.",
    )


def resumed(session: Session) -> Notice:
    """Where a run goes on."""
    run = session.run
    return Notice(
        "info",
        "resumed",
        f"Resumed from checkpoint: iteration {run.iteration}, best win rate {run.win_rate.value:.1%}, "
        f"{run.total_games:,} games.",
    )


def first_test(session: Session) -> Notice:
    """Who is tested first, and where that can be seen."""
    waiting = session.run.trials or ()
    who = "; ".join(f"{trial.proposal.source} ({trial.proposal.reason})" for trial in waiting) or "decided at once"
    return Notice(
        "info",
        "first_test",
        f"The first candidate is tested, after {session.run.total_games:,} games: {who}. The log-likelihood ratio goes "
        "between its bounds until it meets one.",
    )
