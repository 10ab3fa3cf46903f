"""Token buckets: how often one client may do something."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from backend.errors import RateLimitedError

MAX_CLIENTS = 10_000
IPV6_PREFIX = 64
"""One customer has as a rule a whole network of this size, and may send from any address in it."""


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
        client = _origin_of(client)
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


def _origin_of(client: str) -> str:
    """What counts as one client: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return client
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, IPV6_PREFIX), strict=False))
