"""TPE (Bergstra et al. 2011), as Optuna has it: it asks what the better settings have that the others lack.

The study is built anew for each proposal from the matches that all sources share, so there is nothing to remember.
"""

from __future__ import annotations

import numpy as np

from python_training.systems.tuner.search.sources.source import Idea, Memoryless, View

TRIALS = 200
"""Newest settings that it is shown."""
LEAST_TRIALS = 40
"""With fewer, TPE would draw at random."""
DRAFTS = 4
"""Points it is asked for; the one that the surface likes best is proposed."""


class TPESource(Memoryless):
    """Proposes what Optuna's TPESampler makes of the shared history."""

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """None as long as there is too little to tell upper from lower."""
        points = np.concatenate([view.matches.a, view.matches.b])[-TRIALS:]
        if len(points) < LEAST_TRIALS:
            return None
        import optuna  # takes half a second, and only when it is asked

        from python_training.systems.tuner.search.sources import optuna_study

        ranges = optuna_study.axes(len(view.cube), 0.0, 1.0)
        seed = int(random.integers(2**31))
        study = optuna_study.new_study(optuna.samplers.TPESampler(seed=seed, n_startup_trials=0))
        # One match says next to nothing of a setting. Its value is what all games together say of it.
        values = view.surface.drawn(points, random)
        study.add_trials(
            [optuna_study.known(point, float(value), ranges) for point, value in zip(points, values, strict=True)]
        )
        drafts = np.stack([optuna_study.asked(study, ranges)[1] for _ in range(DRAFTS)])
        best = drafts[int(np.argmax(view.surface.drawn(drafts, random)))]
        return Idea(view.cube.snap(best), f"TPE on the last {len(points)} settings that were played")
