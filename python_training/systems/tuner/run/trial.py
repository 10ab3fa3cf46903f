"""A proposal on its way through the accept test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from python_training.contracts.objective import PairScores
from python_training.systems.tuner.decisions.batches import Batch
from python_training.systems.tuner.decisions.decision import Decision, Verdict
from python_training.systems.tuner.run.games import Meeting
from python_training.systems.tuner.search.types import Outcome, Proposal

OUTCOMES = {
    Verdict.ACCEPTED: Outcome.ACCEPTED,
    Verdict.REJECTED: Outcome.REJECTED,
    Verdict.NOT_CONFIRMED: Outcome.REJECTED,
    Verdict.CAP_REACHED: Outcome.REJECTED,
    Verdict.NO_DIFFERENCE: Outcome.NO_DIFFERENCE,
    Verdict.REGRESSED: Outcome.REGRESSED,
}
"""What a verdict means to those who propose."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Who proposed what, and what is known of it.

    Attributes:
        expected: gain over the incumbent that the search expected when the test began, as a fraction.
    """

    proposal: Proposal
    decision: Decision
    expected: float = 0.0

    def meetings(self) -> list[Meeting]:
        """The games that the next look needs."""
        return [_meeting(batch) for batch in self.decision.wants()]

    def seen(self, scores: Sequence[PairScores]) -> Trial:
        """The trial after those games."""
        return replace(self, decision=self.decision.add(scores))

    @property
    def effect(self) -> float:
        """Mean score above even against the incumbent: the confirmed gain, else what the last stage against it saw."""
        if self.decision.gain is not None:
            return self.decision.gain.value
        against_incumbent = self.decision.views[: 2 if len(self.decision.views) > 1 else 1]
        return against_incumbent[-1].estimate.value - 0.5

    def summary(self) -> dict[str, Any]:
        """For the page and the log: who, what, and how the current stage stands."""
        view, decision = self.decision.current, self.decision
        return {
            "decision": decision.index,
            "proposal": self.proposal.number,
            "source": self.proposal.source,
            "reason": self.proposal.reason,
            "stage": view.stage.value,
            "games": decision.games,
            "llr": view.llr,
            "lower": view.lower,
            "upper": view.upper,
            "score": view.estimate.value,
        }


def _meeting(batch: Batch) -> Meeting:
    return Meeting(batch.player, batch.opponent, batch.seeds)
