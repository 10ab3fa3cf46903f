from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.tuner.patterns.consistency import auc, compare


def test_agreement_of_winners_is_consistency() -> None:
    """Winners that agree where losers do not are consistent; as wide as losers, or never turned, they are not."""
    random = np.random.default_rng(0)
    winners, losers = random.random((50, 3)), random.random((50, 3))
    winners[:, 0] = 0.7 + random.normal(0, 0.01, 50)
    winners[:, 2] = losers[:, 2] = 0.3
    found = compare(winners, losers)
    assert found.consistency[0] > 0.8
    assert found.consistency[1] < 0.2
    assert found.consistency[2] == pytest.approx(0, abs=1e-9)


def test_contrast_is_in_standard_errors() -> None:
    """It has the sign of winners less losers, grows with the evidence, and is small by chance alone."""
    random = np.random.default_rng(1)
    apart = [compare(random.normal(0.6, 0.1, (n, 1)), random.normal(0.4, 0.1, (n, 1))).contrast[0] for n in (10, 50)]
    assert 2 < apart[0] < apart[1]
    chance = compare(random.random((50, 500)), random.random((50, 500))).contrast
    assert chance.std() == pytest.approx(1, abs=0.1)


def test_auc_of_known_orders() -> None:
    """All winners above, half of them, equal scores, and one kind alone."""
    won = np.array([True, True, False, False])
    assert auc(np.array([3.0, 4.0, 1.0, 2.0]), won)[0] == 1
    assert auc(np.array([1.0, 4.0, 2.0, 3.0]), won)[0] == 0.5
    assert auc(np.zeros(4), won)[0] == 0.5
    assert auc(np.zeros(2), np.array([True, True])) == (0.5, float("inf"))


def test_auc_interval_covers() -> None:
    """About 95 of 100 intervals around chance hold 0.5."""
    random = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        area, error = auc(random.random(60), random.random(60) < 0.5)
        held += abs(area - 0.5) < 1.96 * error
    assert 0.91 < held / 400 < 0.99
