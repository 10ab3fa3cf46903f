"""The search: which games tell most, what they say so far, and which setting is worth a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.search import beliefs, search_state
from python_training.systems.tuner.search.advice_queue import AdviceQueue
from python_training.systems.tuner.search.credit import Ledger
from python_training.systems.tuner.search.cube import Cube, Point
from python_training.systems.tuner.search.history import History
from python_training.systems.tuner.search.patience import Patience
from python_training.systems.tuner.search.refusals import Refusals
from python_training.systems.tuner.search.sources import catalogue
from python_training.systems.tuner.search.sources.source import Idea, View, Winner
from python_training.systems.tuner.search.sources.transfer import TransferSource
from python_training.systems.tuner.search.surface import ResponseSurface
from python_training.systems.tuner.search.types import (
    Advice,
    Match,
    Outcome,
    Proposal,
    Recommendation,
    SourceCredit,
    Stagnation,
    Values,
)
from python_training.systems.tuner.search_config import SearchConfig

FIT_EVERY, FIT_SHARE = 8, 64
"""The surface is fitted after 8 matches; of many after a 64th of them, since the time it takes grows with them."""
RESTART_SPREAD = 0.2
"""Standard deviation of the distance, in each coordinate, at which a search begins anew."""
MOST_WINNERS = 100
"""Accepted settings that are remembered."""


class Draw(IntEnum):
    """What a random number is for. Each use has generators of its own, so there is no generator to save."""

    MATCH = 0
    CANDIDATE = 1
    RESTART = 2


class Search:
    """Proposes search games and candidates for tests, for as long as it is asked.

    It depends on nothing but its arguments and the order of calls. Not for several threads at once.

    Args:
        parameters: what may be turned.
        start: a value for each; the first incumbent.
        config: who proposes, and how.
        seed: of every random draw.

    Raises:
        ConfigError: a value or range that cannot be, or a source that cannot be built.
    """

    def __init__(self, parameters: Sequence[Parameter], start: Values, config: SearchConfig, seed: int) -> None:
        self.cube = Cube(parameters)
        self.start = self.cube.point(start)
        self.config = config
        self.incumbent: Values = dict(start)
        self.incumbent_point = self.start
        self.winners: list[Winner] = []
        self.history = History(len(self.cube), config.memory)
        self.surface = ResponseSurface(self.start)
        self.explorers = catalogue.explorers(self.start, config)
        self.sources = {**self.explorers, **catalogue.others(self.cube, config)}
        self.ledger = Ledger(config.sources, config.credit_memory)
        self.refusals = Refusals(len(self.cube))
        self.patience = Patience(config.stagnation_decisions)
        self.queue = AdviceQueue(config.adviser_share)
        self.pending: dict[int, tuple[str, Point, Point]] = {}
        self.counts = dict.fromkeys(("asked", "drawn", "proposed", "accepted", "since_fit", "games_since"), 0)
        self._seed = seed
        self._dropped: list[Advice] = []

    def ask(self) -> Match:
        """The search games that are wanted next. May be called again before their scores are told."""
        number = self.counts["asked"]
        self.counts["asked"] += 1
        random = self._random(Draw.MATCH, number)
        source = self.ledger.choose(self.explorers, random)
        duel = self.explorers[source].duel(self._view(), random)
        a, b = self.cube.snap(duel.a), self.cube.snap(duel.b)
        self.pending[number] = (source, a, b)
        return Match(number, self.cube.values(a), self.cube.values(b), self.config.pairs_per_match, source, duel.reason)

    def tell(self, match: Match, scores: NDArray[np.float64]) -> None:
        """What came of a match, in the order of asking.

        Args:
            match: one that `ask` gave and that was not told before.
            scores: (P,) pair scores of `match.a` from 0 to 1, P > 0.

        Raises:
            ValueError: there is no such match, or these are no scores.
        """
        if match.number not in self.pending:
            raise ValueError(f"Match {match.number} was not asked for, or has been told already.")
        checked = _checked(scores)
        source, a, b = self.pending.pop(match.number)
        self.explorers[source].saw(a, b, float(checked.mean()), len(checked))
        self.counts["games_since"] += 2 * len(checked)
        self._remember(a, b, checked)

    def observe(self, a: Values, b: Values, scores: NDArray[np.float64], source: str = "decision") -> None:
        """Games between two settings that were played for another purpose: they, too, say something.

        Raises:
            ConfigError: `a` or `b` is no setting of these parameters.
            ValueError: these are no scores.
        """
        self._remember(self.cube.point(a), self.cube.point(b), _checked(scores))

    def recommend(self) -> Recommendation:
        """The best guess by all games so far."""
        return beliefs.recommendation(self.cube, self.surface, self.start, self.incumbent_point, self._centre())

    def expected(self, candidate: Values) -> float:
        """Mean score of a setting against the incumbent, as the surface believes; raises ConfigError for no setting."""
        return beliefs.expected_score(self.surface, self.cube.point(candidate), self.incumbent_point)

    def candidate(self) -> Proposal | None:
        """A setting that is worth a test; None until enough search games were played since the last one."""
        advised = self._advised()
        if advised is not None:
            return advised
        if self.counts["games_since"] < self.config.games_per_candidate:
            return None
        random = self._random(Draw.CANDIDATE, self.counts["drawn"])
        self.counts["drawn"] += 1
        untried = dict.fromkeys(self.sources)
        while untried:
            source = self.ledger.choose(untried, random)
            del untried[source]
            idea = self.sources[source].propose(self._view(), np.random.default_rng(random.integers(2**63)))
            if idea is not None and not self.refusals.refuses(idea.point, self.incumbent_point):
                self.counts["games_since"] = 0
                return self._proposal(source, idea)
        return None

    def judged(self, proposal: Proposal, outcome: Outcome) -> None:
        """What became of a proposal; raises ValueError if it was not made or has been judged."""
        number, accepted = proposal.number, outcome is Outcome.ACCEPTED
        if number not in self.refusals:
            raise ValueError(f"Proposal {number} was not made, or has been judged already.")
        self.ledger.judged(proposal.source, accepted=accepted)
        if accepted:
            self.counts["accepted"] += 1
            self.incumbent, self.incumbent_point = dict(proposal.values), self.refusals.accepted(number)
            newest = Winner(self.counts["accepted"], self.incumbent_point)
            self.winners = [*self.winners, newest][-MOST_WINNERS:]
        else:
            self.refusals.failed(number)
        if self.patience.judged(accepted=accepted):
            self._restart()

    def advise(self, advice: Sequence[Advice]) -> None:
        """Let advice wait for its turn, in place of what waits from the same source.

        Raises:
            ConfigError: one is no setting; none of it is taken.
        """
        for each in advice:
            self.cube.point({**self.incumbent, **each.values})
        self._dropped += self.queue.add(advice)

    def dropped(self) -> list[Advice]:
        """Advice that has come to nothing since this was last asked: it was taken back, or would repeat a failure."""
        dropped, self._dropped = self._dropped, []
        return dropped

    def transfer(self, winners: Sequence[Values]) -> None:
        """Winners of another run, for the transfer source if there is one; raises ConfigError as it does."""
        source = self.sources.get("transfer")
        if isinstance(source, TransferSource):
            source.add(winners)

    @property
    def credit(self) -> Mapping[str, SourceCredit]:
        """How every source has done."""
        return self.ledger.table()

    @property
    def stagnation(self) -> Stagnation:
        """How long nothing has been accepted."""
        return self.patience.stagnation

    def state(self) -> dict[str, Any]:
        """Complete, as plain JSON."""
        return search_state.state(self)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` was taken of, to the bit; raises CheckpointError if it does not fit."""
        search_state.restore(self, state)

    def _random(self, use: Draw, number: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence((self._seed, int(use), number))))

    def _view(self) -> View:
        return View(
            self.cube, self.incumbent_point, self.history.matches, self.surface, self.winners, self.patience.width
        )

    def _centre(self) -> Point:
        """Where the first explorer stands, which is the response surface if it is there."""
        return self.cube.snap(next(iter(self.explorers.values())).centre)

    def _remember(self, a: Point, b: Point, scores: NDArray[np.float64]) -> None:
        self.history.add(a, b, scores)
        self.counts["since_fit"] += 1
        if self.counts["since_fit"] >= max(FIT_EVERY, len(self.history.matches) // FIT_SHARE):
            self.counts["since_fit"] = 0
            self.surface.fit(self.history.matches)
            for explorer in self.explorers.values():
                explorer.learn(self._view())

    def _advised(self) -> Proposal | None:
        while True:
            advised = self.ledger.proposals_of(self.ledger.outsiders())
            advice = self.queue.take(advised, self.ledger.proposals)
            if advice is None:
                return None
            point = self.cube.point({**self.incumbent, **advice.values})
            if not self.refusals.refuses(point, self.incumbent_point):
                return self._proposal(advice.source, Idea(point, advice.reason), advice.key)
            self._dropped.append(advice)

    def _proposal(self, source: str, idea: Idea, advice: str = "") -> Proposal:
        number = self.counts["proposed"]
        self.counts["proposed"] += 1
        self.ledger.proposed(source)
        self.refusals.begun(number, idea.point)
        return Proposal(number, self.cube.values(idea.point), source, idea.reason, idea.parents, advice)

    def _restart(self) -> None:
        """Forget the games and begin elsewhere: where they led, nothing was accepted for long."""
        random = self._random(Draw.RESTART, self.stagnation.restarts)
        point = self.cube.snap(self.incumbent_point + RESTART_SPREAD * random.standard_normal(len(self.cube)))
        self.history = History(len(self.cube), self.config.memory)
        self.surface = ResponseSurface(point)
        self.counts["since_fit"] = 0
        for explorer in self.explorers.values():
            explorer.restart(point)


def _checked(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores as float64; raises ValueError unless they are (P,) with P > 0 and from 0 to 1."""
    checked = np.asarray(scores, dtype=np.float64)
    if checked.ndim != 1 or len(checked) == 0 or not ((checked >= 0.0) & (checked <= 1.0)).all():
        raise ValueError(f"Scores must have shape (pairs,) with values from 0 to 1, got {checked.shape}: {checked}.")
    return checked
