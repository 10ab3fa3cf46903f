from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.systems.tuner.search.credit import Ledger

WEIGHTS = {"spsa": 2.0, "tpe": 1.0, "crossover": 1.0}


def test_shares_begin_with_the_weights() -> None:
    """And stay so as long as nothing is accepted, however often one is rejected."""
    ledger = Ledger(WEIGHTS, 0.95)
    for _ in range(30):
        ledger.judged("spsa", accepted=False)
    assert ledger.shares(WEIGHTS) == pytest.approx({"spsa": 0.5, "tpe": 0.25, "crossover": 0.25})


def test_shares_shift_to_what_is_accepted() -> None:
    """A source whose proposals are accepted is asked more, those that fail less, but never not at all."""
    ledger = Ledger(WEIGHTS, 0.95)
    for number in range(60):
        ledger.judged("crossover", accepted=number % 2 == 0)
        ledger.judged("spsa", accepted=False)
        ledger.judged("tpe", accepted=number % 6 == 0)
    shares = ledger.shares(WEIGHTS)
    assert shares["crossover"] > 0.6
    assert shares["crossover"] > shares["tpe"]
    assert 0.01 < shares["spsa"] < 0.15
    random = np.random.default_rng(0)
    drawn = [ledger.choose(WEIGHTS, random) for _ in range(2000)]
    assert drawn.count("crossover") / 2000 == pytest.approx(shares["crossover"], abs=0.04)


def test_what_is_long_ago_is_forgotten() -> None:
    """A source that has run dry gives way to one that succeeds now."""
    ledger = Ledger(WEIGHTS, 0.9)
    for _ in range(20):
        ledger.judged("spsa", accepted=True)
    for _ in range(40):
        ledger.judged("spsa", accepted=False)
        ledger.judged("tpe", accepted=True)
    shares = ledger.shares(WEIGHTS)
    assert shares["tpe"] > 2 * shares["spsa"]


def test_one_lucky_acceptance_does_not_turn_the_portfolio() -> None:
    """It counts beside what is average."""
    ledger = Ledger(WEIGHTS, 0.95)
    for _ in range(9):
        ledger.judged("spsa", accepted=False)
        ledger.judged("crossover", accepted=False)
    ledger.judged("tpe", accepted=True)
    assert ledger.shares(WEIGHTS)["tpe"] < 0.9


def test_outsiders_are_counted_but_never_chosen() -> None:
    """Advisers have a queue of their own."""
    ledger = Ledger(WEIGHTS, 0.95)
    ledger.proposed("llm")
    ledger.judged("llm", accepted=True)
    assert ledger.outsiders() == ["llm"]
    assert ledger.proposals_of(["llm"]) == ledger.proposals == 1
    assert ledger.table()["llm"].weight == 0.0
    assert sum(ledger.shares(WEIGHTS).values()) == pytest.approx(1.0)
    again = Ledger(WEIGHTS, 0.95)
    again.restore(json.loads(json.dumps(ledger.state())))
    assert again.table() == ledger.table()
