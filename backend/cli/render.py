"""`paddock render`: one episode of a run's policy, or of a scripted player, as GIF or MP4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.cli.exits import help_end
from backend.cli.locate import find_run
from backend.cli.output import AsJson, duration, emit, number
from python_training.contracts.seeds import TRAINING_SEEDS_END

if TYPE_CHECKING:
    from python_training.contracts.player import Player
    from python_training.runtime.playback import Playback

commands = typer.Typer()

POLICY, EXPERT = "policy", "expert"


@commands.command(
    epilog=help_end(
        "paddock render newest --output drive.gif",
        "paddock render newest --step 200000 --seed 7 --output drive.mp4",
        "paddock render newest --player random --max-steps 200",
        "paddock render lunabotics --output expert.gif",
    )
)
def render(
    run: Annotated[str, typer.Argument(metavar="RUN|WORLD", help="A run, as elsewhere, or the name of a world.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Ends in .gif or .mp4; RUN.gif by default.")
    ] = None,
    step: Annotated[int | None, typer.Option(min=0, help="Step of the checkpoint; the newest when left out.")] = None,
    player: Annotated[
        str | None, typer.Option(help="policy, or a scripted player such as expert (the default for a WORLD).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the episode.")] = TRAINING_SEEDS_END,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="World seconds for one second of film.")] = 2.0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="End after so many decisions.")] = None,
    width: Annotated[int, typer.Option(min=160, max=1920, help="Of the pictures, in pixels.")] = 640,
    as_json: AsJson = False,
) -> None:
    """Film one episode as GIF or MP4."""
    from backend.cli.progress import progress_bar
    from python_training import registry
    from python_training.runtime.players import load_policy, scripted_player
    from python_training.runtime.render import film
    from python_training.runtime.run_evaluation import Task, chosen_checkpoint, task_of

    world = registry.world(run)
    folder = None if world else find_run(run)
    task = task_of(folder) if folder else Task(run, {})
    who = player or (POLICY if folder else EXPERT)
    checkpoint = chosen_checkpoint(folder, step) if folder and who == POLICY else None

    def make_player(playback: Playback) -> Player:
        if checkpoint is None:
            return scripted_player(playback.world, who)
        return load_policy(checkpoint.system, checkpoint.path)

    with progress_bar(quiet=as_json) as report:
        made = film(
            output or Path(f"{folder.id if folder else run}.gif"),
            task.world,
            task.config,
            make_player,
            seed=seed,
            speed=speed,
            max_steps=max_steps,
            width=width,
            figures={"Policy step": checkpoint.step} if checkpoint else {"Player": who},
            on_progress=lambda steps: report("Filming", steps, max_steps),
        )
    if as_json:
        emit(
            {
                "run": folder.id if folder else None,
                "output": str(made.path),
                "player": who,
                "step": checkpoint.step if checkpoint else None,
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
