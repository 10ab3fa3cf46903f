"""Which games are played next, and who is told what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from python_training.contracts.objective import PairScores
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.decisions.decision import Decision, StageName
from python_training.systems.tuner.decisions.rules import Rules
from python_training.systems.tuner.run.acceptance import EVEN
from python_training.systems.tuner.run.games import Meeting
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.trial import Trial
from python_training.systems.tuner.search.types import Match


@dataclass(frozen=True, slots=True)
class Group:
    """Meetings whose scores somebody waits for.

    Attributes:
        purpose: baseline, tournament, decisions or search.
        meetings: what is to be played.
        take: called with their scores, in their order.
    """

    purpose: str
    meetings: Sequence[Meeting]
    take: Callable[[Sequence[PairScores]], None]

    @property
    def games(self) -> int:
        """How many games that is."""
        return sum(2 * len(meeting.seeds) for meeting in self.meetings)


def begin_trials(session: Session) -> None:
    """Begin to test candidates until as many are tested as the config says, or nobody proposes one."""
    while len(session.run.trials) < session.config.parallel_configs:
        proposal = session.proposers.candidate()
        if proposal is None:
            return
        expected = session.proposers.search.expected(proposal.values) - EVEN
        session.run.trials.append(Trial(proposal, begun(session, proposal.values), expected))


def begun(session: Session, candidate: Mapping[str, float]) -> Decision:
    """A new decision on `candidate` against the present incumbent, by the rules that hold now."""
    config, run = session.config, session.run
    rules = Rules.of(config.accept, pairs_per_look=config.pairs, min_improvement=config.min_improvement)
    decision = Decision.begin(run.decisions, candidate, run.incumbent, rules, config.seed, session.pool())
    run.decisions += 1
    return decision


def next_round(session: Session, notices: list[Notice]) -> list[Group]:
    """The games to play now: the baseline, then a tournament that waits, then tests and the search beside them."""
    config = session.config
    if not session.baseline.complete:
        first = session.baseline.meetings(config.seed, config.pairs)
        return [Group("baseline", first, lambda scores: _take_baseline(session, first, scores, notices))]
    if not session.tournament.complete:
        bouts = session.tournament.meetings(config.seed, config.pairs)
        return [Group("tournament", bouts, lambda scores: session.tournament.take(bouts, scores))]
    if not session.run.games["search"]:  # a model takes long to load: the first answer should not wait for a decision
        session.proposers.ask_adviser(0, session.run.incumbent, session.run.trend, session.run.history)
    begin_trials(session)
    tests = [_test(session, place) for place in range(len(session.run.trials))]
    return [*tests, *_search(session, sum(test.games for test in tests))]


def _test(session: Session, place: int) -> Group:
    trial = session.run.trials[place]
    meetings = trial.meetings()
    against_incumbent = trial.decision.stage is not StageName.NON_REGRESSION

    def take(scores: Sequence[PairScores]) -> None:
        session.run.trials[place] = trial.seen(scores)
        if against_incumbent:
            session.proposers.saw(meetings[0], scores[0])

    return Group("decisions", meetings, take)


def _search(session: Session, games_of_tests: int) -> list[Group]:
    """Search games: their share beside tests, all where there is nothing to test. What is played ahead is owed back."""
    run, share = session.run, session.config.search_share
    if games_of_tests:
        run.owed += share / (1.0 - share) * games_of_tests
    else:
        run.owed = float(session.config.games)
    groups = []
    for match, meeting in session.proposers.matches(run.owed):
        run.owed -= 2 * len(meeting.seeds)
        groups.append(Group("search", [meeting], _teller(session, match)))
    return groups


def _teller(session: Session, match: Match) -> Callable[[Sequence[PairScores]], None]:
    return lambda scores: session.proposers.tell(match, scores[0])


def _take_baseline(
    session: Session, meetings: Sequence[Meeting], scores: Sequence[PairScores], notices: list[Notice]
) -> None:
    session.baseline.take(meetings, scores)
    measured = session.baseline.win_rate
    if session.baseline.complete and measured is not None:
        told = f"{measured.value:.1%} (95% interval {measured.low:.1%} to {measured.high:.1%})"
        notices.append(Notice("info", "baseline", f"Against the fixed opponents the start scores {told}."))
