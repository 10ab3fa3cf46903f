from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.pattern_config import PatternConfig
from python_training.systems.tuner.patterns.pattern_network import PatternNetwork

PARAMETERS = (
    Parameter("weights.space", 0, 10, 5, "reachable space"),
    Parameter("weights.food", 0, 1, 0.5, "food"),
    Parameter("search.depth", 1, 101, 50, "plies", integer=True),
    Parameter("traps.severe", -1, 1, 0, "traps"),
)
CONFIG = PatternConfig(epochs=60, min_winners=5)


def network(seed: int = 0, config: PatternConfig = CONFIG) -> PatternNetwork:
    """One that has been told nothing."""
    return PatternNetwork(PARAMETERS, config, seed)


def teach(learner: PatternNetwork, outcomes: int, seed: int = 0) -> None:
    """Settings that win when space is above 6 and depth below 40; the other two do not matter."""
    random = np.random.default_rng(seed)
    for _ in range(outcomes):
        values = {each.name: float(random.uniform(each.low, each.high)) for each in PARAMETERS}
        learner.record(values, won=values["weights.space"] > 6 and values["search.depth"] < 40)


def test_patterns_name_what_makes_winners() -> None:
    """The two parameters that matter come first, with the right numbers; a sentence says so, and doubts the others."""
    learner = network()
    teach(learner, 300)
    found = learner.patterns()
    assert {entry.name for entry in found.entries[:2]} == {"weights.space", "search.depth"}
    by_name = {entry.name: entry for entry in found.entries}
    space, depth, food = by_name["weights.space"], by_name["search.depth"], by_name["weights.food"]
    assert 7.5 < space.mean < 8.5
    assert 1 < depth.mean < 40
    assert space.consistency > 0.3
    assert space.contrast > 3 > abs(food.contrast)
    assert space.learnt > 0 > depth.learnt
    told = {entry.name: sentence for entry, sentence in zip(found.entries, found.sentences, strict=True)}
    assert told["weights.space"].startswith("weights.space: about ")
    assert "may be chance" not in told["weights.space"]
    assert "may be chance" in told["weights.food"]


def test_proposals_go_where_winners_are() -> None:
    """Whatever the length of its step, a proposal is in its ranges, whole where it must be, and nearly always wins."""
    learner = network(config=PatternConfig(epochs=60, min_winners=5, top_consistent_params=2, step=1))
    teach(learner, 300)
    proposals = [learner.propose() for _ in range(20)]
    wins = 0
    for proposal in proposals:
        assert proposal is not None
        assert set(proposal) == {"weights.space", "search.depth"}
        assert 0 <= proposal["weights.space"] <= 10
        assert proposal["search.depth"] == int(proposal["search.depth"])
        assert 1 <= proposal["search.depth"] <= 101
        wins += proposal["weights.space"] > 6 and proposal["search.depth"] < 40
    assert wins >= 18
    assert len({str(proposal) for proposal in proposals}) == 20


def test_worth_is_measured_on_outcomes_not_yet_seen() -> None:
    """The network foretells a rule that it can learn, and is worth nothing on outcomes drawn by lot."""
    learner, guessing = network(), network()
    random = np.random.default_rng(0)
    for part in range(6):
        teach(learner, 50, seed=part)
        learner.patterns()
        for _ in range(50):
            values = {each.name: float(random.uniform(each.low, each.high)) for each in PARAMETERS}
            guessing.record(values, won=bool(random.random() < 0.5))
        guessing.patterns()
    assert learner.worth.low > 0.7
    assert guessing.worth.low < 0.5 < guessing.worth.high
    assert learner.worth.outcomes == 250


def test_nothing_is_said_before_there_is_enough() -> None:
    """Without enough winners and losers there are no patterns, no proposal and no claim."""
    learner = network()
    for _ in range(20):
        learner.record({each.name: each.default for each in PARAMETERS}, won=True)
    assert learner.patterns().sentences == ()
    assert learner.patterns().winners == 20
    assert learner.propose() is None
    assert (learner.worth.auc, learner.worth.low, learner.worth.high) == (0.5, 0, 1)


def test_only_the_newest_are_remembered() -> None:
    """Of a hundred winners the last fifty count."""
    learner = network(config=PatternConfig(epochs=1))
    for number in range(100):
        values = {each.name: each.default for each in PARAMETERS} | {"weights.space": number / 10}
        learner.record(values, won=True)
        learner.record(values | {"weights.space": 0.0}, won=False)
    found = learner.patterns()
    assert (found.winners, found.losers) == (50, 50)
    space = next(entry for entry in found.entries if entry.name == "weights.space")
    assert space.mean == pytest.approx(np.arange(50, 100).mean() / 10)


def test_matches_that_tell_little_are_passed_over() -> None:
    """A draw within its error teaches nothing; a clear win makes one side a winner and the other a loser."""
    learner = network()
    a = {each.name: each.low for each in PARAMETERS}
    b = {each.name: each.high for each in PARAMETERS}
    assert not learner.record_match(a, b, np.array([0.5, 0.75, 0.25, 0.5]))
    assert not learner.record_match(a, b, np.array([0.75]))
    assert learner.record_match(a, b, np.array([0.25, 0.0, 0.25, 0.0]))
    state = learner.state()
    assert state["winners"] == [[1.0] * 4]
    assert state["losers"] == [[0.0] * 4]


def test_a_restored_network_goes_on_as_if_nothing_had_happened() -> None:
    """Through JSON and back, in the midst of training intervals: patterns, proposals, worth and state are equal."""
    unbroken = network(seed=7)
    teach(unbroken, 64)
    unbroken.propose()
    teach(unbroken, 3, seed=1)
    restored = network(seed=7)
    restored.restore(json.loads(json.dumps(unbroken.state())))
    for learner in (unbroken, restored):
        teach(learner, 30, seed=2)
    assert unbroken.patterns() == restored.patterns()
    assert unbroken.propose() == restored.propose()
    teach(unbroken, 30, seed=3)
    teach(restored, 30, seed=3)
    assert unbroken.propose() == restored.propose()
    assert json.dumps(unbroken.state()) == json.dumps(restored.state())


def test_a_state_of_other_parameters_is_refused() -> None:
    """Rather than believed."""
    learner = network()
    teach(learner, 5)
    with pytest.raises(ValueError, match="not of 3 parameters"):
        PatternNetwork(PARAMETERS[:3], CONFIG, 0).restore(learner.state())


def test_seeds_decide() -> None:
    """Equal seeds learn the same, another seed learns something else."""
    same, again, other = network(1), network(1), network(2)
    for learner in (same, again, other):
        teach(learner, 60)
    assert same.propose() == again.propose()
    assert same.propose() != other.propose()


def test_importing_it_is_light() -> None:
    """Neither Keras nor TensorFlow is loaded before something is learnt."""
    code = (
        "import sys; import python_training.systems.tuner.patterns.pattern_network; "
        "sys.exit(bool({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
