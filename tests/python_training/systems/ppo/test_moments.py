from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.ppo.moments import RunningMoments


def test_batches_add_up_to_the_whole() -> None:
    """Mean and variance over uneven batches are those over all of them together."""
    data = np.random.default_rng(0).normal(3.0, 2.0, size=(100, 4))
    moments = RunningMoments((4,))
    for part in (data[:1], data[1:7], data[7:7], data[7:]):
        moments.update(part)
    assert moments.mean == pytest.approx(data.mean(axis=0))
    assert moments.variance == pytest.approx(data.var(axis=0))


def test_nothing_seen_leaves_observations_as_they_are() -> None:
    """Before the first batch: mean 0, variance 1. TF-Agents begins with variance 0, so everything is clipped."""
    moments = RunningMoments((2,))
    assert (moments.mean == 0).all()
    assert (moments.variance == 1).all()
