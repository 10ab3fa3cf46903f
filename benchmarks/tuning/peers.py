"""Other tuners on the same games: each is a function of a problem, a budget and a generator, and says what is best.

All are told where to start. Those that expect noise spend their games on many cheap evaluations, those that take a
value at its word on few dear ones. On the development problems (seeds from 1000) 500 and 2,500 evaluations were
compared for TBPSA, and several r_end for SPSA; nothing else of the peers was tuned.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tuning.surfaces import Problem

Array = NDArray[np.float64]
Play = Callable[[Array, Array, int], float]
"""Wins of the first setting over the second in so many games, a draw being half of one."""

TPE_TRIALS, CMA_TRIALS = 100, 200
TBPSA_GAMES = 10


def spsa(problem: Problem, play: Play, games: int, rng: np.random.Generator, c_end: float = 0.1) -> Array:
    """SPSA on pairs of games with the schedule of Fishtest, whose r_end suits these problems best at this c_end."""
    alpha, gamma, r_end, pairs = 0.602, 0.101, 0.025, games // 2
    low, width = _range(problem)
    c = c_end * pairs**gamma
    a = r_end * c_end**2 * (1.1 * pairs) ** alpha
    point = (problem.start - low) / width
    for k in range(pairs):
        c_k, a_k = c / (k + 1) ** gamma, a / (0.1 * pairs + k + 1) ** alpha
        flip = rng.choice((-1.0, 1.0), len(point))
        sides = [_played(problem, point + sign * c_k * flip) for sign in (1, -1)]
        point = np.clip(point + a_k / c_k * (play(sides[0], sides[1], 2) - 1) * flip, 0, 1)
    return _played(problem, point)


def tpe(problem: Problem, play: Play, games: int, rng: np.random.Generator) -> Array:
    """Optuna's TPESampler; the best value seen is recommended."""
    import optuna

    return _optuna(problem, play, games, TPE_TRIALS, optuna.samplers.TPESampler(seed=int(rng.integers(2**31))))


def cma_es(problem: Problem, play: Play, games: int, rng: np.random.Generator) -> Array:
    """Optuna's CmaEsSampler from the start; the best value seen is recommended."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # x0 and sigma0 go with Optuna 6; without them it starts afar
        low, width = _range(problem)
        centre = dict(zip(_names(problem), ((problem.start - low) / width).tolist(), strict=True))
        sampler = optuna.samplers.CmaEsSampler(seed=int(rng.integers(2**31)), x0=centre, sigma0=0.15)
        return _optuna(problem, play, games, CMA_TRIALS, sampler)


def tbpsa(problem: Problem, play: Play, games: int, rng: np.random.Generator) -> Array:
    """Nevergrad's TBPSA, which is made for noise; it recommends the mean of its population."""
    import nevergrad

    low, width = _range(problem)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a default step that the next line replaces
        space = nevergrad.p.Array(init=(problem.start - low) / width).set_bounds(0, 1)
        space.set_mutation(sigma=0.15)
    space.random_state = np.random.RandomState(int(rng.integers(2**31)))
    evaluations = games // TBPSA_GAMES
    optimizer = nevergrad.optimizers.TBPSA(parametrization=space, budget=evaluations)
    for _ in range(evaluations):
        asked = optimizer.ask()
        wins = play(_played(problem, asked.value), problem.start, TBPSA_GAMES)
        optimizer.tell(asked, -wins / TBPSA_GAMES)
    return _played(problem, optimizer.provide_recommendation().value)


PEERS = {"tpe": tpe, "cma_es": cma_es, "tbpsa": tbpsa}


def _optuna(problem: Problem, play: Play, games: int, trials: int, sampler: object) -> Array:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    low, width = _range(problem)
    names = _names(problem)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial(dict(zip(names, ((problem.start - low) / width).tolist(), strict=True)))
    each = games // trials

    def score(trial: optuna.Trial) -> float:
        point = np.array([trial.suggest_float(name, 0.0, 1.0) for name in names])
        return play(_played(problem, point), problem.start, each) / each

    study.optimize(score, n_trials=trials)
    return _played(problem, np.array([study.best_params[name] for name in names]))


def _names(problem: Problem) -> list[str]:
    return [parameter.name for parameter in problem.parameters]


def _range(problem: Problem) -> tuple[Array, Array]:
    low = np.array([parameter.low for parameter in problem.parameters])
    return low, np.array([parameter.high for parameter in problem.parameters]) - low


def _played(problem: Problem, point: Array) -> Array:
    """A point of the unit cube as it is played: within its ranges, integers whole."""
    low, width = _range(problem)
    values = low + np.clip(point, 0, 1) * width
    return np.where([parameter.integer for parameter in problem.parameters], np.round(values), values)
