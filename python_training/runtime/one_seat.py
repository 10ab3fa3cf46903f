"""Any world with one pilot, as a world with seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from python_training.contracts.seats import SeatedWorld

Step = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]


class OneSeat:
    """Seat 0 of a VectorEnv that knows no seats."""

    seats = 1

    def __init__(self, envs: VectorEnv[Any, Any, Any]) -> None:
        self._envs = envs
        self._seen: Any = None

    def reset(self, *, seed: Sequence[int]) -> None:
        """Begin new episodes."""
        self._seen, _ = self._envs.reset(seed=list(seed))  # type: ignore[arg-type]  # it takes a list, untyped

    def observe(self, seat: int) -> NDArray[Any]:
        """What the pilot saw last, (N, *observation_shape)."""
        return self._seen  # type: ignore[no-any-return]  # envs are untyped

    def step_seats(self, actions: NDArray[Any]) -> Step:
        """One step with actions (N, 1, *action_shape)."""
        step = self._envs.step(actions[:, 0])
        self._seen = step[0]
        return step


def seated(envs: VectorEnv[Any, Any, Any]) -> SeatedWorld | OneSeat:
    """`envs` by its seats, whether it has several or knows of none."""
    return envs if isinstance(envs, SeatedWorld) else OneSeat(envs)
