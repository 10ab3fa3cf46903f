"""All parts of a run at work, as they are handed around."""

from __future__ import annotations

from dataclasses import dataclass

from python_training.contracts.objective import Objective
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.decisions.batches import Rival
from python_training.systems.tuner.run.acceptance import EVEN
from python_training.systems.tuner.run.baseline import Baseline
from python_training.systems.tuner.run.proposers import Proposers
from python_training.systems.tuner.run.run_state import RunState
from python_training.systems.tuner.run.tournament import START, Tournament, incumbent_name
from python_training.systems.tuner.statistics.sequential import Estimate


@dataclass
class Session:
    """A run: its config as it is now, what is tuned, what has happened, who proposes, and the two measurements."""

    config: TunerConfig
    objective: Objective
    run: RunState
    proposers: Proposers
    baseline: Baseline
    tournament: Tournament

    def pool(self) -> tuple[Rival, ...]:
        """Whom a candidate must not lose to: the start, the last incumbents before the present one, and opponents."""
        accepted, opponents = self.run.accepted, self.objective.opponents
        before = accepted[:-1][-self.config.pool_incumbents :] if self.config.pool_incumbents else []
        rivals = [Rival(START, self.run.start)] if accepted else []
        rivals += [Rival(incumbent_name(each.number), each.values) for each in before]
        return (*rivals, *(Rival(name, name) for name in opponents))

    def believed_win_rate(self) -> float:
        """What the recommendation is believed to score against the start: what is proved of the incumbent, and beyond.

        The search forgets old games, and knows the present neighbourhood best; what is proved it need not remember.
        """
        return self.run.win_rate_with(Estimate(*(3 * [self.believed_score() - EVEN]))).value

    def believed_score(self) -> float:
        """What the recommendation is believed to score against the incumbent.

        Of the gain that the search expects, that share counts which tests of earlier candidates found to be there.
        """
        return EVEN + self.run.calibration.share * (self.proposers.recommend().ahead - EVEN)

    def finished(self) -> str | None:
        """Why the run is complete, None while it is not."""
        iterations, games = self.config.max_iterations, self.config.max_games
        if iterations is not None and self.run.iteration >= iterations:
            return f"all {iterations} decisions were made"
        if games is not None and self.run.total_games >= games:
            return f"all {games} games were played"
        return None
