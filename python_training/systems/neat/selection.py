"""What is made of a generation that has flown: the champion, the threshold, the elites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from python_training.systems.neat.config import NEATConfig
from python_training.systems.neat.elites import Elite
from python_training.systems.neat.elo import performance_rating
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.fitness import Judgement, figures, performance
from python_training.systems.neat.flights import Flights, Flyer, network_of_file
from python_training.systems.neat.genome_json import encode
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.run_state import RunState

RATED_AGAINST = 6
"""Earlier elites that a new one is rated against: half of them the newest, half spread over the run."""
RATING_DUELS = 5
"""Duels against each of them, from either seat."""


class Selection:
    """Keeps what is worth keeping of each generation in the state of a run."""

    def __init__(self, flights: Flights, evolution: Evolution) -> None:
        self._flights = flights
        self._evolution = evolution

    def examine(
        self, config: NEATConfig, run: RunState, judged: Judgement, flyers: Sequence[Flyer]
    ) -> tuple[dict[str, float], bool]:
        """Take in a rated generation; returns its metrics, and whether an elite of it was kept."""
        generation, population = self._evolution.generation, list(self._evolution.population.values())
        index = int(np.argmax(judged.fitness))
        threshold = run.threshold.value(config)
        flyer = flyers[index]
        elite = self._tried(config, run, self._elite(config, run, judged, index), flyer)
        met = run.threshold.check(
            config, generation, elite.fitness, elite.trial_score, lambda: self._flights.confirmation(flyer)
        )
        if met or run.champion is None or _score(elite) > _score(run.champion):
            elite = self._crowned(config, run, elite, flyer)
        kept = met or generation % config.snapshot_interval == 0 or generation >= config.generations
        with np.errstate(over="ignore"):  # squares of very great fitness
            spread = float(judged.fitness.std())
        sizes = np.array([genome.size() for genome in population], dtype=np.float64)
        values = {
            "best_fitness": elite.fitness,
            "mean_fitness": float(judged.fitness.mean()),
            "fitness_std": spread,
            "species": float(len(self._evolution.species.species)),
            "nodes": float(sizes[:, 0].mean()),
            "connections": float(sizes[:, 1].mean()),
            **figures(config.env, judged, index),
            **_champion_metrics(run),
        }
        if threshold is not None:
            values["threshold"] = threshold
        if kept:
            elite = replace(elite, final=met, elo=self._elo(generation, run, flyer))
            run.elites.add(elite)
            run.elites.prune(config.keep_snapshots, config.snapshot_interval)
            if elite.elo is not None:
                values["elo"] = elite.elo
        return values, kept

    def _elite(self, config: NEATConfig, run: RunState, judged: Judgement, index: int) -> Elite:
        """The genome at `index` of the population."""
        evolution = self._evolution
        bred = list(evolution.population.values())[index]
        birth = run.lineage.of(bred.key)
        species = evolution.species.get_species_id(bred.key)
        metadata = {"env": config.env, "generation": evolution.generation, "species": species}
        record = genome_of(bred, evolution.config, actions=self._flights.actions, metadata=metadata)
        nodes, connections = bred.size()
        return Elite(
            generation=evolution.generation,
            genome_id=bred.key,
            fitness=bred.fitness,
            performance=performance(config.env, judged, index),
            trial_score=None,
            held_out_score=None,
            elo=None,
            species=species,
            nodes=nodes,
            connections=connections,
            parents=birth.parents,
            ancestors=run.lineage.ancestors(bred.key),
            final=False,
            genome=encode(record),
        )

    def _tried(self, config: NEATConfig, run: RunState, elite: Elite, flyer: Flyer) -> Elite:
        """The elite with its scores; a champion that is the best once more has them already."""
        champion = run.champion
        if not config.trial_bouts:
            return elite
        if champion is not None and champion.genome_id == elite.genome_id:
            return replace(elite, trial_score=champion.trial_score, held_out_score=champion.held_out_score)
        return replace(elite, trial_score=self._flights.trial(flyer))

    def _crowned(self, config: NEATConfig, run: RunState, elite: Elite, flyer: Flyer) -> Elite:
        """The elite as the new champion, with its held-out score, which decides nothing."""
        if elite.held_out_score is None:
            held_out = self._flights.held_out(flyer)
            run.held_out = figures(config.env, held_out, 0)
            elite = replace(elite, held_out_score=float(held_out.fitness[0]))
        run.champion = elite
        return elite

    def _elo(self, generation: int, run: RunState, flyer: Flyer) -> float | None:
        """The rating of a new elite by its duels with earlier ones; None in a world without duels."""
        if not self._flights.has_duels:
            return None
        rated = [elite for elite in run.elites if elite.elo is not None]
        newest, older = rated[-RATED_AGAINST // 2 :], rated[: -RATED_AGAINST // 2]
        spread = [older[place] for place in sorted({*_spread(len(older), RATED_AGAINST // 2)})]
        met = [*spread, *newest]
        points = []
        if met:
            others = [network_of_file(elite.genome) for elite in met]
            points = self._flights.duels(flyer, others, generation, RATING_DUELS)
        return performance_rating([elite.elo or 0.0 for elite in met], points, 2 * RATING_DUELS)


def _score(elite: Elite) -> float:
    return elite.fitness if elite.trial_score is None else elite.trial_score


def _spread(size: int, count: int) -> list[int]:
    """At most `count` places of a sequence of `size`, evenly spread from its first."""
    return list(range(size)) if size <= count else [place * size // count for place in range(count)]


def _champion_metrics(run: RunState) -> dict[str, float]:
    champion = run.champion
    if champion is None or champion.held_out_score is None:
        return {}
    return {
        "held_out_score": champion.held_out_score,
        "champion_score": _score(champion),
        "champion_nodes": float(champion.nodes),
        "champion_connections": float(champion.connections),
        **{f"held_out_{name}": value for name, value in run.held_out.items()},
    }
