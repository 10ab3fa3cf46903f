"""What the search expects of candidates, held against what their tests measured.

The response surface believes before any game that somewhere there is something to gain. Where nothing matters, or a
bowl is the wrong picture, it expects too much; the tests of its own candidates say so, and by how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

PRIOR_SPREAD = 0.5
"""Standard deviation of the true share before any test; expected is 1."""
LEAST_ERROR = 0.005
"""No test of a thousand games knows a gain better than this."""
FORGETTING = 0.9
"""By this factor what earlier tests said counts less with each one: the surface has learned from them."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Sums over tested candidates, each weighted by how well its test knows its gain.

    Attributes:
        tests: how many.
        expected, measured: sums of expected and measured gains, fractions above even.
        product: sum of expected times measured gain over the measurement's variance.
        square: sum of the expected gain squared over that variance.
    """

    tests: int = 0
    expected: float = 0.0
    measured: float = 0.0
    product: float = 0.0
    square: float = 0.0

    def seen(self, expected: float, measured: float, error: float) -> Calibration:
        """After one more test, whose standard error was `error`."""
        variance = max(error, LEAST_ERROR) ** 2
        return Calibration(
            self.tests + 1,
            self.expected + expected,
            self.measured + measured,
            FORGETTING * self.product + expected * measured / variance,
            FORGETTING * self.square + expected * expected / variance,
        )

    @property
    def share(self) -> float:
        """What part of an expected gain is really there, from 0 to 1: a normal prior around 1, and the tests."""
        prior = PRIOR_SPREAD**-2
        return min(1.0, max(0.0, (prior + self.product) / (prior + self.square)))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises TypeError for anything else."""
        return cls(**raw)
