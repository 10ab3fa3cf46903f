"""Learns what winning settings have in common, says it in numbers and sentences, and proposes settings of that kind."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.pattern_config import PatternConfig
from python_training.systems.tuner.patterns.autoencoder import Autoencoder, Weights
from python_training.systems.tuner.patterns.consistency import CHANCE, auc, compare

FORETOLD = 400
"""Outcomes that the network's worth is measured on: the newest ones."""

_LEAST_DEVIATION = 0.25  # of a pair's score; a few equal pairs would have none


@dataclass(frozen=True, slots=True)
class Pattern:
    """One parameter among winners, in its own unit.

    Attributes:
        name: the parameter.
        mean, spread: of winners.
        losing: mean of losers.
        consistency: from 0 (as wide as all settings) towards 1 (winners agree where all do not).
        contrast: winners less losers, in standard errors of the difference.
        learnt: how the network would change a setting to make it a winner of a loser.
    """

    name: str
    mean: float
    spread: float
    losing: float
    consistency: float
    contrast: float
    learnt: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """What is known now: the most telling parameters first, and the same in sentences. Empty before there is enough."""

    entries: tuple[Pattern, ...] = ()
    sentences: tuple[str, ...] = ()
    winners: int = 0
    losers: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """How well outcomes were foretold before they were seen.

    Attributes:
        auc: chance that a winner looked more like one than a loser did; 0.5 is worth nothing.
        low, high: its 95% interval.
        outcomes: how many were foretold.
    """

    auc: float
    low: float
    high: float
    outcomes: int


