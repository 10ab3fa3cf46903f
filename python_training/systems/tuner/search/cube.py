"""Parameters as points of the unit cube, in which everything that searches works."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError
from python_training.contracts.objective import Parameter

Point = NDArray[np.float64]
"""(D,) in [0, 1], one coordinate for each parameter."""

LOG_RATIO = 100.0
"""A range from above 0 to more than so many times its low end is measured in ratios, not differences.

A weight from 0.1 to 1000 whose default is 5 would otherwise sit in the lowest half per cent of its range.
"""


class Cube:
    """The way between real units and [0, 1].

    A coordinate is linear in its parameter, or in its logarithm (see LOG_RATIO). An integer parameter has a coordinate
    for each whole number; other points are rounded to the nearest of these in real units.

    Raises:
        ConfigError: there is no parameter, a name comes twice, or a range is empty or not finite.
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(parameters)
        self.names = tuple(parameter.name for parameter in self.parameters)
        if not self.names or len(set(self.names)) < len(self.names):
            raise ConfigError("parameters: expected at least one, each with a name of its own.", field="parameters")
        for parameter in self.parameters:
            _check_range(parameter)
        self._low = np.array([parameter.low for parameter in self.parameters])
        self._high = np.array([parameter.high for parameter in self.parameters])
        self._integer = np.array([parameter.integer for parameter in self.parameters])
        self._log = np.array([_is_log(parameter) for parameter in self.parameters])
        self._bottom = np.where(self._log, np.log(np.where(self._log, self._low, 1.0)), self._low)
        self._top = np.where(self._log, np.log(np.where(self._log, self._high, 1.0)), self._high)

    def __len__(self) -> int:
        return len(self.names)

    def point(self, values: Mapping[str, float]) -> Point:
        """Where a setting lies.

        Raises:
            ConfigError: a parameter is missing or unknown, or its value is out of range or not whole.
        """
        for name in values:
            if name not in self.names:
                raise ConfigError(f"{name}: there is no such parameter.", field=name)
        for parameter in self.parameters:
            if parameter.name not in values:
                raise ConfigError(f"{parameter.name}: expected a value, got none.", field=parameter.name)
            check_value(parameter, values[parameter.name])
        return self._to_cube(np.array([values[name] for name in self.names], dtype=np.float64))

    def values(self, point: Point) -> dict[str, float]:
        """The setting nearest to a point, which may lie outside the cube: within its ranges, integers whole."""
        return dict(zip(self.names, self._to_real(point).tolist(), strict=True))

    def snap(self, point: Point) -> Point:
        """(..., D) points as they are played: inside the cube, integers on whole numbers."""
        return self._to_cube(self._to_real(point))

    def least_steps(self, point: Point) -> Point:
        """(D,) half the way to an integer's neighbour, 0 for others: less than that does not change the setting."""
        real = self._to_real(point)
        above, below = np.minimum(real + 1.0, self._high), np.maximum(real - 1.0, self._low)
        width = (self._to_cube(above) - self._to_cube(below)) / np.maximum(above - below, 1.0)
        return np.asarray(np.where(self._integer, np.minimum(0.5001 * width, 1.0), 0.0))

    def spread(self, point: Point, spread: Point) -> Point:
        """(D,) standard deviations in real units of those in the cube around a point."""
        slope = self._top - self._bottom
        return np.asarray(spread * np.where(self._log, self._to_real(point) * slope, slope))

    def _to_cube(self, real: Point) -> Point:
        measured = np.where(self._log, np.log(np.where(self._log, real, 1.0)), real)
        return np.asarray(np.clip((measured - self._bottom) / (self._top - self._bottom), 0.0, 1.0))

    def _to_real(self, point: Point) -> Point:
        measured = self._bottom + np.clip(point, 0.0, 1.0) * (self._top - self._bottom)
        real = np.where(self._log, np.exp(np.where(self._log, measured, 0.0)), measured)
        # Rounding must not leave the range, whose ends need not be whole.
        whole = np.clip(np.rint(real), np.ceil(self._low), np.floor(self._high))
        return np.asarray(np.clip(np.where(self._integer, whole, real), self._low, self._high))


def check_value(parameter: Parameter, value: float) -> None:
    """Raise ConfigError, with the parameter's name as field, for a value that it cannot have."""
    name = parameter.name
    if not math.isfinite(value) or not parameter.low <= value <= parameter.high:
        raise ConfigError(f"{name}: expected {parameter.low:g} to {parameter.high:g}, got {value:g}.", field=name)
    if parameter.integer and value != round(value):
        raise ConfigError(f"{name}: expected a whole number, got {value:g}.", field=name)


def _check_range(parameter: Parameter) -> None:
    low, high, name = parameter.low, parameter.high, parameter.name
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ConfigError(f"{name}: expected a finite range with low below high, got {low:g} to {high:g}.", field=name)
    if parameter.integer and math.ceil(low) > math.floor(high):
        raise ConfigError(f"{name}: there is no whole number from {low:g} to {high:g}.", field=name)


def _is_log(parameter: Parameter) -> bool:
    return parameter.low > 0 and parameter.high / parameter.low >= LOG_RATIO
