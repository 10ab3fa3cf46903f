"""Whatever decides in a world: a learned policy, a script or a person."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray


class Player(Protocol):
    """Decides for all copies of a batched world at once."""

    def reset(self, num_envs: int, seed: int) -> None:
        """Forget everything and get ready for `num_envs` copies; all randomness of the player comes from `seed`."""
        ...

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """Actions of shape (num_envs, *action_shape) for observations of shape (num_envs, *observation_shape).

        `world` is the Gymnasium VectorEnv being played. A learned policy must not look at it; a script may.
        """
        ...
