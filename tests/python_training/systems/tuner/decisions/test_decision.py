from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError, ConfigError, PaddockError
from python_training.contracts.objective import PairScores
from python_training.systems.tuner.accept_config import AcceptConfig
from python_training.systems.tuner.decisions.batches import Batch, Rival
from python_training.systems.tuner.decisions.decision import Decision, StageName, Verdict
from python_training.systems.tuner.decisions.rules import Rules
from python_training.systems.tuner.objectives.synthetic import SyntheticObjective
from python_training.systems.tuner.statistics.sprt import Ruling

SKILL = "player.skill"


def _rules(min_improvement: float = 0.02, **accept: object) -> Rules:
    return Rules.of(AcceptConfig.model_validate(accept), pairs_per_look=50, min_improvement=min_improvement)


def _play(batch: Batch, weakness: float = 0.0) -> PairScores:
    """Independent games: the difference in skill is the score above even, and the rival 'strong' adds `weakness`."""
    mine = batch.player[SKILL]
    theirs = 0.1 + weakness * mine if isinstance(batch.opponent, str) else batch.opponent[SKILL]
    rng = [np.random.default_rng([int(seed), 1]) for seed in batch.seeds]
    games = np.array([each.random(2) < 0.5 + mine - theirs for each in rng])
    return PairScores(games.mean(axis=1), {"turns": np.array([each.integers(50, 150) for each in rng], dtype=float)})


def _decide(decision: Decision, weakness: float = 0.0) -> Decision:
    while decision.verdict is None:
        decision = decision.add([_play(batch, weakness) for batch in decision.wants()])
    return decision


def _begin(skill: float, rules: Rules | None = None, pool: Sequence[Rival] = (), index: int = 0) -> Decision:
    return Decision.begin(index, {SKILL: skill}, {SKILL: 0.0}, rules or _rules(), 1, pool)


def test_a_better_candidate_is_accepted_by_way_of_confirmation() -> None:
    """It passes both tests, and its interval holds what is true of it."""
    decision = _decide(_begin(0.05))
    assert decision.verdict is Verdict.ACCEPTED
    assert [view.stage for view in decision.views] == [StageName.STAGE_ONE, StageName.CONFIRMATION]
    assert decision.gain is not None
    assert decision.gain.low <= 0.05 <= decision.gain.high
    assert decision.gain.low > 0


def test_a_worse_candidate_is_rejected_in_stage_one_and_has_no_gain() -> None:
    """What stage one saw is not reported as a gain."""
    decision = _decide(_begin(-0.02))
    assert (decision.verdict, decision.stage, decision.gain) == (Verdict.REJECTED, StageName.STAGE_ONE, None)


def test_luck_in_stage_one_does_not_survive_confirmation() -> None:
    """A candidate that is no better, passed by luck, is not confirmed, and the gain says nothing of the luck."""
    lucky = _begin(0.0)
    scores = np.array([1.0] * 30 + [0.0] * 20)
    while lucky.stage is StageName.STAGE_ONE:
        lucky = lucky.add([PairScores(scores)])
    decision = _decide(lucky)
    assert decision.verdict is Verdict.NOT_CONFIRMED
    assert decision.gain is not None
    assert abs(decision.gain.value) < 0.02


def test_players_that_never_differ_end_as_no_difference() -> None:
    """After the stated number of even pairs, and not as rejected for being worse."""
    decision = _begin(0.0, _rules(no_difference_pairs=150))
    looks = 0
    while decision.verdict is None:
        decision = decision.add([PairScores(np.full(len(batch.seeds), 0.5)) for batch in decision.wants()])
        looks += 1
    assert (decision.verdict, looks) == (Verdict.NO_DIFFERENCE, 3)


def test_the_cap_rejects() -> None:
    """A test that has not ended when its pairs are used up has proved nothing."""
    decision = _decide(_begin(0.01, _rules(stage_one={"max_pairs": 120})))
    assert decision.verdict is Verdict.CAP_REACHED
    assert decision.stages[0].pairs == 120
    assert not decision.verdict.accepted


def test_a_candidate_that_others_beat_has_regressed() -> None:
    """Better than the incumbent, but worse against the pool: refused, at the same seeds for both."""
    pool = [Rival("strong", "strong"), Rival("start", {SKILL: 0.0})]
    decision = _begin(0.05, pool=pool)
    while decision.stage is not StageName.NON_REGRESSION:
        decision = decision.add([_play(batch) for batch in decision.wants()])
    mine, theirs, *_ = decision.wants()
    assert mine.opponent == theirs.opponent == "strong"
    assert (mine.player, theirs.player) == (decision.candidate, decision.incumbent)
    assert mine.seeds.tolist() == theirs.seeds.tolist()
    decision = _decide(decision, weakness=6.0)
    assert decision.verdict is Verdict.REGRESSED
    assert decision.stages[2].rivals["strong"].candidate.mean < decision.stages[2].rivals["strong"].incumbent.mean


def test_a_candidate_that_holds_against_the_pool_is_accepted() -> None:
    """And one that plays exactly like the incumbent there has not regressed either."""
    decision = _decide(_begin(0.05, pool=[Rival("strong", "strong")]))
    assert (decision.verdict, decision.stage) == (Verdict.ACCEPTED, StageName.NON_REGRESSION)
    alike = _begin(0.05, pool=[Rival("strong", "strong")])
    while alike.stage is not StageName.NON_REGRESSION:
        alike = alike.add([_play(batch) for batch in alike.wants()])
    while alike.verdict is None:
        alike = alike.add([PairScores(np.full(len(batch.seeds), 0.75)) for batch in alike.wants()])
    assert alike.verdict is Verdict.ACCEPTED
    assert alike.stages[2].ruling is Ruling.NO_DIFFERENCE


