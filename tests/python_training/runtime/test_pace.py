from __future__ import annotations

import pytest

from python_training.runtime.pace import Pace


def passed(arrivals: list[float], rate: float) -> int:
    """How many of `arrivals` may happen at once, if the others are left out."""
    pace, count = Pace(), 0
    for now in arrivals:
        if pace.wait(now, rate) == 0.0:
            pace.passed(now, rate)
            count += 1
    return count


def test_a_source_at_just_the_rate_loses_nothing_to_its_jitter() -> None:
    """Sixty a second that come up to 3 ms late are sixty a second."""
    arrivals = [number / 60 + 0.003 * (number * 617 % 1000) / 1000 for number in range(6000)]
    assert passed(arrivals, 60) == 6000


@pytest.mark.parametrize("rate", [1.0, 20.0, 59.0])
def test_a_quicker_source_is_held_to_the_rate(rate: float) -> None:
    """Of 1,000 a second over ten seconds, `rate` a second may happen."""
    assert passed([number / 1000 for number in range(10_000)], rate) == pytest.approx(10 * rate, rel=0.02, abs=2)


def test_unused_time_is_not_saved_up() -> None:
    """After an hour of nothing, no more than two happen within one period."""
    pace = Pace()
    pace.passed(0.0, 60)
    burst = [3600.0 + number / 10_000 for number in range(160)]
    assert sum(1 for now in burst if pace.wait(now, 60) == 0.0 and pace.passed(now, 60) is None) <= 2
