from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError
from python_training.contracts.objective import Parameter
from python_training.systems.tuner.search.cube import Cube
from python_training.systems.tuner.search.history import History
from python_training.systems.tuner.search.sources.cma_es import CMAESSource
from python_training.systems.tuner.search.sources.crossover import CrossoverSource
from python_training.systems.tuner.search.sources.custom import CustomSource
from python_training.systems.tuner.search.sources.perturbation import PerturbationSource
from python_training.systems.tuner.search.sources.source import View, Winner
from python_training.systems.tuner.search.sources.spsa import SPSASource
from python_training.systems.tuner.search.sources.tpe import TPESource
from python_training.systems.tuner.search.sources.transfer import TransferSource
from python_training.systems.tuner.search.surface import ResponseSurface
from tests.python_training.systems.tuner.search.conftest import BEST, PARAMETERS, START, Bowl

CUBE = Cube(PARAMETERS)
ORIGIN = CUBE.point(START)


def view(matches: int = 0) -> View:
    """What sources see after so many matches around the start."""
    history, random, bowl = History(len(CUBE), 1000), np.random.default_rng(0), Bowl()
    for number in range(matches):
        step = 0.25 * random.choice((-1.0, 1.0), len(CUBE))
        a, b = CUBE.snap(ORIGIN + step), CUBE.snap(ORIGIN - step)
        history.add(a, b, bowl.play(CUBE.values(a), CUBE.values(b), 8, number))
    surface = ResponseSurface(ORIGIN)
    if matches:
        surface.fit(history.matches)
    return View(CUBE, ORIGIN, history.matches, surface, [], 1.0)


SEEN = view(300)


def rng(seed: int = 0) -> np.random.Generator:
    """What the search would draw with."""
    return np.random.default_rng(seed)


def test_a_perturbation_is_the_documents() -> None:
    """Three to five parameters change, by at most 15% of their values; an integer by one at least."""
    source = PerturbationSource(0.15, 3, 5)
    for seed in range(50):
        idea = source.propose(SEEN, rng(seed))
        assert idea is not None
        values = CUBE.values(idea.point)
        changed = [name for name in values if abs(values[name] - START[name]) > 1e-9 * abs(START[name])]
        assert 3 <= len(changed) <= 5
        assert all(name in idea.reason for name in changed)
        for name in changed:
            most = max(0.15 * abs(START[name]), 1.0 if name.startswith("search.") else 0.0, 0.15 * 0.1 * 4.0)
            assert abs(values[name] - START[name]) <= most + 1e-6


def test_a_widened_perturbation_goes_farther() -> None:
    """By the factor of the view."""
    wide = replace(SEEN, width=2.0)
    steps = []
    for seed in range(50):
        idea = PerturbationSource(0.15, 3, 5).propose(wide, rng(seed))
        assert idea is not None
        steps.append(abs(CUBE.values(idea.point)["late.caution"] / START["late.caution"] - 1.0))
    assert 0.15 < max(steps) <= 0.3 + 1e-6


def test_children_have_two_parents_and_lie_near_them() -> None:
    """One is the newest winner; a coordinate in which both agree is theirs."""
    first, second = CUBE.point(BEST), CUBE.snap(ORIGIN)
    second[4] = first[4]
    crossed = replace(SEEN, winners=[Winner(1, first), Winner(2, second)])
    assert CrossoverSource().propose(replace(SEEN, winners=[Winner(1, first)]), rng()) is None
    idea = CrossoverSource().propose(crossed, rng())
    assert idea is not None
    assert idea.parents == ("winner 2", "winner 1")
    assert idea.point[4] == pytest.approx(first[4])
    low, high = np.minimum(first, second), np.maximum(first, second)
    slack = 0.25 * (high - low) + CUBE.least_steps(idea.point) + 1e-9
    assert ((idea.point >= low - slack) & (idea.point <= high + slack)).all()


def test_another_runs_winners_are_tried_newest_first() -> None:
    """Parameters that only the other run has are left out, those that only this one has stay the incumbent's."""
    source = TransferSource(CUBE, [{"weights.food": 1.0}, {"weights.food": 2.0, "other.name": 7.0}])
    tried = []
    for _ in range(3):
        idea = source.propose(SEEN, rng())
        assert idea is not None
        values = CUBE.values(idea.point)
        tried.append(values["weights.food"])
        assert values["late.caution"] == pytest.approx(START["late.caution"])
    assert tried[:2] == pytest.approx([2.0, 1.0])
    assert tried[2] in (pytest.approx(0.75), pytest.approx(1.25)), "then half the way"
    with pytest.raises(ConfigError, match="none of this run's parameters"):
        TransferSource(CUBE, [{"other.name": 1.0}])
    with pytest.raises(ConfigError, match=r"weights\.food"):
        TransferSource(CUBE, [{"weights.food": 17.0}])


