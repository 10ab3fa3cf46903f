"""Any world with one pilot, as a world with seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from python_training.contracts.seats import SeatedWorld
from python_training.environments.open_world import Envs

Step = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]


class OneSeat:
    """Seat 0 of a vector env that knows no seats."""

    seats = 1

    def __init__(self, envs: Envs) -> None:
        self._envs = envs
        self._seen: Any = None

    def reset(self, *, seed: Sequence[int]) -> None:
        """Begin new episodes."""
        self._seen, _ = self._envs.reset(seed=list(seed))

    def observe(self, seat: int) -> NDArray[Any]:
        """What the pilot saw last, (N, *observation_shape)."""
        return self._seen  # type: ignore[no-any-return]  # envs are untyped

    def step_seats(self, actions: NDArray[Any]) -> Step:
        """One step with actions (N, 1, *action_shape)."""
        step = self._envs.step(actions[:, 0])
        self._seen = step[0]
        return step


def seated(envs: Envs) -> SeatedWorld | OneSeat:
    """`envs` by its seats, whether it has several or knows of none."""
    return envs if isinstance(envs, SeatedWorld) else OneSeat(envs)
