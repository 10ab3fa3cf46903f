"""Between what a policy puts out and what a world takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import gymnasium
import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ContinuousActions:
    """Actions of a Box. The policy works in units in which a bounded action goes from -1 to 1.

    What it draws may lie outside; only the world's copy is clipped, since the probability is that of the raw draw.
    Attributes low and high have the action's shape; an axis without both bounds is passed on as it is.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @property
    def outputs(self) -> int:
        """How many numbers the policy's network puts out."""
        return int(self.low.size)

    def to_world(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """Actions (N, *shape) of the world for raw ones (N, outputs)."""
        centre, half = self._scale()
        return np.clip(centre + half * raw.reshape(-1, *self.low.shape), self.low, self.high).astype(np.float32)

    def from_world(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """The raw action (outputs,) that becomes `action` of the world, one of `outputs` numbers."""
        centre, half = self._scale()
        raw: NDArray[np.float32] = ((action - centre.ravel()) / half.ravel()).astype(np.float32)
        return raw

    def _scale(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """What a raw action of 0 becomes, and by how much one of 1 is more; (0, 1) where a bound is missing."""
        bounded = np.isfinite(self.low) & np.isfinite(self.high)
        low, high = np.where(bounded, self.low, -1.0), np.where(bounded, self.high, 1.0)
        return (low + high) / 2, (high - low) / 2

    def to_dict(self) -> dict[str, Any]:
        """Plain data; an infinite bound is null."""
        return {"kind": "continuous", "shape": list(self.low.shape), "low": _plain(self.low), "high": _plain(self.high)}


@dataclass(frozen=True, slots=True)
class DiscreteActions:
    """Actions start, start + 1, ... start + count - 1; the policy puts out a logit for each."""

    count: int
    start: int

    @property
    def outputs(self) -> int:
        """How many numbers the policy's network puts out."""
        return self.count

    def to_world(self, raw: NDArray[np.int64]) -> NDArray[np.int64]:
        """Actions (N,) of the world for indices (N,)."""
        return raw + self.start

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": "discrete", "count": self.count, "start": self.start}


Actions: TypeAlias = ContinuousActions | DiscreteActions


def actions_of(space: gymnasium.Space[Any], env: str) -> Actions:
    """How to act in `space`, that of one copy of `env`; raises ConfigError if it is neither Box nor Discrete."""
    if isinstance(space, gymnasium.spaces.Discrete):
        return DiscreteActions(int(space.n), int(space.start))
    if isinstance(space, gymnasium.spaces.Box) and np.issubdtype(space.dtype, np.floating):
        return ContinuousActions(space.low.astype(np.float32), space.high.astype(np.float32))
    raise ConfigError(
        f"env: '{env}' takes {space}; PPO can play worlds that take a Box of floats or Discrete.", field="env"
    )


def observation_size(space: gymnasium.Space[Any], env: str) -> int:
    """Numbers in one observation; raises ConfigError if the space of `env` is not a Box."""
    if isinstance(space, gymnasium.spaces.Box):
        return int(np.prod(space.shape))
    raise ConfigError(f"env: '{env}' shows {space}; PPO can play worlds that show a Box.", field="env")


def actions_from_dict(raw: Mapping[str, Any]) -> Actions:
    """Read what `to_dict` wrote; raises KeyError, TypeError or ValueError for anything else."""
    if raw["kind"] == "discrete":
        return DiscreteActions(int(raw["count"]), int(raw["start"]))
    if raw["kind"] != "continuous":
        raise ValueError(f"there are no actions of kind {raw['kind']!r}")
    shape = tuple(int(size) for size in raw["shape"])
    return ContinuousActions(_bounds(raw["low"], shape, -np.inf), _bounds(raw["high"], shape, np.inf))


def _plain(bounds: NDArray[np.float32]) -> list[float | None]:
    return [float(bound) if np.isfinite(bound) else None for bound in bounds.ravel()]


def _bounds(raw: list[float | None], shape: tuple[int, ...], missing: float) -> NDArray[np.float32]:
    return np.array([missing if bound is None else bound for bound in raw], dtype=np.float32).reshape(shape)
