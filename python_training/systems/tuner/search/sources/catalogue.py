"""Which sources there are, by the names that a config weighs them with."""

from __future__ import annotations

from collections.abc import Callable

from python_training.systems.tuner.search.cube import Cube, Point
from python_training.systems.tuner.search.sources.cma_es import CMAESSource
from python_training.systems.tuner.search.sources.crossover import CrossoverSource
from python_training.systems.tuner.search.sources.custom import CustomSource
from python_training.systems.tuner.search.sources.perturbation import PerturbationSource
from python_training.systems.tuner.search.sources.response_surface import ResponseSurfaceSource
from python_training.systems.tuner.search.sources.source import Explorer, Source
from python_training.systems.tuner.search.sources.spsa import SPSASource
from python_training.systems.tuner.search.sources.tpe import TPESource
from python_training.systems.tuner.search.sources.transfer import TransferSource
from python_training.systems.tuner.search_config import SearchConfig

EXPLORERS: dict[str, Callable[[Point], Explorer]] = {"response_surface": ResponseSurfaceSource, "spsa": SPSASource}
"""Sources that have games of their own played, built from the start."""

OTHERS: dict[str, Callable[[Cube, SearchConfig], Source]] = {
    "cma_es": lambda cube, config: CMAESSource(len(cube)),
    "tpe": lambda cube, config: TPESource(),
    "crossover": lambda cube, config: CrossoverSource(),
    "transfer": lambda cube, config: TransferSource(cube, config.transfer_winners),
    "perturbation": lambda cube, config: PerturbationSource(
        config.perturbation_share, config.perturbation_least, config.perturbation_most
    ),
    "custom": lambda cube, config: CustomSource(config.custom, config.custom_settings, cube),
}
"""Sources that propose from what others have seen."""


def explorers(start: Point, config: SearchConfig) -> dict[str, Explorer]:
    """Those that the config weighs."""
    return {name: build(start) for name, build in EXPLORERS.items() if name in config.sources}


def others(cube: Cube, config: SearchConfig) -> dict[str, Source]:
    """Those that the config weighs."""
    return {name: build(cube, config) for name, build in OTHERS.items() if name in config.sources}
