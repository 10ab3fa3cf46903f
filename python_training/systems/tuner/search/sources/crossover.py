"""Children of past winners: each parameter from one parent or from between both, as in BLX-alpha (Eshelman 1993)."""

from __future__ import annotations

import numpy as np

from python_training.systems.tuner.search.sources.source import Idea, Memoryless, View, Winner

BEYOND = 0.25
"""Where a child's coordinate is drawn between its parents', by this share of their distance it may lie beyond them."""
DRAFTS = 8
"""Children of which the one that the surface likes best is proposed."""


class CrossoverSource(Memoryless):
    """Crosses two winners; the newest is the incumbent."""

    def propose(self, view: View, random: np.random.Generator) -> Idea | None:
        """None until there are two winners that differ."""
        if len(view.winners) < 2:
            return None
        # The better a winner the newer it is: the incumbent is one parent, the others are drawn.
        mother = view.winners[-1]
        father = view.winners[int(random.integers(len(view.winners) - 1))]
        drafts = np.stack([_child(view, mother, father, random) for _ in range(DRAFTS)])
        best = drafts[int(np.argmax(view.surface.drawn(drafts, random)))]
        names = (f"winner {mother.number}", f"winner {father.number}")
        return Idea(best, f"child of winners {mother.number} and {father.number}", names)


def _child(view: View, mother: Winner, father: Winner, random: np.random.Generator) -> np.ndarray:
    count = len(view.cube)
    between = random.uniform(-BEYOND, 1.0 + BEYOND, count)
    blended = mother.point + between * (father.point - mother.point)
    picked = np.where(random.random(count) < 0.5, mother.point, father.point)
    return view.cube.snap(np.where(random.random(count) < 0.5, blended, picked))