def test_no_seed_is_used_twice() -> None:
    """Not by two stages, two looks or two decisions."""
    seen: list[NDArray[np.int64]] = []
    for index in (0, 1):
        decision = _begin(0.05, pool=[Rival("a", "a"), Rival("b", "b")], index=index)
        while decision.verdict is None:
            # Candidate and incumbent meet a rival at the same seeds: that is the comparison, and counts once.
            once = decision.wants()[::2] if decision.stage is StageName.NON_REGRESSION else decision.wants()
            seen += [batch.seeds for batch in once]
            decision = decision.add([_play(batch) for batch in decision.wants()])
        assert decision.stage is StageName.NON_REGRESSION
    seeds = np.concatenate(seen)
    assert len(np.unique(seeds)) == len(seeds)


def test_a_saved_decision_goes_on_bit_for_bit() -> None:
    """Saved and read at every look, as JSON text, it asks for the same games and comes to the same end."""
    pool = [Rival("strong", "strong"), Rival("start", {SKILL: 0.0})]
    straight = saved = _begin(0.05, pool=pool)
    while straight.verdict is None:
        saved = Decision.from_dict(json.loads(json.dumps(saved.to_dict())))
        assert saved == straight
        for ours, theirs in zip(straight.wants(), saved.wants(), strict=True):
            assert ours.seeds.tolist() == theirs.seeds.tolist()
        results = [_play(batch) for batch in straight.wants()]
        straight, saved = straight.add(results), saved.add(results)
    assert saved.verdict is straight.verdict
    assert saved.gain == straight.gain


def test_a_saved_decision_that_is_none_is_refused() -> None:
    """Missing and senseless entries raise a CheckpointError."""
    raw = _begin(0.0).to_dict()
    for broken in ({}, {**raw, "stages": [{}]}, {**raw, "rules": None}, {**raw, "index": "x"}):
        with pytest.raises(CheckpointError):
            Decision.from_dict(broken)


@pytest.mark.parametrize(
    "result",
    [
        PairScores(np.full(49, 0.5)),
        PairScores(np.full(50, 0.6)),
        PairScores(np.full(50, np.nan)),
        PairScores(np.full(50, 0.5), {"turns": np.zeros(3)}),
    ],
)
def test_answers_that_are_not_what_was_asked_are_refused(result: PairScores) -> None:
    """An objective of a user's own that gives other scores or numbers of pairs is told so."""
    with pytest.raises(PaddockError, match="objective"):
        _begin(0.0).add([result])


def test_figures_are_those_of_their_stage() -> None:
    """The confirmation's figures hold its pairs and nothing of stage one."""
    decision = _decide(_begin(0.05))
    for stage in decision.stages:
        assert stage.figures["turns"].count == stage.pairs
        assert 95 < stage.figures["turns"].mean < 105
    assert decision.games == 2 * sum(stage.pairs for stage in decision.stages)


def test_normalised_elo_is_another_setting_of_the_same_way() -> None:
    """The gain is still reported as a score, with the truth inside."""
    decision = _decide(_begin(0.06, _rules(test="normalised_elo")))
    assert decision.verdict is Verdict.ACCEPTED
    assert decision.gain is not None
    assert decision.gain.low <= 0.06 <= decision.gain.high


@pytest.mark.parametrize(("pairs", "improvement", "field"), [(0, 0.02, "games"), (50, 0.5, "min_improvement")])
def test_rules_that_make_no_sense_are_refused_by_name(pairs: int, improvement: float, field: str) -> None:
    """No pairs a look, or a gain that no score can have."""
    with pytest.raises(ConfigError) as refused:
        Rules.of(AcceptConfig(), pairs_per_look=pairs, min_improvement=improvement)
    assert refused.value.field == field


def test_a_cap_that_nobody_set_grows_with_what_is_to_be_detected() -> None:
    """A tenth of the improvement takes a hundred times the pairs; a cap that was set holds."""
    two, fifth = (_rules(min_improvement=each).stage_one.max_pairs for each in (0.02, 0.002))
    assert two == pytest.approx(10_830, rel=0.01)
    assert fifth == 1_000_000  # as many as a stage may have
    assert _rules(stage_one={"max_pairs": 77}).stage_one.max_pairs == 77


def test_rules_of_a_decision_stay_those_it_began_with() -> None:
    """A change of the config in between does not move the hypotheses of a test that goes on."""
    decision = _begin(0.0, _rules(min_improvement=0.07))
    again = Decision.from_dict(json.loads(json.dumps(decision.to_dict())))
    assert again.rules == decision.rules
    assert again.rules.stage_one.h1 == pytest.approx(0.57)
    assert replace(decision, rules=_rules()) != again


def test_the_synthetic_objectives_optimum_is_found_better() -> None:
    """The whole way, played by a real objective: the bowl's optimum against its start."""
    objective = SyntheticObjective({"problem": 3})
    decision = Decision.begin(0, objective.optimum(), objective.start(), _rules(), 5, [Rival("start", "start")])
    while decision.verdict is None:
        decision = decision.add([objective.play(b.player, b.opponent, b.seeds) for b in decision.wants()])
    assert decision.verdict is Verdict.ACCEPTED
    assert decision.gain is not None
    assert decision.gain.low <= 0.15 <= decision.gain.high
