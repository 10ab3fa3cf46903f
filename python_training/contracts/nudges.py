"""Nudges: a person's hints to pilots that fly by themselves. They change what a pilot sees, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel

Order = Mapping[str, Any]
"""What one pilot was told, resolved in the world at that moment: plain JSON with a `kind`, complete for a replay."""

NudgeKind = Literal["target", "rally", "click", "hold", "formation", "release"]
WITH_SPOT = ("target", "rally", "click")
MAX_COORDINATE = 1e6


class Nudge(StrictModel):
    """What a person wants, as it is said: kinds with a spot need `x` and `y`, in world units."""

    kind: NudgeKind = Field(
        description="target: attack the enemy at the spot; rally: go there; click: whichever of these fits; "
        "hold: stay; formation: follow the leader; release: fly as you like."
    )
    x: float | None = Field(None, ge=-MAX_COORDINATE, le=MAX_COORDINATE)
    y: float | None = Field(None, ge=-MAX_COORDINATE, le=MAX_COORDINATE)
    seats: tuple[int, ...] | None = Field(
        None, max_length=64, description="Who is meant; left out, all pilots of team 0 that are no persons."
    )

    @model_validator(mode="after")
    def _has_a_spot(self) -> Nudge:
        if self.kind in WITH_SPOT and (self.x is None or self.y is None):
            raise ValueError(f"'{self.kind}' needs x and y")
        return self


class Nudges(Protocol):
    """What nudges mean in one kind of world; holds no state, so that equal orders replay exactly.

    `world` is a SeatedWorld with one copy.
    """

    def orders(self, nudge: Nudge, seats: Sequence[int], world: Any) -> Mapping[int, Order]:
        """What `nudge` tells each of `seats`, as the world stands; seats that are left out fly as they like.

        Raises:
            ConfigError: there is nothing at the spot that the nudge could mean.
        """
        ...

    def bias(self, order: Order, seat: int, observations: NDArray[np.float32], world: Any) -> NDArray[np.float32]:
        """What the pilot in `seat` is to see under `order`, (1, D), instead of `observations`, which stay as they are.

        An order that means nothing any more, such as a target that is gone, leaves them as they are.
        """
        ...
