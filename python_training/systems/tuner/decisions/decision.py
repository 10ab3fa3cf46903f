"""A candidate's way to acceptance: stage one, confirmation on fresh seeds, non-regression against the pool.

Each stage is a sequential test of its own, on seeds that nothing else uses; what the search played is no evidence. The
gain of an accepted candidate is what the confirmation measured, for stage one's figures are those of the lucky ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np

from python_training.contracts.errors import CheckpointError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.decisions.batches import Batch, Rival, differences, regression_batches
from python_training.systems.tuner.decisions.rules import Rules
from python_training.systems.tuner.decisions.stage import Stage, counted
from python_training.systems.tuner.seeds import Purpose, decision_seeds
from python_training.systems.tuner.statistics.sequential import Estimate
from python_training.systems.tuner.statistics.sprt import Ruling, SequentialTest

Values = Mapping[str, float]


class StageName(StrEnum):
    """The stages, in order."""

    STAGE_ONE = "stage_one"
    CONFIRMATION = "confirmation"
    NON_REGRESSION = "non_regression"


class Verdict(StrEnum):
    """How a decision ended."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NO_DIFFERENCE = "no_difference"
    NOT_CONFIRMED = "not_confirmed"
    REGRESSED = "regressed"
    CAP_REACHED = "cap_reached"

    @property
    def accepted(self) -> bool:
        """Whether the candidate is to be committed."""
        return self is Verdict.ACCEPTED


