from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.systems.tuner.statistics.elo_table import Pairing, elo_table
from python_training.systems.tuner.statistics.intervals import Moments
from python_training.systems.tuner.statistics.pentanomial import Pentanomial


def _pairing(one: str, other: str, score: float, **figures: float) -> Pairing:
    """A thousand pairs, wins and losses only, with figures that all pairs share."""
    wins = round(1000 * score)
    counts = Pentanomial((1000 - wins, 0, 0, 0, wins))
    return Pairing(one, other, counts, {name: Moments.of(np.full(1000, value)) for name, value in figures.items()})


def test_the_best_comes_first_with_its_interval() -> None:
    """Ratings agree with the scores, and each lies within its interval."""
    table = elo_table([_pairing("new", "start", 0.75), _pairing("start", "hunter", 0.75)], {})
    assert [each.name for each in table] == ["new", "start", "hunter"]
    assert table[0].elo.value - table[1].elo.value == pytest.approx(191, abs=2)
    assert all(each.elo.low < each.elo.value < each.elo.high for each in table)


def test_intervals_are_those_of_pairs() -> None:
    """Pairs won or lost whole vary as much as half as many games: their intervals are wider than a split pair's."""
    whole = elo_table([Pairing("a", "b", Pentanomial((500, 0, 0, 0, 500)))], {})[0].elo
    split = elo_table([Pairing("a", "b", Pentanomial((0, 250, 500, 250, 0)))], {})[0].elo
    assert whole.high - whole.low > 2.5 * (split.high - split.low)


def test_independent_games_have_the_interval_of_games() -> None:
    """Of 2,000 even games that were won or lost, half the difference of two players is known to 7.6 Elo."""
    pairing = Pairing("a", "b", Pentanomial((250, 0, 500, 0, 250)))
    of_a = elo_table([pairing], {})[0].elo
    assert (of_a.high - of_a.low) / 2 == pytest.approx(1.96 * 400 / np.log(10) / np.sqrt(2000 / 4) / 2, rel=0.01)


def test_who_is_best_at_something_leads() -> None:
    """By score, survival (higher) and effort (lower); a fixed opponent has no figures and is not compared."""
    aims = {"survival": "higher", "effort": "lower", "turns": "neither"}
    table = elo_table(
        [
            _pairing("strong", "hunter", 0.8, survival=50, effort=9, turns=1),
            _pairing("tough", "hunter", 0.6, survival=90, effort=9, turns=1),
            _pairing("worse", "hunter", 0.6, survival=80, effort=9, turns=9),
            _pairing("lazy", "hunter", 0.5, survival=10, effort=2, turns=1),
        ],
        aims,  # type: ignore[arg-type]  # literals of a test
    )
    leads = {each.name: each.leads for each in table}
    assert leads == {"strong": True, "tough": True, "worse": False, "lazy": True, "hunter": None}


def test_a_table_is_json_even_where_little_is_known() -> None:
    """One pair has no spread: its figure's limits are null."""
    pairing = Pairing("a", "b", Pentanomial((0, 0, 0, 0, 1)), {"turns": Moments.of(np.array([70.0]))})
    text = json.dumps([each.to_dict() for each in elo_table([pairing], {})], allow_nan=False)
    assert json.loads(text)[0]["figures"]["turns"] == [70.0, None, None]
    assert elo_table([Pairing("a", "b", Pentanomial())], {}) == ()
