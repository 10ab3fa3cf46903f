"""What a NEAT run measures. Light to import."""

from __future__ import annotations

from dataclasses import replace

from python_training import registry
from python_training.contracts.config import SystemConfig
from python_training.contracts.metrics import MetricSpec
from python_training.systems.neat.config import NEATConfig, of_neat

_FITNESS = (
    MetricSpec(
        "best_fitness",
        "Best fitness",
        "Fitness of the best genome of the generation, over its bouts.",
        panel="Fitness",
        better="higher",
        aggregate="max",
    ),
    MetricSpec(
        "mean_fitness", "Mean fitness", "Mean fitness of the generation's genomes.", panel="Fitness", better="higher"
    ),
    MetricSpec(
        "held_out_score",
        "Held-out score",
        "Fitness of the champion over bouts at held-out seeds, which decide nothing.",
        panel="Fitness",
        better="higher",
        aggregate="last",
        primary=True,
    ),
    MetricSpec(
        "champion_score",
        "Champion's trial",
        "Fitness of the champion over the trial bouts by which it was chosen.",
        panel="Fitness",
        better="higher",
        aggregate="last",
    ),
    MetricSpec(
        "threshold",
        "Threshold",
        "Fitness threshold that the generation was held against.",
        panel="Fitness",
        aggregate="last",
    ),
    MetricSpec(
        "fitness_std", "Spread of fitness", "Standard deviation of fitness within the generation.", panel="Spread"
    ),
)
_POPULATION = (
    MetricSpec("species", "Species", "Species of the generation.", panel="Species", aggregate="last"),
    MetricSpec("nodes", "Nodes", "Mean nodes of the generation's genomes, outputs included.", panel="Complexity"),
    MetricSpec(
        "connections", "Connections", "Mean enabled connections of the generation's genomes.", panel="Complexity"
    ),
    MetricSpec("champion_nodes", "Champion's nodes", "Nodes of the champion, outputs included.", aggregate="last"),
    MetricSpec("champion_connections", "Champion's links", "Enabled connections of the champion.", aggregate="last"),
)
_ELO = MetricSpec(
    "elo",
    "Elo",
    "Rating of the newest elite in duels with earlier ones; the first elite has 1000.",
    panel="Elo",
    better="higher",
    aggregate="last",
)
_SPEED = (
    MetricSpec(
        "steps_per_sec",
        "Speed",
        "Steps flown per second of the clock, breeding, trials and ratings included.",
        unit="1/s",
        panel="Speed",
        better="higher",
        deterministic=False,
    ),
    MetricSpec(
        "breeding_s",
        "Breeding",
        "Time on the clock that breeding the generation took.",
        unit="s",
        panel="Time",
        better="lower",
        deterministic=False,
    ),
    MetricSpec(
        "flying_s",
        "Flying",
        "Time on the clock that flying the generation's bouts took.",
        unit="s",
        panel="Time",
        better="lower",
        deterministic=False,
    ),
)
_SIMULATED = MetricSpec(
    "simulated_seconds_per_second",
    "Simulated speed",
    "Simulated seconds flown per second of the clock, breeding, trials and ratings included.",
    panel="Speed",
    better="higher",
    deterministic=False,
)


def metrics(config: SystemConfig) -> tuple[MetricSpec, ...]:
    """The metrics that a run with `config` may emit.

    A world's figures are those of the generation's best genome as they enter its fitness, and as its elite has them;
    `held_out_<figure>` are the champion's of bouts at held-out seeds, taken in the same way.
    """
    config = of_neat(config)
    entry = registry.world(config.env)
    figures = _figures(entry) if entry else ()
    best = tuple(replace(spec, doc=f"Of the generation's best genome. {spec.doc}") for spec in figures)
    held_out = tuple(
        replace(
            spec,
            name=f"held_out_{spec.name}",
            title=f"{spec.title}, held out",
            doc=f"Of the champion, at held-out seeds. {spec.doc}",
            aggregate="last",
        )
        for spec in figures
    )
    elo = (_ELO,) if has_duels(config) else ()
    simulated = (_SIMULATED,) if hasattr(config.world_config(), "sim_dt") else ()
    return (*_FITNESS, *best, *elo, *_POPULATION, *held_out, *_SPEED, *simulated)


def _figures(entry: registry.WorldEntry) -> tuple[MetricSpec, ...]:
    """The figures of a pilot of the world, each with a doc that says how several bouts become one number."""
    if entry.performance_metrics:
        return registry.load(entry.performance_metrics)  # type: ignore[no-any-return]  # a registry string names it
    means: tuple[MetricSpec, ...] = registry.load(entry.metrics)
    return tuple(replace(spec, doc=f"{spec.doc.rstrip('.')}: mean over the bouts.") for spec in means)


def has_duels(config: NEATConfig) -> bool:
    """Whether pilots of the config's world can meet each other."""
    return hasattr(config.world_config(), "duel")
