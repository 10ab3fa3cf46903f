"""Which elites meet, and what several runs say together."""

from __future__ import annotations

import pytest

from python_training.runtime.run_duels import elite_pairs, spread
from python_training.runtime.run_summary import over_runs


def test_an_elite_meets_that_of_fifty_generations_before() -> None:
    """Snapshots every five generations: each has a partner exactly as far back, the early ones have none."""
    pairs = elite_pairs([*range(5, 75, 5)], 50)
    assert pairs == [(55, 5), (60, 10), (65, 15), (70, 20)]


def test_pruned_partner_is_replaced_by_the_next_older_one() -> None:
    """Less than twice as far back; a generation of which only far older ones are left has no partner."""
    assert elite_pairs([50, 100, 150, 155], 50) == [(100, 50), (150, 100), (155, 100)]
    assert elite_pairs([1, 2, 3, 90, 91], 50) == [(90, 3), (91, 3)]
    assert elite_pairs([1, 2, 101, 102], 50) == [(101, 2)]
    assert elite_pairs([1], 50) == []


def test_long_run_is_sampled_evenly() -> None:
    """No more pairs than asked for, the last among them."""
    pairs = [(number + 50, number) for number in range(101)]
    chosen = spread(pairs, 20)
    assert len(set(chosen)) == 20
    assert chosen[-1] == pairs[-1]
    assert spread(pairs[:7], 20) == pairs[:7]


def test_runs_are_counted_above_a_mark() -> None:
    """Scores where all have one, mean returns else; the interval is over the runs."""
    runs = [{"score_mean": score, "return_mean": 0.0} for score in (190.0, 210.0, 230.0)]
    found = over_runs(runs, above=200.0)
    assert (found["measure"], found["count"], found["mean"], found["passed"]) == ("score_mean", 3, 210.0, 2)
    assert found["mean_ci"] == pytest.approx([210 - 49.68, 210 + 49.68], rel=1e-3)
    mixed = over_runs([*runs, {"return_mean": 4.0}])
    assert (mixed["measure"], mixed["mean"]) == ("return_mean", 1.0)
    assert "passed" not in mixed