_STAGES = tuple(StageName)
_PURPOSES = (Purpose.STAGE_ONE, Purpose.CONFIRMATION, Purpose.NON_REGRESSION)
_REFUSED = (Verdict.REJECTED, Verdict.NOT_CONFIRMED, Verdict.REGRESSED)
"""What it means that a stage accepts its H0."""


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage for people to look at.

    Attributes:
        stage: which one.
        pairs, games: counted so far; against the pool either side played so many.
        llr, lower, upper: the log-likelihood ratio and its bounds.
        trace: the ratio after each look.
        estimate: mean score of a pair (against the pool: how much more than the incumbent) with its interval.
    """

    stage: StageName
    pairs: int
    games: int
    llr: float
    lower: float
    upper: float
    trace: tuple[float, ...]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Decision:
    """One candidate and what was found out about it. Frozen: `add` gives the decision as it stands afterwards.

    Attributes:
        index: number of the decision in its run, from 0; its seeds follow from it.
        candidate, incumbent: what is compared.
        rules: the tests.
        run_seed: of the run.
        pool: the rivals of the non-regression test.
        stages: those begun, in order.
    """

    index: int
    candidate: Values
    incumbent: Values
    rules: Rules
    run_seed: int
    pool: tuple[Rival, ...]
    stages: tuple[Stage, ...]

    @classmethod
    def begin(
        cls, index: int, candidate: Values, incumbent: Values, rules: Rules, run_seed: int, pool: Sequence[Rival] = ()
    ) -> Self:
        """A decision before its first game."""
        first = (Stage.begin(rules.stage_one),)
        return cls(index, dict(candidate), dict(incumbent), rules, run_seed, tuple(pool), first)

    @property
    def stage(self) -> StageName:
        """The stage that goes on, or that the decision ended in."""
        return _STAGES[len(self.stages) - 1]

    @property
    def verdict(self) -> Verdict | None:
        """How it ended, None while it goes on."""
        ruling, place = self.stages[-1].ruling, len(self.stages) - 1
        if ruling is Ruling.GOES_ON:
            return None
        if ruling is Ruling.CAP:
            return Verdict.CAP_REACHED
        if ruling is Ruling.H0:
            return _REFUSED[place]
        # Not to differ from the incumbent against others is no regression; against itself it is no improvement.
        if ruling is Ruling.NO_DIFFERENCE and self.stage is not StageName.NON_REGRESSION:
            return Verdict.NO_DIFFERENCE
        return Verdict.ACCEPTED

    @property
    def games(self) -> int:
        """All games played for it."""
        return 2 * sum(stage.pairs_played for stage in self.stages)

    @property
    def gain(self) -> Estimate | None:
        """Mean score above even, a fraction, by the confirmation alone; None while that has not ended."""
        if len(self.stages) < 2 or self.stages[1].ruling is Ruling.GOES_ON:
            return None
        return self.stages[1].estimate(self.rules.confirmation).linear(1.0, -self.rules.confirmation.even)

    def wants(self) -> tuple[Batch, ...]:
        """The games that the next look needs, () once it is decided."""
        if self.verdict is not None:
            return ()
        place, stage = len(self.stages) - 1, self.stages[-1]
        count = min(self.rules.pairs_per_look, self._test(place).max_pairs - stage.pairs)
        if self.stage is StageName.NON_REGRESSION:
            count = max(count, len(self.pool))
        seeds = decision_seeds(self.run_seed, _PURPOSES[place], self.index, stage.pairs, count)
        if self.stage is StageName.NON_REGRESSION:
            return regression_batches(self.candidate, self.incumbent, self.pool, seeds)
        return (Batch(self.candidate, self.incumbent, seeds),)

    def add(self, results: Sequence[PairScores]) -> Decision:
        """The decision after the games that `wants` asked for, in that order.

        Raises:
            PaddockError: the results are not those of the games asked for.
        """
        batches = self.wants()
        counts = [counted(result, len(batch.seeds)) for batch, result in zip(batches, results, strict=True)]
        place, stage = len(self.stages) - 1, self.stages[-1]
        test = self._test(place)
        if self.stage is StageName.NON_REGRESSION:
            found, rivals = differences(self.pool, results, counts, stage.rivals)
            played = sum(len(batch.seeds) for batch in batches)
            after = stage.seen(test, found, {}, played=played, rivals=rivals)
        else:
            look = np.array(counts[0].counts, dtype=np.int64)
            after = stage.seen(test, look, results[0].figures, played=len(batches[0].seeds))
        return replace(self, stages=(*self.stages[:-1], after))._moved_on()

    @property
    def current(self) -> StageView:
        """The stage that goes on, or that the decision ended in."""
        return self._view(len(self.stages) - 1)

    @property
    def views(self) -> tuple[StageView, ...]:
        """All stages begun, in order."""
        return tuple(self._view(place) for place in range(len(self.stages)))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON, from which `from_dict` makes the same decision bit for bit.

        The rules are in it: a test is finished by the rules that it began with, whatever the config says by then.
        """
        return {
            "index": self.index,
            "candidate": dict(self.candidate),
            "incumbent": dict(self.incumbent),
            "rules": self.rules.to_dict(),
            "run_seed": self.run_seed,
            "pool": [rival.to_dict() for rival in self.pool],
            "stages": [stage.to_dict() for stage in self.stages],
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises CheckpointError for anything else."""
        try:
            return cls(
                index=int(raw["index"]),
                candidate=dict(raw["candidate"]),
                incumbent=dict(raw["incumbent"]),
                rules=Rules.from_dict(raw["rules"]),
                run_seed=int(raw["run_seed"]),
                pool=tuple(Rival.from_dict(rival) for rival in raw["pool"]),
                stages=tuple(Stage.from_dict(stage) for stage in raw["stages"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(f"A saved decision cannot be read: {error!r}.") from error

    def _test(self, place: int) -> SequentialTest:
        test = (self.rules.stage_one, self.rules.confirmation, self.rules.non_regression)[place]
        if test is None:
            raise ValueError("These rules have no non-regression test.")
        return test

    def _moved_on(self) -> Decision:
        """With the next stage begun, if this one has passed and there is one."""
        place = len(self.stages) - 1
        asked = place == 0 or (place == 1 and self.rules.non_regression is not None and self.pool)
        if self.stages[-1].ruling is not Ruling.H1 or not asked:
            return self
        return replace(self, stages=(*self.stages, Stage.begin(self._test(place + 1))))

    def _view(self, place: int) -> StageView:
        stage, test = self.stages[place], self._test(place)
        llr = stage.trace[-1] if stage.trace else 0.0
        estimate = stage.estimate(test)
        games = 2 * stage.pairs_played
        return StageView(_STAGES[place], stage.pairs, games, llr, test.lower, test.upper, stage.trace, estimate)
