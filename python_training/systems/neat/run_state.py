"""What a run remembers beside its population, as files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from python_training.contracts.errors import CheckpointError
from python_training.systems.neat.elites import Elite, Elites, from_json, to_json
from python_training.systems.neat.lineage import Birth, Lineage
from python_training.systems.neat.policy import CHAMPION
from python_training.systems.neat.threshold import Met, Threshold

RUN, ELITES = "neat.json", "elites.json"
FORMAT = 1


@dataclass
class RunState:
    """Everything of a run but its population.

    Attributes:
        rated: whether the population has flown.
        champion: the best of all so far by its trial.
        held_out: means of the champion's figures over held-out bouts.
        elites: those kept.
        threshold: what has been met.
        lineage: who descends from whom.
        rivals: genome files of the last generation's champions of species, for self-play.
        history: a few metrics of every generation.
    """

    rated: bool = False
    champion: Elite | None = None
    held_out: dict[str, float] = field(default_factory=dict)
    elites: Elites = field(default_factory=Elites)
    threshold: Threshold = field(default_factory=Threshold)
    lineage: Lineage = field(default_factory=Lineage)
    rivals: list[bytes] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Write neat.json, elites.json, and champion.json if there is a champion."""
        state = {
            "format": FORMAT,
            "rated": self.rated,
            "champion": to_json([self.champion] if self.champion else []),
            "held_out": self.held_out,
            "threshold": [asdict(met) for met in self.threshold.met],
            "lineage": [[each.genome_id, each.generation, each.fitness, each.parents] for each in self.lineage],
            "rivals": [genome.decode() for genome in self.rivals],
            "history": self.history,
        }
        (folder / RUN).write_text(json.dumps(state) + "\n")
        (folder / ELITES).write_text(json.dumps(to_json(self.elites)) + "\n")
        if self.champion is not None:
            (folder / CHAMPION).write_bytes(self.champion.genome)

    @classmethod
    def load(cls, folder: Path) -> RunState:
        """Read what `save` wrote; raises CheckpointError if something is missing or damaged."""
        try:
            state = json.loads((folder / RUN).read_text())
            if state["format"] != FORMAT:
                raise ValueError(f"expected format {FORMAT}, got {state['format']}")
            return cls(
                rated=bool(state["rated"]),
                champion=next(iter(from_json(state["champion"])), None),
                held_out=dict(state["held_out"]),
                elites=Elites(from_json(json.loads((folder / ELITES).read_text()))),
                threshold=Threshold([Met(**met) for met in state["threshold"]]),
                lineage=Lineage(
                    Birth(key, born, fitness, tuple(each)) for key, born, fitness, each in state["lineage"]
                ),
                rivals=[genome.encode() for genome in state["rivals"]],
                history=list(state["history"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"{folder} holds no state of this NEAT run: {error}.") from error


def history_row(generation: int, values: Mapping[str, float]) -> dict[str, float]:
    """What the training report keeps of a generation: the finite ones of a few metrics."""
    names = ("best_fitness", "mean_fitness", "fitness_std", "species", "nodes", "connections", "held_out_score", "elo")
    known = {name: values[name] for name in names if name in values and math.isfinite(values[name])}
    return {"generation": generation, **known}
