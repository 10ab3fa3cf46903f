"""What a policy puts out, made what a world takes: one codec for every learner, in training, evaluation and play.

A policy puts out `outputs` numbers. `choose` makes raw actions of them, which learners may draw at random instead, and
`to_world` makes the world's actions of raw ones: numbers of the space's own dtype and shape that the space contains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError

MAX_OUTPUTS = 10_000
"""A policy puts out no more numbers than these."""

NO_BOUND = 1e18
"""A bound this large is none: worlds write finfo.max, or 1e30, for infinity."""

Zero = Literal["middle", "least"]
"""What an output of 0 means in a range: its middle; or, in a range that has no numbers below 0, its least one."""

_LARGEST = float(np.finfo(np.float64).max)
_KINDS: dict[Zero, str] = {"middle": "continuous", "least": "box"}
"""How boxes are called in files."""
_DTYPES = frozenset(
    [
        *("float16", "float32", "float64"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    ]
)


class Scale(NamedTuple):
    """How outputs become numbers of a box, all (outputs,) float64: offset + gain x output, each step within bounds."""

    floor: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    offset: NDArray[np.float64]
    gain: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BoxActions:
    """Actions of a Box of floats or integers, one output for each number.

    With zero "middle" an output of -1, 0 and 1 means the least, middle and greatest number of the range. With zero
    "least" that holds too, but in a range without numbers below 0 an output of 0 means the least number and 1 the
    greatest. Where a bound is missing the output is passed on. Integers are rounded to the nearest. What lies outside
    the bounds is clipped, in the space's own dtype, last. NaN counts as 0.

    Attributes:
        low, high: the bounds, of the action's shape and dtype; an infinite one is none, and so is a huge one.
        zero: see above.
    """

    low: NDArray[Any]
    high: NDArray[Any]
    zero: Zero

    @property
    def outputs(self) -> int:
        """How many numbers a policy has to put out."""
        return int(self.low.size)

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the world's actions."""
        return self.low.dtype

    def choose(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """The raw actions (N, outputs) of outputs (N, outputs): these themselves."""
        return outputs

    def to_world(self, raw: NDArray[Any]) -> NDArray[Any]:
        """The world's actions (N, *action_shape) for raw ones (N, outputs)."""
        from python_training.environments.scaling import scale_outputs  # numba, which only those who play need

        numbers: NDArray[Any] = np.empty(raw.shape, dtype=np.float32 if self.dtype == np.float32 else np.float64)
        scale_outputs(self.scale, raw, numbers)
        if numbers.dtype != self.dtype:
            numbers = self._cast(numbers)
        return numbers.reshape(-1, *self.low.shape)

    def from_world(self, action: NDArray[Any]) -> NDArray[np.float32]:
        """The raw action (outputs,) that becomes `action` of the world, one of `outputs` numbers."""
        raw: NDArray[np.float32] = ((action - self.scale.offset) / self.scale.gain).astype(np.float32)
        return raw

    @cached_property
    def scale(self) -> Scale:
        """The numbers by which `to_world` works, for compiled code."""
        low, high = _numbers(self.low.ravel(), toward=math.inf), _numbers(self.high.ravel(), toward=-math.inf)
        ranged = _is_bound(self.low.ravel()) & _is_bound(self.high.ravel())
        positive = ranged & (low >= 0) if self.zero == "least" else np.zeros_like(ranged)
        share = 0.5 if np.issubdtype(self.dtype, np.integer) else 0.0
        bottom, top = np.where(ranged, low - share, -1.0), np.where(ranged, high + share, 1.0)
        largest = _numbers(np.array([_largest(self.dtype)], dtype=self.dtype), toward=-math.inf)[0]
        limited = ranged if self.zero == "least" else np.zeros_like(ranged)
        return Scale(
            # Not infinity, which times the gain of a range of one number would be NaN.
            floor=np.where(positive, 0.0, np.where(limited, -1.0, -_LARGEST)),
            ceiling=np.where(limited, 1.0, _LARGEST),
            offset=np.where(positive, bottom, (bottom + top) / 2),
            gain=np.where(positive, top - bottom, (top - bottom) / 2),
            low=np.maximum(low, -largest),
            high=np.minimum(high, largest),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data; an infinite bound is null. The dtype is float32 where none is told."""
        told = {"kind": _KINDS[self.zero], "shape": list(self.low.shape)}
        told |= {"low": _plain(self.low), "high": _plain(self.high)}
        return told if self.dtype == np.float32 else told | {"dtype": self.dtype.name}

    def _cast(self, numbers: NDArray[np.float64]) -> NDArray[Any]:
        """`numbers` (N, outputs) in the space's dtype and within its bounds, of which a cast may step over one."""
        whole = np.rint(numbers) if np.issubdtype(self.dtype, np.integer) else numbers
        clipped: NDArray[Any] = np.clip(whole.astype(self.dtype), self.low.ravel(), self.high.ravel())
        return clipped


@dataclass(frozen=True)
class ChoiceActions:
    """Actions that are one choice or several: of Discrete, MultiDiscrete and MultiBinary spaces.

    There is an output for each option of each choice, one choice after the other. The option whose output is largest is
    taken, the first of equals; NaN loses to every number. A bit is a choice between 0 and 1.

    Attributes:
        counts: options of each choice.
        starts: the number of the first option of each choice.
        shape: of an action; () is a single number.
        dtype: name of that of the world's actions.
    """

    counts: tuple[int, ...]
    starts: tuple[int, ...]
    shape: tuple[int, ...] = ()
    dtype: str = "int64"

    @property
    def outputs(self) -> int:
        """How many numbers a policy has to put out."""
        return sum(self.counts)

    def choose(self, outputs: NDArray[Any]) -> NDArray[np.int64]:
        """Which option is taken, counted from 0, (N,) or, of several choices, (N, choices); outputs (N, outputs)."""
        ranked = np.where(np.isnan(outputs), -np.inf, outputs)
        if not self.shape:
            chosen: NDArray[np.int64] = np.argmax(ranked, axis=1)
            return chosen
        groups = np.split(ranked, np.cumsum(self.counts)[:-1], axis=1)
        return np.stack([np.argmax(group, axis=1) for group in groups], axis=1)

    def to_world(self, raw: NDArray[np.int64]) -> NDArray[Any]:
        """The world's actions (N, *shape) for options as `choose` counts them."""
        first = np.array(self.starts if self.shape else self.starts[0], dtype=np.int64)
        return (raw + first).astype(self.dtype).reshape(-1, *self.shape)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        if not self.shape and self.dtype == "int64":
            return {"kind": "discrete", "count": self.counts[0], "start": self.starts[0]}
        return {
            "kind": "choices",
            "counts": list(self.counts),
            "starts": list(self.starts),
            "shape": list(self.shape),
            "dtype": self.dtype,
        }


Actions: TypeAlias = BoxActions | ChoiceActions


def actions_of(space: gymnasium.Space[Any], env: str = "this world", *, zero: Zero) -> Actions:
    """How to act in `space`, that of one copy of `env`; raises ConfigError if there is no way to."""
    actions = _actions_of(space, zero)
    if actions is None:
        raise ConfigError(
            f"env: '{env}' takes {_shown(space)}; expected a Box, Discrete, MultiDiscrete or MultiBinary action space.",
            field="env",
        )
    if not 1 <= actions.outputs <= MAX_OUTPUTS:
        raise ConfigError(
            f"env: '{env}' takes {_shown(space)}, for which a policy needs {actions.outputs} outputs; "
            f"expected from 1 to {MAX_OUTPUTS}.",
            field="env",
        )
    return actions


def _actions_of(space: gymnasium.Space[Any], zero: Zero) -> Actions | None:
    match space:
        case spaces.Discrete():
            return ChoiceActions((int(space.n),), (int(space.start),), (), np.dtype(space.dtype).name)
        case spaces.MultiDiscrete():
            counts, starts = (tuple(int(each) for each in part.ravel()) for part in (space.nvec, space.start))
            return ChoiceActions(counts, starts, space.nvec.shape, np.dtype(space.dtype).name)
        case spaces.MultiBinary():
            bits = min(math.prod(space.shape), MAX_OUTPUTS)  # more are refused, and need not be written down for that
            return ChoiceActions((2,) * bits, (0,) * bits, tuple(space.shape), np.dtype(space.dtype).name)
        case spaces.Box() if np.dtype(space.dtype).name in _DTYPES:
            return BoxActions(np.array(space.low), np.array(space.high), zero)
    return None


def actions_from_dict(raw: Mapping[str, Any]) -> Actions:
    """Read what `to_dict` wrote, here or in version 0.1; raises KeyError, TypeError or ValueError for anything else."""
    kind = raw["kind"]
    if kind == "discrete":
        return ChoiceActions((_count(raw["count"], at_least=1),), (_count(raw["start"]),))
    if kind == "choices":
        return _choices(raw)
    zero: Zero | None = next((zero for zero, name in _KINDS.items() if name == kind), None)
    if zero is None:
        raise ValueError(f"kind: expected continuous, box, discrete or choices, got {kind!r}")
    dtype, shape = _dtype(raw.get("dtype", "float32")), _shape(raw["shape"])
    low, high = _bounds(raw["low"], shape, dtype, -math.inf), _bounds(raw["high"], shape, dtype, math.inf)
    if not (low <= high).all():
        raise ValueError("low: expected numbers up to high, got greater ones or NaN")
    return BoxActions(low, high, zero)


def _choices(raw: Mapping[str, Any]) -> ChoiceActions:
    counts = tuple(_count(each, at_least=1) for each in raw["counts"])
    starts = tuple(_count(each) for each in raw["starts"])
    shape, dtype = _shape(raw["shape"]), _dtype(raw["dtype"])
    if not len(counts) == len(starts) == math.prod(shape):
        raise ValueError(f"counts: expected as many as starts and shape say, got {len(counts)}")
    return ChoiceActions(counts, starts, shape, dtype.name)


def _shown(space: gymnasium.Space[Any]) -> str:
    text = str(space)
    return text if len(text) <= 200 else f"{text[:200]}..."


def _is_bound(bounds: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `bounds` mean something: not those that are infinite, or as good as that for their dtype."""
    dtype = bounds.dtype
    if np.issubdtype(dtype, np.floating):
        limit = min(NO_BOUND, float(np.finfo(dtype).max) / 2)
        return np.asarray(np.abs(bounds.astype(np.float64)) < limit)
    limits = np.iinfo(dtype)
    ends = (bounds == limits.max) | ((bounds == limits.min) & (limits.min < 0))
    return np.asarray(~ends) if limits.bits >= 32 else np.ones(bounds.shape, dtype=np.bool_)


def _largest(dtype: np.dtype[Any]) -> Any:
    return np.finfo(dtype).max if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max


def _numbers(bounds: NDArray[Any], toward: float) -> NDArray[np.float64]:
    """`bounds` as float64 numbers that are no further out; beyond 2**53 not every integer is one."""
    numbers = bounds.astype(np.float64)
    if np.issubdtype(bounds.dtype, np.integer):
        for index, exact in enumerate(bounds.tolist()):
            if (int(numbers[index]) - exact) * toward < 0:
                numbers[index] = np.nextafter(numbers[index], toward)
    return numbers


def _plain(bounds: NDArray[Any]) -> list[float | int | None]:
    return [bound if math.isfinite(bound) else None for bound in bounds.ravel().tolist()]


def _bounds(raw: Sequence[Any], shape: tuple[int, ...], dtype: np.dtype[Any], missing: float) -> NDArray[Any]:
    for bound in raw:
        if bound is not None and (isinstance(bound, bool) or not math.isfinite(bound)):
            raise ValueError(f"bounds: expected numbers or null, got {bound!r}")
    return np.array([missing if bound is None else bound for bound in raw], dtype=dtype).reshape(shape)


def _shape(raw: Any) -> tuple[int, ...]:
    return tuple(_count(size, at_least=1) for size in raw)


def _dtype(raw: Any) -> np.dtype[Any]:
    if not isinstance(raw, str) or raw not in _DTYPES:
        raise ValueError(f"dtype: expected one of {', '.join(sorted(_DTYPES))}, got {raw!r}")
    return np.dtype(raw)


def _count(raw: Any, at_least: int | None = None) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or (at_least is not None and raw < at_least):
        raise ValueError(f"expected a whole number{'' if at_least is None else f' from {at_least}'}, got {raw!r}")
    return raw
