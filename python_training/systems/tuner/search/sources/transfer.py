"""Winners of another run, perhaps of another player: what this one shares with them is tried here, the rest stays.

Each is proposed once as it is. After that, half the way from the incumbent to one of them, for a player whose other
parameters differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from python_training.contracts.errors import ConfigError
from python_training.systems.tuner.search.cube import Cube, check_value
from python_training.systems.tuner.search.sources.source import Idea, View

Values = Mapping[str, float]


class TransferSource:
    """Proposes what won elsewhere.

    Args:
        cube: the parameters of this run.
        winners: settings that won, the newest last; see `add`.
    """

    def __init__(self, cube: Cube, winners: Sequence[Values]) -> None:
        self._cube = cube
        self._winners: list[dict[str, float]] = []
        self._next = 0
        self.add(winners)

    def add(self, winners: Sequence[Values]) -> None:
        """More winners; parameters that this run does not have are left out.

        Raises:
            ConfigError: one shares no parameter with this run, or has a value out of range.
        """
        known = {parameter.name: parameter for parameter in self._cube.parameters}
        for place, winner in enumerate(winners):
            shared = {name: float(value) for name, value in winner.items() if name in known}
            if not shared:
                field = f"transfer_winners.{place}"
                raise ConfigError(f"{field}: it has none of this run's parameters.", field=field)
            for name, value in shared.items():
                check_value(known[name], value)
            self._winners.append(shared)

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """The newest winner that was not proposed yet, then points half the way to one of them."""
        if not self._winners:
            return None
        whole = self._next < len(self._winners)
        place = len(self._winners) - 1 - self._next if whole else int(random.integers(len(self._winners)))
        self._next += whole
        values = {**view.cube.values(view.incumbent), **self._winners[place]}
        goal = view.cube.point(values)
        point = goal if whole else view.cube.snap(0.5 * (goal + view.incumbent))
        what = "winner" if whole else "half the way to winner"
        return Idea(point, f"{what} {place + 1} of another run", (f"transferred winner {place + 1}",))

    def state(self) -> dict[str, Any]:
        """All winners, and how many have been proposed."""
        return {"winners": [dict(winner) for winner in self._winners], "next": self._next}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back both; raises ConfigError as `add` does."""
        self._winners = []
        self.add(state["winners"])
        self._next = int(state["next"])
