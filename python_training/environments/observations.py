"""What an environment from outside shows, made flat rows of numbers, and refused where it is not of its space.

The order is that of `gymnasium.spaces.utils.flatten`: the numbers of a Box one after the other, a Discrete as one-hot,
a MultiDiscrete as one-hot after one-hot, the bits of a MultiBinary, the parts of a Dict or Tuple in the space's order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError, WorldError

MAX_INPUTS = 1_000_000
"""An observation has no more numbers than these."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part of an observation that has no parts itself.

    Attributes:
        path: keys and places that lead to it.
        begin: the column of its first number.
        size: how many numbers it has.
        space: its own.
        counts: options of each choice, for Discrete and MultiDiscrete; () for the others.
    """

    path: tuple[str | int, ...]
    begin: int
    size: int
    space: gymnasium.Space[Any]
    counts: tuple[int, ...] = ()


class Observations:
    """The way from observations of one space to rows of numbers.

    Rows are float32 where that holds every number of the space exactly, else float64.

    Args:
        space: of one copy.
        env: what the environment is called, for errors.

    Attributes:
        size: numbers in a row.
        dtype: of rows.

    Raises:
        ConfigError: the space has a part that cannot be made numbers of a fixed count, such as Text, Graph or Sequence.
    """

    def __init__(self, space: gymnasium.Space[Any], env: str) -> None:
        self._env = env
        self._space = space
        self._leaves: list[_Leaf] = []
        self.size = 0
        for path, part in _parts(space, (), env):
            counts = _counts(part)
            size = sum(counts) if counts else math.prod(part.shape or ())
            self._leaves.append(_Leaf(path, self.size, size, part, counts))
            self.size += size
        if not 1 <= self.size <= MAX_INPUTS:
            raise ConfigError(
                f"env: an observation of '{env}' has {self.size:,} numbers; expected from 1 to {MAX_INPUTS:,}.",
                field="env",
            )
        numeric = [leaf.space.dtype for leaf in self._leaves if not leaf.counts]
        exact = all(dtype is not None and np.can_cast(dtype, np.float32) for dtype in numeric)
        self.dtype: np.dtype[Any] = np.dtype(np.float32 if exact else np.float64)
        self._may_be_infinite = any(dtype is not None and np.issubdtype(dtype, np.floating) for dtype in numeric)

    def write(self, observation: Any, row: NDArray[Any], source: str) -> None:
        """Write `observation`, which came from `source` ("reset" or "step"), into `row` (size,).

        Raises:
            WorldError: it is not of the space, or a number in it is not finite.
        """
        for leaf in self._leaves:
            self._write(leaf, self._part(observation, leaf, source), row[leaf.begin : leaf.begin + leaf.size], source)
        if self._may_be_infinite and not np.isfinite(row).all():
            place = int(np.flatnonzero(~np.isfinite(row))[0])
            leaf = next(each for each in self._leaves if each.begin <= place < each.begin + each.size)
            raise self._error(source, leaf, "finite numbers", f"{row[place]} at place {place - leaf.begin}")

    def _part(self, observation: Any, leaf: _Leaf, source: str) -> Any:
        """The part of `observation` that `leaf` describes."""
        found, space = observation, self._space
        for depth, step in enumerate(leaf.path):
            if isinstance(space, spaces.Dict):
                if not isinstance(found, Mapping) or set(found) != set(space.spaces):
                    got = f"the keys {_listed(found)}" if isinstance(found, Mapping) else _described(found)
                    raise self._wrong(source, leaf.path[:depth], f"a dict of {_listed(space.spaces)}", got)
                found, space = found[step], space.spaces[step]  # type: ignore[index]  # the path was made of its keys
            elif isinstance(space, spaces.Tuple):
                if not isinstance(found, tuple | list) or len(found) != len(space.spaces):
                    expected = f"a tuple of {len(space.spaces)}"
                    raise self._wrong(source, leaf.path[:depth], expected, _described(found))
                found, space = found[int(step)], space.spaces[int(step)]
        return found

    def _write(self, leaf: _Leaf, value: Any, row: NDArray[Any], source: str) -> None:
        if leaf.counts:
            self._write_choices(leaf, value, row, source)
            return
        space = leaf.space
        if space.shape == () and isinstance(value, int | float | np.generic):
            value = np.asarray(value)
        fits = (
            isinstance(value, np.ndarray)
            and value.shape == space.shape
            and np.can_cast(value.dtype, space.dtype or np.float64, "same_kind")
        )
        if not fits:
            raise self._error(source, leaf, f"{space.dtype} of shape {space.shape}", _described(value))
        if isinstance(space, spaces.MultiBinary) and not ((value == 0) | (value == 1)).all():
            raise self._error(source, leaf, "bits", f"numbers from {value.min()} to {value.max()}")
        if value.dtype == row.dtype:
            row[:] = value.ravel()
        else:
            with np.errstate(over="ignore"):  # becomes infinity, which is told as such
                row[:] = value.ravel()

    def _write_choices(self, leaf: _Leaf, value: Any, row: NDArray[Any], source: str) -> None:
        """One-hot after one-hot."""
        space: Any = leaf.space
        shape = space.shape or ()
        taken = np.asarray(value) if isinstance(value, int | np.integer | np.ndarray) else None
        if taken is None or taken.shape != shape or not np.issubdtype(taken.dtype, np.integer):
            raise self._error(source, leaf, f"integers of shape {shape}" if shape else "an integer", _described(value))
        starts = np.broadcast_to(np.asarray(space.start), shape).ravel().tolist()
        row[:] = 0
        begin = 0
        for count, start, number in zip(leaf.counts, starts, taken.ravel().tolist(), strict=True):
            if not start <= number < start + count:
                raise self._error(source, leaf, f"a number from {start} to {start + count - 1}", str(number))
            row[begin + number - start] = 1
            begin += count

    def _error(self, source: str, leaf: _Leaf, expected: str, got: str) -> WorldError:
        return self._wrong(source, leaf.path, expected, got)

    def _wrong(self, source: str, path: tuple[str | int, ...], expected: str, got: str) -> WorldError:
        where = "".join(f"[{step!r}]" for step in path)
        return WorldError(
            f"'{self._env}' breaks its observation space: from {source}(), observation{where} must be {expected}, "
            f"got {got}.",
            field="env",
        )


def _parts(
    space: gymnasium.Space[Any], path: tuple[str | int, ...], env: str
) -> Iterator[tuple[tuple[str | int, ...], gymnasium.Space[Any]]]:
    """Every part of `space` that has none itself, with the way to it."""
    match space:
        case spaces.Dict():
            for key, part in space.spaces.items():
                yield from _parts(part, (*path, key), env)
        case spaces.Tuple():
            for index, part in enumerate(space.spaces):
                yield from _parts(part, (*path, index), env)
        case spaces.Box() | spaces.Discrete() | spaces.MultiDiscrete() | spaces.MultiBinary():
            yield path, space
        case _:
            where = "".join(f"[{step!r}]" for step in path)
            raise ConfigError(
                f"env: '{env}' shows {type(space).__name__}{f' in observation{where}' if where else ''}; expected Box, "
                "Discrete, MultiDiscrete, MultiBinary, or a Dict or Tuple of these.",
                field="env",
            )


def _counts(space: gymnasium.Space[Any]) -> tuple[int, ...]:
    if isinstance(space, spaces.Discrete):
        return (int(space.n),)
    return tuple(int(each) for each in space.nvec.ravel()) if isinstance(space, spaces.MultiDiscrete) else ()


def _listed(keys: Any) -> str:
    return ", ".join(sorted(map(repr, keys))[:20]) or "none"


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype} of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__} {str(value)[:60]!r}"
