"""CMA-ES (Hansen & Ostermeier 2001), as Optuna has it, around the incumbent: one generation for each proposal.

A generation judged by games would cost more than a whole test. Its members are judged by a surface drawn from what all
games say (a surrogate, as in lq-CMA-ES), and the best of them is proposed.

Optuna keeps the state of a CMA-ES as a pickle. Nothing here is unpickled from a file: what the study was told is
remembered as numbers, and a restored source tells it all again, which leads to the same state because every draw comes
from the sampler's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from python_training.contracts.errors import CheckpointError
from python_training.systems.tuner.search.arrays import pack, unpack
from python_training.systems.tuner.search.cube import Point
from python_training.systems.tuner.search.sources.source import Idea, View

if TYPE_CHECKING:
    import optuna

WIDTH = 0.5
"""Half the side of the box around the incumbent that it searches; its first standard deviation is a third of this."""
MOST_GENERATIONS = 15
"""It begins anew after so many: a converged CMA-ES has nothing more to propose, and its story must stay short."""
LEAST_MATCHES = 20
"""With fewer the surface says nothing yet."""


class CMAESSource:
    """Proposes the best of each generation."""

    def __init__(self, dimensions: int) -> None:
        self._ranges_of = dimensions
        # Hansen's default, which Optuna takes as well.
        self._population = 4 + int(3 * np.log(dimensions))
        self._centre = np.zeros(0)
        self._seed = 0
        self._told: list[float] = []
        self._study: optuna.Study | None = None

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """None as long as there are too few games to judge a generation by."""
        if len(view.matches) < LEAST_MATCHES:
            return None
        generation = len(self._told) // self._population
        if generation >= MOST_GENERATIONS or not np.array_equal(self._centre, view.incumbent):
            self._centre, self._seed, generation = view.incumbent.copy(), int(random.integers(2**31)), 0
            self._told, self._study = [], None
        points, values = self._generation(view, random)
        best = view.cube.snap(points[int(np.argmax(values))])
        return Idea(best, f"best of {len(points)} in generation {generation + 1} of CMA-ES around the incumbent")

    def _generation(self, view: View, random: np.random.Generator) -> tuple[Point, Point]:
        """(N, D) points of a generation and their (N,) strengths, which the study has been told."""
        from python_training.systems.tuner.search.sources import optuna_study

        study = self._study = self._study or self._retold()
        ranges = optuna_study.axes(self._ranges_of, -1.0, 1.0)
        # Optuna tells the CMA-ES of a generation when all its members are known, so they can be judged one by one.
        judge = np.random.default_rng(random.integers(2**63))
        seed = int(judge.integers(2**31))
        points, values = [], []
        for _ in range(self._population):
            trial, place = optuna_study.asked(study, ranges)
            point = view.cube.snap(self._centre + WIDTH * place)
            # The same draw of the surface judges the whole generation.
            value = float(view.surface.drawn(point[None], np.random.default_rng(seed))[0])
            study.tell(trial, value)
            points.append(point)
            values.append(value)
        self._told.extend(values)
        return np.stack(points), np.array(values)

    def _retold(self) -> optuna.Study:
        """A study that has been told all that was told before."""
        import optuna

        from python_training.systems.tuner.search.sources import optuna_study

        # Optuna draws the first trial evenly unless there is one before it: the centre itself.
        study = optuna_study.new_study(optuna.samplers.CmaEsSampler(seed=self._seed))
        ranges = optuna_study.axes(self._ranges_of, -1.0, 1.0)
        study.add_trial(optuna_study.known(np.zeros(self._ranges_of), 0.0, ranges))
        for value in self._told:
            trial, _ = optuna_study.asked(study, ranges)
            study.tell(trial, value)
        return study

    def state(self) -> dict[str, Any]:
        """What the study was told, and where it began."""
        return {"centre": pack(self._centre), "seed": self._seed, "told": pack(np.array(self._told))}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take it back; the study is told all of it again when it is next asked."""
        told = unpack(state["told"], -1)
        if len(told) > MOST_GENERATIONS * self._population:
            raise CheckpointError(f"The search's state tells CMA-ES of {len(told)} settings, more than there can be.")
        self._centre, self._seed = unpack(state["centre"], -1), int(state["seed"])
        self._told, self._study = told.tolist(), None
