"""`paddock render`: one episode of a run's policy, of a genome, or of a scripted player, as GIF or MP4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.exits import help_end
from backend.cli.locate import find_run
from backend.cli.output import AsJson, duration, emit, number
from python_training.contracts.errors import ConfigError, NoCheckpointError
from python_training.contracts.seeds import TRAINING_SEEDS_END

if TYPE_CHECKING:
    from python_training.contracts.player import Player
    from python_training.environments.playback import Playback
    from python_training.runtime.run_evaluation import Task
    from python_training.runtime.run_folder import RunFolder

commands = typer.Typer()

POLICY, ELITE, GENOME = "policy", "elite", "genome"


@dataclass(frozen=True, slots=True)
class _Star:
    """Who is filmed, in what.

    Attributes:
        make: builds the player for the world that was opened.
        name: policy, elite, genome, or the name of a scripted player.
        file: what the film is called when nobody says: this and .gif.
        facts: `step` or `generation` of what plays.
    """

    task: Task
    make: Callable[[Playback], Player]
    name: str
    file: str
    run: str | None = None
    facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def caption(self) -> dict[str, str | float | int]:
        """What the pictures tell of it."""
        titles = {"step": "Policy step", "generation": "Generation"}
        return {titles[name]: value for name, value in self.facts.items()} or {"Player": self.name}


@commands.command(
    epilog=help_end(
        "paddock render newest --output drive.gif",
        "paddock render newest --step 200000 --seed 7 --output drive.mp4",
        "paddock render newest --generation 25 --output elite.gif",
        "paddock render --genome elite.json --output elite.mp4",
        "paddock render newest --player random --max-steps 200",
        "paddock render lunabotics --output expert.gif",
    )
)
def render(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN|WORLD", help="A run, as elsewhere, or the name of a world.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Ends in .gif or .mp4; by default RUN.gif in the run's folder."
        ),
    ] = None,
    step: Annotated[int | None, typer.Option(min=0, help="Step of the checkpoint; the newest when left out.")] = None,
    generation: Annotated[int | None, typer.Option(min=0, help="The elite of this generation of a run.")] = None,
    genome: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A genome's JSON; in the world it names unless WORLD is given.")
    ] = None,
    player: Annotated[
        str | None, typer.Option(help="policy, or a scripted player such as expert or ace (the default for a WORLD).")
    ] = None,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**32 - 1, help="Seed of the episode."),
    ] = TRAINING_SEEDS_END,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="World seconds for one second of film.")] = 2.0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="End after so many decisions.")] = None,
    width: Annotated[int, typer.Option(min=160, max=1920, help="Of the pictures, in pixels.")] = 640,
    as_json: AsJson = False,
) -> None:
    """Film one episode as GIF or MP4."""
    chosen = {"--step": step, "--generation": generation, "--genome": genome, "--player": player}
    given = [name for name, value in chosen.items() if value is not None]
    if len(given) > 1 and set(given) != {"--step", "--player"}:
        raise typer.BadParameter(f"{' and '.join(given)} name different players; leave all but one out.")

    from backend.cli.progress import progress_bar
    from python_training.environments.render import film

    star = _star(run, step, generation, genome, player)
    with progress_bar(quiet=as_json) as report:
        made = film(
            output or _place(star),
            star.task.world,
            star.task.config,
            star.make,
            seed=seed,
            speed=speed,
            max_steps=max_steps,
            width=width,
            figures=star.caption,
            on_progress=lambda steps: report("Filming", steps, max_steps),
        )
    if as_json:
        emit(
            {
                "run": star.run,
                "output": str(made.path),
                "player": star.name,
                "step": star.facts.get("step"),
                "generation": star.facts.get("generation"),
                "seed": made.seed,
                "steps": made.steps,
                "frames": made.frames,
                "seconds": round(made.seconds, 2),
                "bytes": made.path.stat().st_size,
                "figures": dict(made.figures),
            }
        )
    else:
        size = number(made.path.stat().st_size // 1000)
        print(f"{made.path}: {made.frames} frames, {duration(made.seconds)}, {size} kB")


def _place(star: _Star) -> Path:
    """Where a film goes that was given no place: beside the checkpoints of its run, else where one stands."""
    folder = find_run(star.run).checkpoints_path if star.run else Path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{star.file}.gif"


def _star(run: str | None, step: int | None, generation: int | None, genome: Path | None, player: str | None) -> _Star:
    """Who the words mean; raises PaddockError for what is not there."""
    from python_training.environments.names import is_world
    from python_training.runtime.run_evaluation import Task, task_of

    if genome is not None:
        return _genome_star(run, genome)
    if run is None:
        raise typer.BadParameter("expected a run, the name of a world, or --genome FILE.", param_hint="RUN|WORLD")
    if is_world(run):
        if generation is not None or step is not None:
            raise typer.BadParameter("a world has no checkpoints and no elites; name a run.", param_hint="RUN|WORLD")
        return _scripted_star(Task(run, {}), player, run, None)
    folder = find_run(run)
    if generation is not None:
        return _elite_star(folder, generation)
    if player not in (None, POLICY):
        return _scripted_star(task_of(folder), player, folder.id, folder.id)
    return _policy_star(folder, step)


def _policy_star(folder: RunFolder, step: int | None) -> _Star:
    from python_training.runtime.players import load_policy
    from python_training.runtime.run_evaluation import chosen_checkpoint, task_of

    task, checkpoint = task_of(folder), chosen_checkpoint(folder, step)

    def make(playback: Playback) -> Player:
        return load_policy(checkpoint.system, checkpoint.path)

    return _Star(task, make, POLICY, folder.id, folder.id, {"step": checkpoint.step})


def _elite_star(folder: RunFolder, generation: int) -> _Star:
    from backend.cli.run_state import state_of
    from python_training.runtime.elites import elite_files, elite_genome, no_elite
    from python_training.runtime.run_evaluation import task_of

    files = elite_files(folder.checkpoints_path)
    if generation not in files:
        message, hint = no_elite(folder.id, generation, files, state_of(folder).step)
        raise NoCheckpointError(message, field="generation", hint=hint)
    make = _pilot_of(elite_genome(files[generation]), folder.spec().system)
    return _Star(task_of(folder), make, ELITE, f"{folder.id}-gen{generation}", folder.id, {"generation": generation})


def _genome_star(run: str | None, path: Path) -> _Star:
    from python_training import registry
    from python_training.environments.names import is_world
    from python_training.runtime.genome_files import read_genome_file, world_of
    from python_training.runtime.run_evaluation import Task, task_of

    document = read_genome_file(path)
    if run is not None and not is_world(run):
        task = task_of(find_run(run))
    else:
        world = run or world_of(document)
        if world is None:
            raise ConfigError(
                f"{path.name} does not say which world it is for.",
                field="genome",
                hint=f"Name one: paddock render WORLD --genome {path.name} (WORLD: {', '.join(registry.WORLDS)})",
            )
        task = Task(world, {})
    return _Star(task, _pilot_of(document, None), GENOME, path.stem)


def _scripted_star(task: Task, player: str | None, file: str, run: str | None) -> _Star:
    from python_training.runtime.players import best_script, scripted_player

    name = player or best_script(task.world)

    def make(playback: Playback) -> Player:
        return scripted_player(playback.world, name)

    return _Star(task, make, name, file, run)


def _pilot_of(document: dict[str, Any], system: str | None) -> Callable[[Playback], Player]:
    from python_training.runtime.genome_files import genome_pilot

    return lambda playback: genome_pilot(document, playback.world, system)
