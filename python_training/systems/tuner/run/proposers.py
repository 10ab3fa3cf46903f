"""Everybody who proposes: the search, the language model that advises it, and the network that learns from winners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from python_training.contracts.objective import PairScores, Parameter
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.adviser.advice import AdviserContext, Belief, Verdict
from python_training.systems.tuner.adviser.advice import Attempt as AdviserAttempt
from python_training.systems.tuner.adviser.adviser import Adviser
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.patterns.pattern_network import PatternNetwork, Patterns
from python_training.systems.tuner.run.change_history import Attempt
from python_training.systems.tuner.run.games import Meeting
from python_training.systems.tuner.run.trial import OUTCOMES, Trial
from python_training.systems.tuner.search.search import Search
from python_training.systems.tuner.search.types import Advice, Match, Proposal, Recommendation
from python_training.systems.tuner.seeds import Purpose, pair_seeds
from python_training.systems.tuner.source_names import LLM, PATTERN

Values = Mapping[str, float]


class Proposers:
    """The search and those who advise it. What each of them knows depends on nothing but the games it was shown.

    The language model answers in its own time. Its advice is admitted by `admit`, at a decision that is written down;
    everything else happens in step with the games.

    Args:
        config: of the run.
        parameters: what is tuned.
        start: the first incumbent.

    Attributes:
        search, adviser, pattern: those who propose; the latter two only where the config wants them.
        patterns: what winners had in common when the last decision ended, as plain JSON. The network learns when it is
            asked, so only decisions may ask it: looking at a run must not change it.
    """

    def __init__(self, config: TunerConfig, parameters: Sequence[Parameter], start: Values) -> None:
        self.search = Search(parameters, start, config.search, config.seed)
        self.adviser = Adviser(config.adviser, parameters, config.seed) if config.use_llm else None
        self.pattern = PatternNetwork(parameters, config.pattern, config.seed) if config.use_neural_net else None
        self.patterns: dict[str, Any] = asdict(Patterns())
        self._seed = config.seed
        self._pairs_begun = 0

    def matches(self, games: float) -> list[tuple[Match, Meeting]]:
        """Search games that are wanted next: whole matches, of at least `games` games in all."""
        wanted: list[tuple[Match, Meeting]] = []
        while games > 0:
            match = self.search.ask()
            seeds = pair_seeds(self._seed, Purpose.SEARCH, self._pairs_begun, match.pairs)
            self._pairs_begun += match.pairs
            wanted.append((match, Meeting(match.a, match.b, seeds)))
            games -= 2 * match.pairs
        return wanted

    def tell(self, match: Match, scores: PairScores) -> None:
        """What came of a search match; in the order in which matches were asked for."""
        self.search.tell(match, scores.scores)
        if self.pattern is not None:
            self.pattern.record_match(match.a, match.b, scores.scores)

    def saw(self, meeting: Meeting, scores: PairScores) -> None:
        """Games of a decision: no search games, but the search may learn from them."""
        if not isinstance(meeting.opponent, str):
            self.search.observe(meeting.candidate, meeting.opponent, scores.scores, source="decision")

    def candidate(self) -> Proposal | None:
        """The next setting that is worth a test, None while there is none."""
        proposal = self.search.candidate()
        self._note_dropped()
        return proposal

    def recommend(self) -> Recommendation:
        """The optimiser's present best guess, proved or not."""
        return self.search.recommend()

    def admit(self, decision: int) -> int:
        """Take in what the language model has answered by decision `decision`; returns how many suggestions came."""
        if self.adviser is None:
            return 0
        arrived = self.adviser.arrived(decision)
        if arrived:
            self.search.advise([Advice(each.values, each.reason, source=LLM, key=each.key) for each in arrived])
            self._note_dropped()
        return len(arrived)

    def judged(self, trial: Trial, incumbent: Values, win_rates: Sequence[float], history: Iterable[Attempt]) -> None:
        """A decision has ended, and `incumbent` is the incumbent now: let everybody learn, and ask for advice."""
        decision, proposal = trial.decision, trial.proposal
        verdict = decision.verdict
        if verdict is None:
            raise ValueError(f"Decision {decision.index} has not ended.")
        self.search.judged(proposal, OUTCOMES[verdict])
        if self.pattern is not None:
            self.pattern.record(decision.candidate, verdict.accepted)
            self.patterns = asdict(self.pattern.patterns())
            if not self.search.queue.waiting(PATTERN) and (found := self.pattern.propose()) is not None:
                self.search.advise([Advice(found, "what winners have in common", source=PATTERN)])
        if self.adviser is not None and proposal.advice:
            self.adviser.judged(proposal.advice, _told(trial))
        self.ask_adviser(decision.index, incumbent, win_rates, history)

    def ask_adviser(
        self, decision: int, incumbent: Values, win_rates: Sequence[float], history: Iterable[Attempt]
    ) -> None:
        """Ask the language model what to try next, unless it is still thinking; never waits."""
        if self.adviser is not None:
            self.adviser.ask(self._context(decision, incumbent, win_rates, history))

    def advice(self, key: str) -> dict[str, Any] | None:
        """The language model's record of a suggestion: question, answers, reason, verdict. None if it is not known."""
        records = self.adviser.records() if self.adviser is not None and key else ()
        return next((dict(record) for record in records if record["key"] == key), None)

    def notices(self) -> list[Notice]:
        """What happened to the language model since this was last asked."""
        told = self.adviser.notices() if self.adviser is not None else ()
        return [Notice(each.level, each.code, each.message) for each in told]

    def state(self) -> dict[str, Any]:
        """Complete, as plain JSON."""
        return {
            "search": self.search.state(),
            "adviser": None if self.adviser is None else self.adviser.state(),
            "pattern": None if self.pattern is None else self.pattern.state(),
            "patterns": self.patterns,
            "pairs_begun": self._pairs_begun,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of. Advisers that were not there then begin with nothing."""
        self.search.restore(state["search"])
        if self.adviser is not None and state["adviser"] is not None:
            self.adviser.restore(state["adviser"])
        if self.pattern is not None and state["pattern"] is not None:
            self.pattern.restore(state["pattern"])
        self.patterns = dict(state["patterns"])
        self._pairs_begun = int(state["pairs_begun"])

    def close(self) -> None:
        """End the language model's process; safe twice."""
        if self.adviser is not None:
            self.adviser.close()

    def _note_dropped(self) -> None:
        """Tell the language model which of its suggestions will not be tried."""
        for advice in self.search.dropped():
            if self.adviser is not None and advice.key:
                self.adviser.judged(advice.key, Verdict("not_tried"))

    def _context(
        self, decision: int, incumbent: Values, win_rates: Sequence[float], history: Iterable[Attempt]
    ) -> AdviserContext:
        beliefs = self.recommend().parameters
        return AdviserContext(
            decision=decision,
            win_rate=win_rates[-1],
            incumbent=dict(incumbent),
            trend=tuple(win_rates),
            beliefs={name: Belief(each.value, each.spread) for name, each in beliefs.items()},
            patterns=tuple(self.patterns["sentences"]),
            attempts=tuple(AdviserAttempt(each.changes, each.outcome, each.effect, each.source) for each in history),
        )


def _told(trial: Trial) -> Verdict:
    """What the adviser hears of its suggestion."""
    verdict, gain = trial.decision.verdict, trial.decision.gain
    estimate = gain or trial.decision.views[0].estimate
    outcome = OUTCOMES[verdict].value if verdict is not None else "not_tried"
    return Verdict(outcome, trial.effect, (estimate.high - estimate.low) / 2, trial.decision.games)
