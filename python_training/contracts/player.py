"""Whatever decides in a world: a learned policy, a script or a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from python_training.contracts.details import Decision


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


class Drawable(Protocol):
    """Something that can be described for drawing."""

    def to_dict(self) -> Mapping[str, Any]:
        """JSON data."""
        ...


@runtime_checkable
class NetworkPlayer(Player, Protocol):
    """A player that is a network which people may look into while it plays."""

    @property
    def network(self) -> Drawable:
        """Its network; `to_dict()` is `{nodes: [{id, kind, layer, ...}], links: [{from, to, weight, enabled}]}`."""
        ...

    def activations(self, copy: int) -> list[float]:
        """What the nodes put out when it last decided for `copy`, finite, in the order of the network's nodes."""
        ...


@runtime_checkable
class SeatedPlayer(Player, Protocol):
    """A player that looks at the world from the seat it plays, rather than at observations."""

    def act_seat(self, seat: int, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """Actions (num_envs, *action_shape) of `seat`."""
        ...


@runtime_checkable
class ExplainingPlayer(Player, Protocol):
    """A player that can say what it does next, and why."""

    def explain(self, seat: int, world: Any) -> Decision | None:
        """What it would do in `seat` of `world`, a VectorEnv of one copy, as that stands; None if it cannot act there.

        Nothing in `world` or in the player changes by it, and no random number is drawn.
        """
        ...
