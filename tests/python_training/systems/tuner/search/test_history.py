from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.contracts.errors import CheckpointError
from python_training.systems.tuner.search.history import History


def test_batches_of_one_test_become_one_match() -> None:
    """Mean, count and scatter are those of all pairs together."""
    history = History(2, 100)
    scores = np.random.default_rng(0).choice([0.0, 0.25, 0.5, 0.75, 1.0], 60)
    for batch in np.split(scores, 6):
        history.add(np.array([0.1, 0.2]), np.array([0.3, 0.4]), batch)
    assert len(history.matches) == 1
    assert history.matches.score[0] == pytest.approx(scores.mean())
    assert history.matches.pairs[0] == 60
    assert history.matches.scatter[0] == pytest.approx(((scores - scores.mean()) ** 2).sum())


def test_the_oldest_matches_are_forgotten() -> None:
    """Memory does not grow in a run of months."""
    history = History(1, 50)
    for number in range(120):
        history.add(np.array([number / 120]), np.array([0.5]), np.array([1.0]))
    assert len(history.matches) == 50
    assert history.matches.a[0, 0] == pytest.approx(70 / 120)


def test_noise_is_measured() -> None:
    """Pairs of independent games count as they are; pairs that mostly end even are far more certain."""
    random = np.random.default_rng(1)
    independent, even = History(1, 1000), History(1, 1000)
    for number in range(500):
        at = np.array([number / 500])
        independent.add(at, np.array([2.0]), random.binomial(2, 0.5, 8) / 2)
        even.add(at, np.array([2.0]), np.where(random.random(8) < 0.1, random.choice([0.25, 0.75], 8), 0.5))
    assert independent.matches.noise == pytest.approx(1.0, abs=0.1)
    assert even.matches.noise == pytest.approx(0.1 * 0.0625 / 0.125, abs=0.03)


def test_scores_that_never_vary_are_not_infinitely_sure() -> None:
    """Two identical players always score even in a mirrored pair."""
    history = History(1, 1000)
    for number in range(1000):
        history.add(np.array([number / 1000]), np.array([0.5]), np.full(8, 0.5))
    assert history.matches.noise == pytest.approx(0.05)


def test_it_comes_back_to_the_bit() -> None:
    """Through JSON text."""
    history = History(3, 10)
    random = np.random.default_rng(2)
    for _ in range(15):
        history.add(random.random(3), random.random(3), random.random(4))
    again = History(3, 10)
    again.restore(json.loads(json.dumps(history.state())))
    for name in ("a", "b", "score", "pairs", "scatter"):
        assert np.array_equal(getattr(again.matches, name), getattr(history.matches, name))


def test_a_history_of_other_parameters_is_refused() -> None:
    """Its arrays have another width."""
    with pytest.raises(CheckpointError, match="shape"):
        History(4, 10).restore(History(3, 10).state())
