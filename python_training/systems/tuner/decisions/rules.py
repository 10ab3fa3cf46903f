"""The accept rule as three tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from python_training.contracts.errors import ConfigError
from python_training.systems.tuner.accept_config import MOST_PAIRS, AcceptConfig
from python_training.systems.tuner.statistics.pentanomial import EVEN
from python_training.systems.tuner.statistics.sprt import SequentialTest

_PATIENCE = 4
"""A cap that nobody set is so many times the pairs that a test needs on average at its slowest."""
DIFFERENCES = tuple(quarter / 4 for quarter in range(-4, 5))
"""What the scores of two players in a pair of the same seed can differ by."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a candidate must pass.

    Attributes:
        stage_one, confirmation: against the incumbent, on what pairs scored.
        non_regression: against the pool, on the difference to what the incumbent scored; None where it is not asked.
        pairs_per_look: pairs between two looks at a test.
    """

    stage_one: SequentialTest
    confirmation: SequentialTest
    non_regression: SequentialTest | None
    pairs_per_look: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises KeyError or TypeError for anything else."""
        three = raw["non_regression"]
        return cls(
            _test(raw["stage_one"]),
            _test(raw["confirmation"]),
            None if three is None else _test(three),
            int(raw["pairs_per_look"]),
        )

    @classmethod
    def of(cls, accept: AcceptConfig, *, pairs_per_look: int, min_improvement: float) -> Self:
        """The tests that a config means; stage one's H1 is `min_improvement` above an even mean score.

        Raises:
            ConfigError: no pairs, or an improvement that no score can have.
        """
        if pairs_per_look < 1:
            raise ConfigError(f"games: expected at least 2 games a look, got {2 * pairs_per_look}.", field="games")
        if not 0 < min_improvement < EVEN:
            raise ConfigError(
                f"min_improvement: expected a fraction between 0 and {EVEN}, got {min_improvement}.",
                field="min_improvement",
            )
        one, two, three = accept.stage_one, accept.confirmation, accept.non_regression
        elo = accept.test == "normalised_elo"
        one_h = one.normalised_elo if elo else (EVEN, EVEN + min_improvement)
        two_h = two.normalised_elo if elo else (EVEN, EVEN + two.improvement)
        even_pairs = accept.no_difference_pairs
        return cls(
            _capped(SequentialTest(accept.test, *one_h, one.alpha, one.beta, MOST_PAIRS, even_pairs), one.max_pairs),
            _capped(SequentialTest(accept.test, *two_h, two.alpha, two.beta, MOST_PAIRS, even_pairs), two.max_pairs),
            _capped(
                SequentialTest(
                    "mean_score",
                    -three.margin,
                    0.0,
                    three.alpha,
                    three.beta,
                    MOST_PAIRS,
                    even_pairs,
                    values=DIFFERENCES,
                    even=0.0,
                ),
                three.max_pairs,
            )
            if three.enabled
            else None,
            pairs_per_look,
        )


def _capped(test: SequentialTest, max_pairs: int | None) -> SequentialTest:
    """`test` with its cap: the one that was set, else a multiple of what it takes where it takes longest."""
    if max_pairs is None:
        max_pairs = min(MOST_PAIRS, math.ceil(_PATIENCE * test.longest_expected_pairs()))
    return replace(test, max_pairs=max_pairs)


def _test(raw: Mapping[str, Any]) -> SequentialTest:
    return SequentialTest(**{**raw, "values": tuple(raw["values"])})
