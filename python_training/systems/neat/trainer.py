"""The Trainer: breeds a generation, has it flown, and keeps the best."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from python_training.contracts.config import SystemConfig
from python_training.contracts.trainer import Notice, Point, Progress
from python_training.contracts.view import ViewFrame
from python_training.systems.neat.champion_view import ChampionView
from python_training.systems.neat.checkpoint_state import load_evolution, save_evolution
from python_training.systems.neat.config import of_neat
from python_training.systems.neat.evolution import Evolution
from python_training.systems.neat.fitness import Judgement
from python_training.systems.neat.flights import Flights, Flyer, network_of_file
from python_training.systems.neat.foreign_network import express
from python_training.systems.neat.genome_json import encode
from python_training.systems.neat.neat_genome import genome_of
from python_training.systems.neat.neat_settings import neat_config
from python_training.systems.neat.opponents import elite_opponents, rival_opponents, species_champions
from python_training.systems.neat.run_state import RunState, history_row
from python_training.systems.neat.seed_genomes import founders_of
from python_training.systems.neat.selection import Selection


class NEATTrainer:
    """Neuro-evolution on one run; one `advance` is one generation.

    A generation is bred from the one before, flown and rated. Its best genome flies the trial bouts; if it does better
    there than the champion, it is the champion, and flies the held-out bouts for the record.
    """

    def __init__(self, config: SystemConfig, *, threads: int) -> None:
        config = of_neat(config)
        self._config = config
        self._flights = Flights(config, threads)
        genetics = neat_config(config, self._flights.inputs, self._flights.outputs)
        founders = founders_of(config.seed_genomes, genetics)
        self._evolution = Evolution(genetics, config.seed, founders, config.neat.target_species)
        self._selection = Selection(self._flights, self._evolution)
        self._run = RunState()
        self._view: ChampionView | None = None

    @property
    def steps(self) -> int:
        """Steps of the world that were flown since this trainer was made; those after a bout's end do not count."""
        return self._flights.steps

    def advance(self) -> Progress:
        """Breed unless the population has not flown yet, fly it, and keep what is worth keeping."""
        run, config, evolution = self._run, self._config, self._evolution
        if run.rated and (reason := self._finished()):
            return Progress(evolution.generation, (), reason, config.generations)
        began, flown_before = time.perf_counter(), self._flights.steps
        parents = self._breed() if run.rated else {}
        bred = time.perf_counter()
        flyers = [express(genome, evolution.config) for genome in evolution.population.values()]
        judged = self._flights.generation(flyers, evolution.generation, config.bouts, self._opponents())
        flown = time.perf_counter()
        evolution.rate(judged.fitness.tolist())
        run.rated = True
        fitnesses = {key: genome.fitness for key, genome in evolution.population.items()}
        run.lineage.note(evolution.generation, fitnesses, parents)
        values, kept = self._selection.examine(config, run, judged, flyers)
        run.history.append(history_row(evolution.generation, values))
        values |= {"breeding_s": bred - began, "flying_s": flown - bred}
        values |= self._speed(self._flights.steps - flown_before, time.perf_counter() - began)
        if config.enable_logging:
            self._report(values)
        return Progress(
            evolution.generation,
            (Point(evolution.generation, values),),
            self._finished(),
            config.generations,
            kept,
            _notices(judged, len(flyers)),
        )

    def configure(self, config: SystemConfig) -> None:
        """Adopt changed live fields."""
        self._config = of_neat(config)

    def save(self, folder: Path) -> None:
        """Write population.npz, evolution.json, neat.json, elites.json and champion.json."""
        save_evolution(self._evolution, folder)
        self._run.save(folder)

    def load(self, folder: Path) -> None:
        """Become the trainer that wrote `folder`."""
        run = RunState.load(folder)
        load_evolution(self._evolution, folder)
        self._run = run

    def view(self) -> ViewFrame | None:
        """The champion in a bout of its own; None for a headless run."""
        champion = self._run.champion
        if self._config.headless_mode or champion is None:
            return None
        if self._view is None:
            self._view = ChampionView(self._config)
        return self._view.frame(champion.genome)

    def close(self) -> None:
        """Release the executor and the world that is shown."""
        self._flights.close()
        if self._view is not None:
            self._view.close()

    def _breed(self) -> Mapping[int, tuple[int, ...]]:
        """The next population; returns the parents of those that are new in it."""
        if self._config.opponents == "self":
            best = species_champions(self._evolution.species.species)
            self._run.rivals = [encode(genome_of(genome, self._evolution.config)) for genome in best]
        self._run.rated = False
        return self._evolution.breed()

    def _opponents(self) -> list[Flyer]:
        """Who is met in each bout; none where the world's scripts are."""
        config, run = self._config, self._run
        if config.opponents == "scripted":
            return []
        if config.opponents == "elites":
            met = elite_opponents(config, self._evolution.generation, run.elites)
        else:
            met = rival_opponents(config, run.rivals)
        return [network_of_file(genome) for genome in met]

    def _finished(self) -> str | None:
        """Why the run is complete, None while it is not."""
        generation, generations = self._evolution.generation, self._config.generations
        reached = self._run.threshold.finished(self._config, generation)
        if reached is None and generation >= generations:
            return f"all {generations} generations were bred"
        return reached

    def _speed(self, steps: int, seconds: float) -> dict[str, float]:
        speed = {"steps_per_sec": steps / seconds}
        step_s = getattr(self._config.world_config(), "sim_dt", None)
        return speed if step_s is None else speed | {"simulated_seconds_per_second": steps * step_s / seconds}

    def _report(self, values: Mapping[str, float]) -> None:
        """A line about the generation, and one about each species, on stderr."""
        names = ("best_fitness", "mean_fitness", "held_out_score", "species", "flying_s", "breeding_s")
        shown = ", ".join(f"{name} {values[name]:,.6g}" for name in names)
        print(f"generation {self._evolution.generation}: {shown}", file=sys.stderr)
        for key, species in self._evolution.species.species.items():
            best = max(genome.fitness for genome in species.members.values())
            print(
                f"  species {key}: {len(species.members)} genomes, best {best:,.6g}, "
                f"since generation {species.created + 1}, last better in {species.last_improved + 1}",
                file=sys.stderr,
            )


def _notices(judged: Judgement, genomes: int) -> tuple[Notice, ...]:
    """That the world gave some genomes no fitness that can be used, if it did."""
    if not judged.unjudged:
        return ()
    message = f"{judged.unjudged} of {genomes} genomes had a fitness that is not finite, and count as the worst."
    return (Notice("warning", "unjudged", message),)
