"""What follows when tests of candidates end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from python_training.contracts.trainer import Notice
from python_training.systems.tuner.published.best_config import config_text
from python_training.systems.tuner.run.acceptance import EVEN, Acceptance
from python_training.systems.tuner.run.change_history import Attempt, changes_between
from python_training.systems.tuner.run.records import decision_record, log_line
from python_training.systems.tuner.run.rounds import begun
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.tournament import incumbent_name
from python_training.systems.tuner.run.trial import Trial

TWO_SIDED_95 = 1.96
"""Standard errors from the middle of a 95% interval to its end."""


def settle(session: Session, notices: list[Notice]) -> bool:
    """Judge every trial that has ended; returns whether a checkpoint should be saved now.

    Of several candidates that pass in one round the one with the greatest confirmed gain is accepted. What was tested
    beside it met an incumbent that is none any more, so those tests begin anew against the new one, whatever they had
    come to.
    """
    run = session.run
    ended = [trial for trial in run.trials if trial.decision.verdict is not None]
    best = _best(ended)
    milestone = False
    for trial in ended:
        if trial is not best and _passed(trial):
            continue  # it is better than what it met, and goes on against what is better still
        run.trials = [each for each in run.trials if each is not trial]
        _judge(session, trial, notices)
        milestone |= trial is best or run.iteration % session.config.checkpoint_interval == 0
    if best is not None:
        run.trials = [_anew(session, trial) for trial in run.trials]
    return milestone


def _anew(session: Session, trial: Trial) -> Trial:
    """A trial from its beginning, against the present incumbent."""
    values = dict(trial.proposal.values)
    expected = session.proposers.search.expected(values) - EVEN
    return replace(trial, decision=begun(session, values), expected=expected)


def _judge(session: Session, trial: Trial, notices: list[Notice]) -> None:
    run, decision = session.run, trial.decision
    verdict = decision.verdict
    if verdict is None:
        raise ValueError(f"Decision {decision.index} has not ended.")
    run.iteration += 1
    run.count(trial.proposal.source, verdict.value)
    first = decision.views[0].estimate
    error = (first.high - first.low) / (2.0 * TWO_SIDED_95)
    run.calibration = run.calibration.seen(trial.expected, first.value - EVEN, error)
    changes = changes_between(decision.incumbent, decision.candidate)
    run.history.add(Attempt(run.iteration, changes, verdict.value, trial.effect, trial.proposal.source))
    if verdict.accepted:
        notices.append(_accept(session, trial))
    session.proposers.judged(trial, run.incumbent, run.trend, run.history)
    run.note(decision_record(run, trial), log_line(run, trial, session.proposers.advice(trial.proposal.advice)))
    notices += _stagnation(session)


def _accept(session: Session, trial: Trial) -> Notice:
    """Make the candidate the incumbent, and let it meet those before it."""
    run, decision, proposal = session.run, trial.decision, trial.proposal
    gain = decision.gain
    if gain is None:
        raise ValueError(f"Decision {decision.index} accepts without a confirmation.")
    number = len(run.accepted) + 1
    before = incumbent_name(number - 1)
    rivals: Mapping[str, Any] = {
        before: run.incumbent,
        **{rival.name: rival.player for rival in session.pool()},
    }
    win_rate = run.win_rate_with(gain)
    told = f"{gain.value:+.2%} (95% interval {gain.low:+.2%} to {gain.high:+.2%})"
    comment = f"Proved by iteration {run.iteration}: {told} over the setting before it."
    run.accepted.append(
        Acceptance(
            number=number,
            iteration=run.iteration,
            decision=decision.index,
            total_games=run.total_games,
            games=decision.games,
            values=dict(decision.candidate),
            text=config_text(session.objective, decision.candidate, comment),
            gain=gain,
            win_rate=win_rate,
            source=proposal.source,
            reason=proposal.reason,
        )
    )
    session.tournament.enter(incumbent_name(number), decision.candidate, rivals)
    return Notice(
        "info", "accepted", f"Iteration {run.iteration}: a candidate of {proposal.source} was accepted, {told}."
    )


def _stagnation(session: Session) -> list[Notice]:
    """A warning whenever `stagnation_patience` more decisions have gone by without an acceptance."""
    run, patience = session.run, session.config.stagnation_patience
    if run.since_acceptance == 0:
        run.warned = run.iteration
    if run.iteration - run.warned < patience:
        return []
    run.warned = run.iteration
    phase = session.proposers.search.stagnation.phase
    message = (
        f"{run.since_acceptance} decisions without an acceptance (the search is in its phase '{phase}'). It may be a "
        "local optimum; see stagnation_report.json."
    )
    return [Notice("warning", "stagnation", message)]


def _passed(trial: Trial) -> bool:
    verdict = trial.decision.verdict
    return verdict is not None and verdict.accepted


def _best(ended: list[Trial]) -> Trial | None:
    """The one to be accepted: of equal gains the older."""
    passed = [trial for trial in ended if _passed(trial)]
    return max(passed, key=lambda trial: (trial.decision.gain.value, -trial.decision.index), default=None)  # type: ignore[union-attr]
