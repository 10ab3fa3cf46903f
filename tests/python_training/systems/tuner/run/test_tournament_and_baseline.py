from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.contracts.errors import PaddockError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.run.baseline import Baseline
from python_training.systems.tuner.run.tournament import START, Tournament, incumbent_name
from python_training.testing.bowl_objective import BowlObjective

RIVALS = {"rivals": ["weak", "strong"], "depth": 1.5}
GOOD = {"level": 7.0, "weights.w1": 0.7, "weights.w2": 0.7, "weights.w3": 0.7}


def played_out(part: Baseline | Tournament, objective: BowlObjective, pairs: int) -> list[int]:
    """Play until it is complete; returns all seeds that were used."""
    seeds: list[int] = []
    while not part.complete:
        meetings = part.meetings(3, pairs)
        part.take(meetings, [objective.play(each.candidate, each.opponent, each.seeds) for each in meetings])
        seeds += [seed for each in meetings for seed in each.seeds.tolist()]
    return seeds


def test_a_baseline_meets_every_opponent_equally_often_at_seeds_of_its_own() -> None:
    """Its score is that of the start, with an interval around it."""
    objective = BowlObjective(RIVALS, threads=1)
    baseline = Baseline(objective.start(), objective.opponents, 400)
    seeds = played_out(baseline, objective, 64)
    assert len(seeds) == len(set(seeds)) == 400
    weak, strong = baseline.table()
    assert (weak["games"], strong["games"]) == (400, 400)
    assert strong["score"] < weak["score"]
    truth = (1 / (1 + np.exp(-1 + 1.5)) + 1 / (1 + np.exp(0.5 + 1.5))) / 2
    rate = baseline.win_rate
    assert rate is not None
    assert rate.low < truth < rate.high


def test_without_opponents_there_is_nothing_to_measure() -> None:
    """The baseline is complete before its first game."""
    assert Baseline({}, (), 400).complete
    assert Baseline({}, (), 400).win_rate is None


@pytest.mark.parametrize("after", [0, 3, 7])
def test_both_go_on_from_their_state(after: int) -> None:
    """What was saved after some rounds ends as what was never saved."""
    objective = BowlObjective(RIVALS, threads=1)

    def tournament() -> Tournament:
        made = Tournament(50)
        rivals = {START: objective.start(), "weak": "weak", "strong": "strong"}
        made.enter(incumbent_name(1), GOOD, rivals)
        return made

    def baseline() -> Baseline:
        return Baseline(objective.start(), objective.opponents, 100)

    for make in (tournament, baseline):
        straight, first = make(), make()
        played_out(straight, objective, 16)
        for _ in range(after):
            meetings = first.meetings(3, 16)
            first.take(meetings, [objective.play(each.candidate, each.opponent, each.seeds) for each in meetings])
        second = make() if isinstance(first, Baseline) else Tournament(50)
        second.restore(json.loads(json.dumps(first.state())))
        played_out(second, objective, 16)
        assert second.state() == straight.state()


def test_a_tournament_plays_each_pairing_once_and_knows_the_better() -> None:
    """A new incumbent beats the start that it improved on."""
    objective, tournament = BowlObjective(RIVALS, threads=1), Tournament(200)
    assert tournament.complete
    tournament.enter(incumbent_name(1), GOOD, {START: objective.start(), "weak": "weak"})
    seeds = played_out(tournament, objective, 64)
    assert len(seeds) == len(set(seeds)) == 400
    against_start, against_weak = tournament.results()
    assert against_start["rival"] == START
    assert against_start["low"] > 0.5
    assert against_weak["games"] == 400
    tournament.enter(incumbent_name(1), GOOD, {START: objective.start()})
    assert tournament.complete, "a pairing that was played is not played again"


def test_no_pairs_are_no_tournament() -> None:
    """With 0 games nobody enters."""
    tournament = Tournament(0)
    tournament.enter(incumbent_name(1), GOOD, {START: GOOD})
    assert tournament.complete
    assert tournament.results() == []


def test_scores_that_no_pair_can_have_are_refused() -> None:
    """An objective that says 0.6 of a pair is told so."""
    baseline = Baseline({}, ("weak",), 1)
    meetings = baseline.meetings(0, 1)
    with pytest.raises(PaddockError, match=r"0\.6"):
        baseline.take(meetings, [PairScores(np.array([0.6]))])


def test_a_baseline_against_others_is_not_taken_up() -> None:
    """A checkpoint of a run with other opponents does not fit."""
    with pytest.raises(ValueError, match="expected a baseline"):
        Baseline({}, ("weak",), 10).restore(Baseline({}, ("strong",), 10).state())
