"""Worlds in which several pilots sit in each copy: what those who let players meet each other rely on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class SeatedWorld(Protocol):
    """A Gymnasium VectorEnv of N copies, each with `seats` pilots that all have the same spaces.

    The VectorEnv's own `step(actions)`, actions (N, *action_shape), flies seat 0; scripted pilots named in the world's
    config fly the others. Observations, rewards and ends that `reset`, `step` and `step_seats` return are seat 0's.
    One thread at a time may use an instance.
    """

    num_envs: int
    seats: int

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin new episodes, as a VectorEnv does."""
        ...

    def observe(self, seat: int) -> NDArray[np.float32]:
        """What the pilot in `seat` sees now, (N, *observation_shape); zeros once its ship is lost."""
        ...

    def step_seats(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """One step with the actions of all seats, (N, seats, *action_shape); returns what `step` returns."""
        ...

    def seat_figures(self, seat: int) -> dict[str, NDArray[np.float64]]:
        """The figures of `seat` in every copy's episode so far, each (N,), by metric name of the world."""
        ...


@runtime_checkable
class NamedSeats(Protocol):
    """A world that calls the players by their names wherever it shows them."""

    def name_seats(self, names: Sequence[str]) -> None:
        """Call whoever sits in seat i `names[i]`."""
        ...
