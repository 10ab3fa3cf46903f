"""What a run remembers beside those who propose: the incumbent, what is being tested, and what came of everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from python_training.contracts.objective import PairScores
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.decisions.decision import Decision
from python_training.systems.tuner.run.acceptance import Acceptance, proved_win_rate
from python_training.systems.tuner.run.calibration import Calibration
from python_training.systems.tuner.run.change_history import Attempt, ChangeHistory
from python_training.systems.tuner.run.trial import Trial
from python_training.systems.tuner.search.types import Proposal
from python_training.systems.tuner.statistics.sequential import Estimate

KEPT_RECORDS = 200
"""Decisions of which everything is kept for the page; the log has all of them."""
KEPT_LINES = 300
"""Newest lines of the log in a checkpoint. Only a disk that is full for that many decisions makes the log lose any."""
TREND = 20
"""Earlier win rates that the language model is told."""


@dataclass
class RunState:
    """Where a run stands.

    Attributes:
        start: the setting it began with.
        iteration: decisions that have ended.
        decisions: decisions that were begun; gives the next one its index.
        games: played so far, by what for: baseline, search, decisions, tournament.
        failed: how many of the games, or trials, brought no score and counted as lost.
        owed: search games that are due beside those of decisions, less those that were played ahead.
        trials: what is being tested, the oldest first.
        accepted: all acceptances, the oldest first.
        history: the last judged changes.
        records: the last decisions in full, the oldest first.
        lines: the newest lines of the training log, the oldest first.
        sources: what came of proposals by source: `{outcome: count}` of each.
        warned: the decision at which stagnation was last told of.
        calibration: what the search expected of candidates, and what their tests measured.
    """

    start: Mapping[str, float]
    history: ChangeHistory
    iteration: int = 0
    decisions: int = 0
    games: dict[str, int] = field(default_factory=lambda: {"baseline": 0, "search": 0, "decisions": 0, "tournament": 0})
    failed: int = 0
    owed: float = 0.0
    trials: list[Trial] = field(default_factory=list)
    accepted: list[Acceptance] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    warned: int = 0
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def begin(cls, start: Mapping[str, float], config: TunerConfig) -> Self:
        """Before the first game."""
        return cls(start, ChangeHistory(config.change_history))

    @property
    def incumbent(self) -> Mapping[str, float]:
        """The setting to beat: the last that was accepted, or the start."""
        return self.accepted[-1].values if self.accepted else self.start

    @property
    def win_rate(self) -> Estimate:
        """What is proved of the incumbent against the start."""
        return self.accepted[-1].win_rate if self.accepted else Estimate(0.5, 0.5, 0.5)

    @property
    def trend(self) -> list[float]:
        """Proved win rates of the last incumbents, the present one last."""
        return [0.5, *(each.win_rate.value for each in self.accepted)][-TREND:]

    @property
    def total_games(self) -> int:
        """All games of the run."""
        return sum(self.games.values())

    @property
    def since_acceptance(self) -> int:
        """Decisions that have ended since the last acceptance, or since the beginning."""
        return self.iteration - (self.accepted[-1].iteration if self.accepted else 0)

    def count(self, source: str, outcome: str) -> None:
        """Note what came of a proposal."""
        counts = self.sources.setdefault(source, {})
        counts[outcome] = counts.get(outcome, 0) + 1

    def failures(self, scored: Iterable[PairScores]) -> list[Notice]:
        """Count trials that failed; gives a warning at the first, and whenever they have doubled since the last one."""
        before, faults = self.failed, [each.fault for each in scored if each.fault]
        self.failed += sum(each.failed for each in scored)
        if self.failed.bit_length() == before.bit_length():
            return []
        told = "1 trial has" if self.failed == 1 else f"{self.failed:,} trials have"
        why = f", the last: {faults[-1]}" if faults else "."
        return [Notice("warning", "trials_failed", f"{told} failed and counted as lost{why}")]

    def note(self, record: Mapping[str, Any], line: Mapping[str, Any]) -> None:
        """Keep an ended decision and its line of the log."""
        self.records = [*self.records, dict(record)][-KEPT_RECORDS:]
        self.lines = [*self.lines, dict(line)][-KEPT_LINES:]

    def win_rate_with(self, gain: Estimate) -> Estimate:
        """What would be proved of a next incumbent with this gain."""
        return proved_win_rate([*(each.gain for each in self.accepted), gain])

    def state(self) -> dict[str, Any]:
        """Complete, as plain JSON."""
        return {
            "start": dict(self.start),
            "iteration": self.iteration,
            "decisions": self.decisions,
            "games": self.games,
            "failed": self.failed,
            "owed": self.owed,
            "trials": [
                {"proposal": asdict(trial.proposal), "decision": trial.decision.to_dict(), "expected": trial.expected}
                for trial in self.trials
            ],
            "accepted": [each.to_dict() for each in self.accepted],
            "history": [attempt.to_dict() for attempt in self.history],
            "records": self.records,
            "lines": self.lines,
            "sources": self.sources,
            "warned": self.warned,
            "calibration": self.calibration.to_dict(),
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], config: TunerConfig) -> Self:
        """Read what `state` gave; raises KeyError, TypeError, ValueError or CheckpointError for anything else."""
        return cls(
            start=dict(state["start"]),
            history=ChangeHistory(config.change_history, (Attempt.from_dict(each) for each in state["history"])),
            iteration=int(state["iteration"]),
            decisions=int(state["decisions"]),
            games={name: int(count) for name, count in state["games"].items()},
            failed=int(state.get("failed", 0)),  # older checkpoints do not count them
            owed=float(state["owed"]),
            trials=[
                Trial(
                    _proposal(each["proposal"]), Decision.from_dict(each["decision"]), float(each.get("expected", 0.0))
                )
                for each in state["trials"]
            ],
            accepted=[Acceptance.from_dict(each) for each in state["accepted"]],
            records=list(state["records"]),
            lines=list(state["lines"]),
            sources={source: dict(counts) for source, counts in state["sources"].items()},
            warned=int(state["warned"]),
            calibration=Calibration.from_dict(state.get("calibration", {})),  # older checkpoints have none
        )


def _proposal(raw: Mapping[str, Any]) -> Proposal:
    parents: Sequence[str] = raw["parents"]
    return Proposal(**{**raw, "parents": tuple(parents)})
