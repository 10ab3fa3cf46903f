"""Token buckets: how often one client may do something."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from backend.errors import RateLimitedError

MAX_CLIENTS = 10_000


class RateLimit:
    """Lets each client do `burst` things at once and `rate` a second for long.

    Thread-safe. It remembers the newest MAX_CLIENTS clients, so that nobody can fill the memory with invented ones.
    """

    def __init__(self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Client -> (tokens left, at which time)."""

    def take(self, client: str) -> None:
        """Count one thing done by `client`; raises RateLimitedError if that is one too many."""
        with self._lock:
            now = self._clock()
            left, since = self._buckets.pop(client, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            allowed = left >= 1
            self._buckets[client] = (left - 1 if allowed else left, now)
            while len(self._buckets) > MAX_CLIENTS:
                self._buckets.popitem(last=False)
        if not allowed:
            raise RateLimitedError(
                f"More than {self._rate:g} requests a second for long.", retry_after_s=(1 - left) / self._rate
            )
