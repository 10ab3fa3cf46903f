from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from python_training import registry
from python_training.simulators.arena.scoring import fitness, performance


def figures(bouts: int = 10, **sums: float) -> dict[str, Any]:
    """Figures of so many equal bouts that sum up to these; survival is per bout."""
    survival = sums.pop("survival_time", 30.0)
    names = ("enemies_destroyed", "damage_dealt", "damage_taken", "shots_fired", "hits")
    each = {name: np.full(bouts, sums.get(name, 0.0) / bouts) for name in names}
    return {**each, "survival_time": np.full(bouts, survival)}


def test_the_documents_example_is_worth_exactly_a_quarter_of_a_million() -> None:
    """45 kills, 12,500 damage, accuracy 0.85 and 30 s make 250,000, to the last bit."""
    elite = figures(enemies_destroyed=45, damage_dealt=12_500, shots_fired=600, hits=510)
    assert fitness(elite) == 250_000.0
    entry = registry.world("arena")
    assert entry is not None
    assert registry.load(entry.score)(elite) == 250_000.0


def test_the_weights_are_those_of_the_design() -> None:
    """4,000 a kill, 4 a point, 20,000 for perfect accuracy, 100 a second."""
    nothing = figures(survival_time=0.0)
    assert fitness(nothing) == 0.0
    assert fitness({**nothing, "enemies_destroyed": np.eye(10)[0]}) == 4_000.0
    assert fitness({**nothing, "damage_dealt": np.eye(10)[0]}) == 4.0
    assert fitness({**nothing, "shots_fired": np.full(10, 5.0), "hits": np.full(10, 5.0)}) == 20_000.0
    assert fitness({**nothing, "survival_time": np.full(10, 12.0)}) == 1_200.0


def test_a_few_lucky_shots_are_no_accuracy() -> None:
    """Below 20 shots in ten bouts accuracy counts as 0; it is that of all shots, not the mean of bouts."""
    assert fitness(figures(shots_fired=19, hits=19, survival_time=0.0)) == 0.0
    assert fitness(figures(shots_fired=20, hits=20, survival_time=0.0)) == 20_000.0
    uneven = figures(survival_time=0.0)
    uneven["shots_fired"][:2], uneven["hits"][:2] = (1.0, 99.0), (1.0, 0.0)
    assert performance(uneven)["accuracy"] == 0.01


def test_the_number_of_bouts_changes_nothing() -> None:
    """Forty bouts of a kind are worth what ten of them are."""
    ten = figures(enemies_destroyed=20, damage_dealt=7_000, shots_fired=300, hits=150)
    forty = {name: np.tile(values, 4) for name, values in ten.items()}
    assert fitness(forty) == fitness(ten)
    with pytest.raises(ValueError, match="at least one bout"):
        fitness(figures(bouts=1) | {"enemies_destroyed": np.array([])})


def test_rewards_and_other_figures_do_not_enter() -> None:
    """Nothing but the named figures counts."""
    plain = figures(enemies_destroyed=3, shots_fired=50, hits=20)
    assert fitness({**plain, "reward": np.full(10, 1e9), "damage_taken": np.full(10, 1e9)}) == fitness(plain)
