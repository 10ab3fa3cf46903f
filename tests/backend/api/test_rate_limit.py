"""Token buckets."""

from __future__ import annotations

import pytest

from backend.api.rate_limit import MAX_CLIENTS, RateLimit
from backend.errors import RateLimitedError


def test_a_burst_passes_then_only_the_rate() -> None:
    """Three at once, then two a second."""
    now = 0.0
    limit = RateLimit(rate=2, burst=3, clock=lambda: now)
    for _ in range(3):
        limit.take("a")
    with pytest.raises(RateLimitedError) as caught:
        limit.take("a")
    assert caught.value.retry_after_s == pytest.approx(0.5)
    now = 0.5
    limit.take("a")
    with pytest.raises(RateLimitedError):
        limit.take("a")


def test_clients_do_not_count_for_each_other() -> None:
    """One eager script does not lock a person out."""
    limit = RateLimit(rate=1, burst=1, clock=lambda: 0.0)
    limit.take("a")
    limit.take("b")


def test_invented_clients_do_not_fill_the_memory() -> None:
    """Only the newest clients are remembered."""
    limit = RateLimit(rate=1, burst=1, clock=lambda: 0.0)
    for number in range(MAX_CLIENTS + 100):
        limit.take(str(number))
    assert len(limit._buckets) == MAX_CLIENTS
