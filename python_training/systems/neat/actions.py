"""What a network puts out, made what a world takes: the same for breeding, evaluating and playing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError
from python_training.systems.neat.scale import Scale

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class BoxActions:
    """Actions of a Box of floats, one output for each number.

    A number that goes from low to high takes the output, cut to [-1, 1], from the middle of its range to either end.
    One that cannot be negative takes it, cut to [0, 1], from low to high, so that 0 means none of it. Where a bound is
    missing the output is passed on, cut to what bounds there are. NaN counts as 0.

    Attributes:
        low, high: the bounds, of the action's shape; an infinite one is none.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @property
    def outputs(self) -> int:
        """How many numbers a network has to put out."""
        return int(self.low.size)

    def to_world(self, outputs: NDArray[np.float64]) -> NDArray[np.float32]:
        """The world's actions (N, *action_shape) for outputs (N, outputs)."""
        from python_training.systems.neat.scaling import scale_outputs  # numba, which only those who play need

        actions = np.empty(outputs.shape, dtype=np.float32)
        scale_outputs(self.scale, outputs, actions)
        return actions.reshape(-1, *self.low.shape)

    @cached_property
    def scale(self) -> Scale:
        """The numbers by which `to_world` works, for compiled code."""
        low, high = (np.asarray(bound, dtype=np.float64).ravel() for bound in (self.low, self.high))
        ranged = np.isfinite(low) & np.isfinite(high)
        positive = ranged & (low >= 0)
        bottom, top = np.where(ranged, low, -1.0), np.where(ranged, high, 1.0)
        return Scale(
            floor=np.where(positive, 0.0, np.where(ranged, -1.0, -np.inf)),
            ceiling=np.where(ranged, 1.0, np.inf),
            offset=np.where(positive, bottom, (bottom + top) / 2),
            gain=np.where(positive, top - bottom, (top - bottom) / 2),
            low=np.maximum(low, -_LARGEST),
            high=np.minimum(high, _LARGEST),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data; a missing bound is null."""
        return {"kind": "box", "shape": list(self.low.shape), "low": _plain(self.low), "high": _plain(self.high)}


@dataclass(frozen=True)
class DiscreteActions:
    """Actions start, start + 1, ... start + count - 1: the one whose output is largest, the first of equals.

    NaN loses to every number.
    """

    count: int
    start: int

    @property
    def outputs(self) -> int:
        """How many numbers a network has to put out."""
        return self.count

    def to_world(self, outputs: NDArray[np.float64]) -> NDArray[np.int64]:
        """The world's actions (N,) for outputs (N, count)."""
        chosen: NDArray[np.int64] = np.argmax(np.where(np.isnan(outputs), -np.inf, outputs), axis=1) + self.start
        return chosen

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": "discrete", "count": self.count, "start": self.start}


Actions: TypeAlias = BoxActions | DiscreteActions


def actions_of(space: gymnasium.Space[Any], env: str = "this world") -> Actions:
    """How to act in `space`, that of one copy of `env`; raises ConfigError if it is neither Box nor Discrete."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return DiscreteActions(int(space.n), int(space.start))
    if isinstance(space, gymnasium.spaces.Box) and np.issubdtype(space.dtype, np.floating):
        return BoxActions(space.low.astype(np.float32), space.high.astype(np.float32))
    raise ConfigError(
        f"env: expected a world that takes a Box of floats or Discrete, got {space} of {env}.", field="env"
    )


def observation_size(space: gymnasium.Space[Any], env: str = "this world") -> int:
    """Numbers in one observation, which are a network's inputs; raises ConfigError if `space` is not a Box."""
    if isinstance(space, gymnasium.spaces.Box):
        return int(np.prod(space.shape))
    raise ConfigError(f"env: expected a world that shows a Box, got {space} of {env}.", field="env")


def actions_from_dict(raw: Mapping[str, Any]) -> Actions:
    """Read what `to_dict` wrote; raises KeyError, TypeError or ValueError for anything else."""
    if raw["kind"] == "discrete":
        return DiscreteActions(_count(raw["count"], at_least=1), _count(raw["start"]))
    if raw["kind"] != "box":
        raise ValueError(f"kind: expected box or discrete, got {raw['kind']!r}")
    shape = tuple(_count(size, at_least=1) for size in raw["shape"])
    low, high = _bounds(raw["low"], shape, -math.inf), _bounds(raw["high"], shape, math.inf)
    if not (low <= high).all():
        raise ValueError("low: expected numbers up to high, got greater ones or NaN")
    return BoxActions(low, high)


def _plain(bounds: NDArray[np.float32]) -> list[float | None]:
    return [float(bound) if np.isfinite(bound) else None for bound in bounds.ravel()]


def _bounds(raw: list[float | None], shape: tuple[int, ...], missing: float) -> NDArray[np.float32]:
    for bound in raw:
        if bound is not None and (isinstance(bound, bool) or not math.isfinite(bound)):
            raise ValueError(f"bounds: expected numbers or null, got {bound!r}")
    return np.array([missing if bound is None else bound for bound in raw], dtype=np.float32).reshape(shape)


def _count(raw: Any, at_least: int | None = None) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or (at_least is not None and raw < at_least):
        raise ValueError(f"expected a whole number{'' if at_least is None else f' from {at_least}'}, got {raw!r}")
    return raw