def test_spsa_moves_towards_the_side_that_won() -> None:
    """More so with more pairs, and not at all for an even score."""
    won, even = SPSASource(ORIGIN), SPSASource(ORIGIN)
    duel = won.duel(SEEN, rng())
    won.saw(duel.a, duel.b, 1.0, 4)
    even.saw(duel.a, duel.b, 0.5, 4)
    assert ((won.centre - ORIGIN) * (duel.a - duel.b) > 0).all()
    assert np.array_equal(even.centre, ORIGIN)


@pytest.mark.parametrize("source", [TPESource(), CMAESSource(len(CUBE))], ids=["tpe", "cma_es"])
def test_optunas_samplers_wait_for_games_and_then_beat_chance(source: Any) -> None:
    """Their proposals are truly better than evenly drawn settings."""
    assert source.propose(view(), rng()) is None
    bowl = Bowl()
    found = [source.propose(SEEN, rng(seed)) for seed in range(4)]
    proposed = np.mean([bowl.win_rate(CUBE.values(idea.point)) for idea in found if idea is not None])
    by_chance = np.mean([bowl.win_rate(CUBE.values(rng(seed).random(len(CUBE)))) for seed in range(200)])
    assert proposed > by_chance + 0.03


def test_a_restored_cma_es_goes_on_with_the_same_generation() -> None:
    """Though nothing of Optuna's is saved: it is told again what it was told."""
    first = CMAESSource(len(CUBE))
    for seed in range(2):
        first.propose(SEEN, rng(seed))
    second = CMAESSource(len(CUBE))
    second.restore(json.loads(json.dumps(first.state())))
    one, other = first.propose(SEEN, rng(9)), second.propose(SEEN, rng(9))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.point, other.point)
    assert "generation 3" in one.reason


class Halver:
    """A user's own source: halves one parameter after another."""

    def __init__(self, parameters: tuple[Parameter, ...], settings: dict[str, Any]) -> None:
        self.names = [parameter.name for parameter in parameters if not parameter.integer]
        self.answer = settings.get("answer", "halve")
        self.turn = 0

    def propose(self, values: dict[str, float], width: float, random: np.random.Generator) -> Any:
        """The next parameter, halved; or what the settings say."""
        self.turn += 1
        name = self.names[self.turn % len(self.names)]
        return {name: values[name] / 2} if self.answer == "halve" else self.answer

    def state(self) -> dict[str, int]:
        """Whose turn it is."""
        return {"turn": self.turn}

    def restore(self, state: dict[str, int]) -> None:
        """Go on from there."""
        self.turn = state["turn"]


HALVER = f"{__name__}:Halver"


def test_a_users_own_class_proposes_and_remembers() -> None:
    """Its answer is a change of the incumbent; its state travels as JSON."""
    first = CustomSource(HALVER, {}, CUBE)
    idea = first.propose(SEEN, rng())
    assert idea is not None
    assert CUBE.values(idea.point)["weights.food"] == pytest.approx(START["weights.food"] / 2)
    second = CustomSource(HALVER, {}, CUBE)
    second.restore(json.loads(json.dumps(first.state())))
    one, other = first.propose(SEEN, rng()), second.propose(SEEN, rng())
    assert one is not None
    assert other is not None
    assert np.array_equal(one.point, other.point)
    assert CustomSource(HALVER, {"answer": None}, CUBE).propose(SEEN, rng()) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [([1, 2], "mapping"), ({"weights.fool": 1.0}, "no such parameter"), ({"late.caution": 3.0}, "0 to 1")],
)
def test_what_a_users_class_says_amiss_is_named(answer: Any, said: str) -> None:
    """It is not believed unseen."""
    with pytest.raises(ConfigError, match=said):
        CustomSource(HALVER, {"answer": answer}, CUBE).propose(SEEN, rng())


def test_a_class_that_does_not_exist_is_a_config_error() -> None:
    """When the run begins, not when it is first asked."""
    with pytest.raises(ConfigError, match="cannot be imported"):
        CustomSource("no_such_module:Class", {}, CUBE)
