from __future__ import annotations

import numpy as np

from python_training.systems.tuner.statistics.pareto import pareto_front


def test_only_rows_that_nobody_beats_everywhere_are_on_the_front() -> None:
    """A row that is worse in one thing and better in another stays; one that is nowhere better goes."""
    values = np.array([[0.6, 100.0], [0.5, 120.0], [0.5, 100.0], [0.7, 90.0]])
    assert pareto_front(values).tolist() == [True, True, False, True]


def test_equal_rows_are_both_on_the_front() -> None:
    """Neither is better at anything."""
    assert pareto_front(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]])).tolist() == [True, True, False]


def test_a_row_with_a_gap_neither_leads_nor_bars_others() -> None:
    """An unknown figure cannot be compared."""
    assert pareto_front(np.array([[np.nan, 9.0], [1.0, 2.0]])).tolist() == [False, True]
