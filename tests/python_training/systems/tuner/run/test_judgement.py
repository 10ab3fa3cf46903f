"""What follows when tests of candidates end, played out with real games on a bowl that is deep enough to be sure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from python_training.contracts.trainer import Notice
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.run.baseline import Baseline
from python_training.systems.tuner.run.games import Games
from python_training.systems.tuner.run.judgement import settle
from python_training.systems.tuner.run.points import values_of_test
from python_training.systems.tuner.run.proposers import Proposers
from python_training.systems.tuner.run.rounds import next_round
from python_training.systems.tuner.run.run_state import RunState
from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.tournament import Tournament
from python_training.systems.tuner.search.types import Advice

MakeConfig = Callable[..., TunerConfig]
START = {"level": 2.0, "weights.w1": 0.2, "weights.w2": 0.2, "weights.w3": 0.2}


def setting(share: float) -> dict[str, float]:
    """A setting that is about this share of the way from the start to the optimum."""
    level = float(round(2.0 + 5.0 * share))
    return {name: level if name == "level" else round(0.2 + 0.5 * share, 6) for name in START}


class Table:
    """A session whose candidates the test brings itself."""

    def __init__(self, config: TunerConfig) -> None:
        self.games = Games(config, 1)
        objective = self.games.objective
        self.session = Session(
            config=config,
            objective=objective,
            run=RunState.begin(dict(objective.start()), config),
            proposers=Proposers(config, tuple(objective.parameters), objective.start()),
            baseline=Baseline(objective.start(), (), 0),
            tournament=Tournament(config.tournament_games // 2),
        )
        self.notices: list[Notice] = []

    def bring(self, *candidates: Mapping[str, float]) -> None:
        """Let settings be the next ones that are tested."""
        self.session.proposers.search.advise([Advice(values, "a test's", source="friend") for values in candidates])

    def play(self) -> bool:
        """One round; returns whether a checkpoint is wanted."""
        groups = next_round(self.session, self.notices)
        played = iter(self.games.play([meeting for group in groups for meeting in group.meetings]))
        for group in groups:
            group.take([next(played) for _ in group.meetings])
            self.session.run.games[group.purpose] += group.games
        return settle(self.session, self.notices)

    def play_until(self, iteration: int) -> bool:
        """Rounds until so many decisions were made; returns whether the last one wanted a checkpoint."""
        wanted, rounds = False, 0
        while self.session.run.iteration < iteration:
            wanted, rounds = self.play(), rounds + 1
            assert rounds < 2000, "nothing is tested"
        return wanted


@pytest.fixture
def table(small: MakeConfig) -> Iterator[Callable[..., Table]]:
    """Makes tables whose search proposes nothing by itself."""
    made: list[Table] = []

    def make(depth: float = 3.0, rivals: tuple[str, ...] = (), **changes: Any) -> Table:
        settings = {"depth": depth, "rivals": rivals}
        never = {"games_per_candidate": 10_000_000, "sources": {"spsa": 1.0}, "adviser_share": 1.0}
        made.append(Table(small(objective_config=settings, search=never, search_share=0.0, **changes)))
        return made[-1]

    yield make
    for each in made:
        with closing(each.games):
            each.session.proposers.close()


def test_an_accepted_candidate_is_the_incumbent(table: Callable[..., Table]) -> None:
    """It is a milestone, is told, meets the start in the tournament, and everything counts it."""
    at = table(checkpoint_interval=1000)
    at.bring(setting(0.5))
    assert at.play_until(1)
    run = at.session.run
    (accepted,) = run.accepted
    assert run.incumbent == setting(0.5)
    assert accepted.gain.low > 0
    assert run.win_rate == accepted.win_rate
    assert run.win_rate.value == pytest.approx(0.5 + accepted.gain.value)
    assert [notice.code for notice in at.notices] == ["accepted"]
    assert run.sources == {"friend": {"accepted": 1}}
    assert run.lines[-1]["improvement"] == accepted.gain.value
    assert run.records[-1]["stages"][0]["stage"] == "stage_one"
    assert not at.session.tournament.complete
    assert run.since_acceptance == 0


def test_a_candidate_s_score_stays_about_one_half(table: Callable[..., Table]) -> None:
    """Against the pool it is one half and what it does better there, so that the chart has one scale."""
    at = table(rivals=("weak", "strong"), baseline_games=0, accept={"non_regression": {"margin": 0.02}})
    at.bring(setting(0.5))
    seen: dict[float, list[float]] = {1.0: [], 2.0: [], 3.0: []}
    while not at.session.run.accepted:
        at.play()
        values = values_of_test(at.session)
        if values:
            seen[values["stage"]].append(values["candidate_score"])
    assert seen[3.0]
    assert min(seen[3.0]) > 0.4


def test_a_rejected_candidate_changes_nothing_but_history(table: Callable[..., Table]) -> None:
    """The incumbent stays, the attempt is remembered with what it changed and did."""
    at = table(checkpoint_interval=1000)
    at.bring(setting(-0.4))
    assert not at.play_until(1)
    run = at.session.run
    assert run.incumbent == START
    assert run.accepted == []
    (attempt,) = run.history
    assert (attempt.outcome, attempt.source) == ("rejected", "friend")
    assert attempt.changes["level"] == -2.0
    assert attempt.effect < 0
    assert run.lines[-1]["improvement"] == 0.0
    assert run.lines[-1]["win_rate"] < 0.5


def test_every_tenth_decision_wants_a_checkpoint(table: Callable[..., Table]) -> None:
    """`checkpoint_interval` counts decisions."""
    at = table(checkpoint_interval=2)
    wanted = []
    for number in range(4):
        at.bring(setting(-0.05 * number - 0.1))
        wanted.append(at.play_until(number + 1))
    assert wanted == [False, True, False, True]


def test_of_two_that_pass_in_one_round_the_better_is_taken(table: Callable[..., Table]) -> None:
    """The other is no failure: like all that are tested beside it, it begins anew against the new incumbent."""
    at = table(2.5, parallel_configs=3, accept={"non_regression": {"enabled": False}})
    good, better, slow = setting(0.4), setting(0.8), setting(0.02)
    at.bring(good, better, slow)
    at.play_until(1)
    run = at.session.run
    assert run.incumbent == better
    assert [each.outcome for each in run.history] == ["accepted"]
    assert [trial.proposal.number for trial in run.trials] == [0, 2]
    assert all(trial.decision.incumbent == better for trial in run.trials)
    assert all(trial.decision.games == 0 for trial in run.trials)
    assert [trial.decision.index for trial in run.trials] == [3, 4], "their seeds are fresh"
    at.play_until(2)
    assert run.lines[-1]["accepted"] is False


def test_tests_of_before_an_acceptance_begin_anew(table: Callable[..., Table]) -> None:
    """Evidence against a setting that is no incumbent any more does not count."""
    at = table(parallel_configs=2)
    at.bring(setting(0.9), setting(0.02))
    at.play_until(1)
    (trial,) = at.session.run.trials
    assert trial.proposal.number == 1
    assert trial.decision.incumbent == setting(0.9)
    assert trial.decision.games == 0


def test_the_pool_is_the_start_the_last_incumbents_and_the_opponents(table: Callable[..., Table]) -> None:
    """As many past incumbents as `pool_incumbents` says, never the present one."""
    at = table(pool_incumbents=1, accept={"non_regression": {"enabled": False}})
    assert at.session.pool() == ()
    for number, share in enumerate((0.3, 0.6, 0.9)):
        at.bring(setting(share))
        at.play_until(number + 1)
    assert len(at.session.run.accepted) == 3
    assert [(rival.name, rival.player) for rival in at.session.pool()] == [
        ("incumbent 0", START),
        ("incumbent 2", setting(0.6)),
    ]


def test_stagnation_is_told_once_every_so_many_decisions(table: Callable[..., Table]) -> None:
    """The warning comes after `stagnation_patience` decisions without an acceptance, and again after as many more."""
    at = table(stagnation_patience=3)
    told = []
    for number in range(7):
        at.bring(setting(-0.05 * number - 0.1))
        at.notices.clear()
        at.play_until(number + 1)
        told.append([notice.code for notice in at.notices])
    assert told == [[], [], ["stagnation"], [], [], ["stagnation"], []]
