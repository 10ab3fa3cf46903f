"""A source of the user's own: a class "module:Class" that the config names.

It is built as `Class(parameters, settings)` and asked `propose(values, width, random)`: the incumbent's values by name,
the factor by which steps should be longer, and a NumPy generator from which all its chance must come, so that a resumed
run proposes the same. It answers with the values that should change, or None. If it has `state()` and
`restore(state)`, plain JSON in between, it may remember things.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from python_training.contracts.errors import ConfigError
from python_training.systems.tuner.objectives.outside_code import load_class
from python_training.systems.tuner.search.cube import Cube
from python_training.systems.tuner.search.sources.source import Idea, View

FIELD = "search.custom"


class CustomSource:
    """Asks the user's class, and believes nothing that it says unseen.

    Raises:
        ConfigError: the class cannot be loaded, must not be, or has no `propose`.
    """

    def __init__(self, target: str, settings: Mapping[str, Any], cube: Cube) -> None:
        own = load_class(target, FIELD)
        self._target = target
        self._source = own(cube.parameters, dict(settings))
        if not callable(getattr(self._source, "propose", None)):
            raise ConfigError(f"{FIELD}: '{target}' has no method propose(values, width, random).", field=FIELD)

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """What the class proposes; raises ConfigError if that is no setting of this run."""
        incumbent = view.cube.values(view.incumbent)
        found = self._source.propose(dict(incumbent), view.width, random)
        if found is None:
            return None
        if not isinstance(found, Mapping):
            raise ConfigError(
                f"{FIELD}: '{self._target}' must propose a mapping of values, got {type(found).__name__}.", field=FIELD
            )
        try:
            proposed = {str(name): float(value) for name, value in found.items()}
        except (TypeError, ValueError, OverflowError) as error:
            raise ConfigError(f"{FIELD}: '{self._target}' must propose numbers: {error}.", field=FIELD) from error
        point = view.cube.point({**incumbent, **proposed})
        return Idea(point, f"proposed by {self._target}")

    def state(self) -> dict[str, Any]:
        """What the class remembers, nothing if it has no `state`."""
        remembers = getattr(self._source, "state", None)
        return {"own": remembers()} if callable(remembers) else {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Give the class back what it remembered."""
        if "own" in state:
            self._source.restore(state["own"])