class PatternNetwork:
    """An autoencoder over the newest winners and losers, scaled to their ranges.

    It is trained when it is asked something and enough has happened since. What it says is a function of what it was
    told, in that order, and of the seed.

    Args:
        parameters: what is tuned.
        config: sizes and limits.
        seed: of first weights and noise.
    """

    def __init__(self, parameters: Sequence[Parameter], config: PatternConfig, seed: int) -> None:
        self._parameters = tuple(parameters)
        self._config = config
        self._seed = seed
        self._low = np.array([each.low for each in parameters])
        self._width = np.array([each.high - each.low for each in parameters])
        self._winners: deque[list[float]] = deque(maxlen=config.max_winning_patterns)
        self._losers: deque[list[float]] = deque(maxlen=config.max_winning_patterns)
        self._foretold: deque[tuple[float, bool]] = deque(maxlen=FORETOLD)
        self._outcomes = 0
        self._trained_at: int | None = None
        self._weights: Weights | None = None
        self._proposals = 0
        self._network: Autoencoder | None = None

    def record(self, values: Mapping[str, float], won: bool) -> None:
        """Learn that a setting clearly won, or clearly lost, against another."""
        unit = self._to_unit(values)
        if self._weights is not None:
            self._foretold.append((float(self._weights.likeness(unit[None])[0]), won))
        (self._winners if won else self._losers).append(unit.tolist())
        self._outcomes += 1

    def record_match(self, a: Mapping[str, float], b: Mapping[str, float], scores: NDArray[np.float64]) -> bool:
        """Learn from a match: `scores` (P,) are a's in mirrored pairs.

        A match within one standard error of a draw tells too little, and is passed over; returns whether it was not.
        """
        deviation = max(float(scores.std(ddof=1)) if len(scores) > 1 else 0.0, _LEAST_DEVIATION)
        lead = float(scores.mean()) - 0.5
        if abs(lead) * np.sqrt(len(scores)) <= deviation:
            return False
        self.record(a, lead > 0)
        self.record(b, lead < 0)
        return True

    def patterns(self) -> Patterns:
        """What winners have in common, the strongest contrast to losers first."""
        weights = self._learn()
        counts = len(self._winners), len(self._losers)
        if weights is None:
            return Patterns((), (), *counts)
        winners, losers = np.array(self._winners), np.array(self._losers)
        found, learnt = compare(winners, losers), self._learnt(weights)
        order = np.argsort(-np.abs(found.contrast), kind="stable")[: self._config.top_consistent_params]
        entries = tuple(
            Pattern(
                name=self._parameters[j].name,
                mean=float(self._low[j] + self._width[j] * found.mean[j]),
                spread=float(self._width[j] * found.spread[j]),
                losing=float(self._low[j] + self._width[j] * found.losing[j]),
                consistency=float(found.consistency[j]),
                contrast=float(found.contrast[j]),
                learnt=float(self._width[j] * learnt[j]),
            )
            for j in order
        )
        return Patterns(entries, tuple(_sentence(entry) for entry in entries), *counts)

    def propose(self) -> dict[str, float] | None:
        """New values of the most telling parameters, a step from losers through winners and beyond.

        The rest of a setting stays as it is. None before there is enough to learn from.
        """
        weights = self._learn()
        if weights is None:
            return None
        winners, losers = np.array(self._winners), np.array(self._losers)
        order = np.argsort(-np.abs(compare(winners, losers).contrast), kind="stable")
        self._proposals += 1
        # Steps of many lengths: how far is right, only games can tell.
        step = self._config.step * np.random.default_rng((self._seed, self._proposals)).uniform(0, 1)
        aim = weights.reconstruct(winners, 1.0).mean(axis=0) + step * self._learnt(weights)
        values = self._low + self._width * np.clip(aim, 0, 1)
        return {
            self._parameters[j].name: round(values[j]) if self._parameters[j].integer else float(values[j])
            for j in order[: self._config.top_consistent_params]
        }

    @property
    def worth(self) -> Worth:
        """How well the network has foretold outcomes that it had not seen."""
        scores = np.array([score for score, _ in self._foretold])
        area, error = auc(scores, np.array([won for _, won in self._foretold], dtype=bool))
        low, high = max(0.0, area - 1.96 * error), min(1.0, area + 1.96 * error)
        return Worth(area, low, high, len(scores))

    def state(self) -> dict[str, Any]:
        """Complete, as plain JSON: numbers come back as they were, to the last bit."""
        arrays = [] if self._weights is None else self._weights.arrays
        return {
            "winners": [list(each) for each in self._winners],
            "losers": [list(each) for each in self._losers],
            "foretold": [list(each) for each in self._foretold],
            "outcomes": self._outcomes,
            "trained_at": self._trained_at,
            "weights": [array.tolist() for array in arrays],
            "proposals": self._proposals,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Become what `state` described; raises ValueError if it is of other parameters."""
        if any(len(each) != len(self._parameters) for name in ("winners", "losers") for each in state[name]):
            raise ValueError(f"The patterns are not of {len(self._parameters)} parameters.")
        for own, name in ((self._winners, "winners"), (self._losers, "losers")):
            own.clear()
            own.extend([float(number) for number in each] for each in state[name])
        self._foretold.clear()
        self._foretold.extend((float(score), bool(won)) for score, won in state["foretold"])
        self._outcomes, self._trained_at = state["outcomes"], state["trained_at"]
        arrays = tuple(np.array(array, dtype=np.float32) for array in state["weights"])
        self._weights = Weights(arrays) if arrays else None
        self._proposals = state["proposals"]

    def _learn(self) -> Weights | None:
        """The network's weights, trained anew if enough has happened; None before there is enough to learn from."""
        if min(len(self._winners), len(self._losers)) < self._config.min_winners:
            return None
        if self._trained_at is None or self._outcomes - self._trained_at >= self._config.refit_every:
            if self._network is None:
                self._network = Autoencoder(len(self._parameters), self._config)
            digest = hashlib.sha256(f"pattern {self._seed} {self._outcomes}".encode()).digest()
            seed = int.from_bytes(digest[:8], "big")
            self._weights = self._network.train(np.array(self._winners), np.array(self._losers), seed)
            self._trained_at = self._outcomes
        return self._weights

    def _learnt(self, weights: Weights) -> NDArray[np.float64]:
        """What makes a winner of a loser (D,), over all that is remembered."""
        known = np.array([*self._winners, *self._losers])
        return np.asarray((weights.reconstruct(known, 1.0) - weights.reconstruct(known, 0.0)).mean(axis=0))

    def _to_unit(self, values: Mapping[str, float]) -> NDArray[np.float64]:
        given = np.array([values[parameter.name] for parameter in self._parameters], dtype=np.float64)
        return np.asarray(np.clip((given - self._low) / np.where(self._width > 0, self._width, 1), 0, 1))


def _sentence(pattern: Pattern) -> str:
    said = (
        f"{pattern.name}: about {pattern.mean:.3g} ± {pattern.spread:.2g} in wins, {pattern.losing:.3g} in losses "
        f"(consistency {pattern.consistency:.2f}, contrast {pattern.contrast:+.1f})"
    )
    return said if abs(pattern.contrast) >= CHANCE else f"{said}; may be chance"
