"""`paddock train`: hosts a run in this terminal. A server that uses the same folders shows it like any other run."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.exits import ExitCode, help_end
from backend.cli.output import AsJson, emit
from backend.cli.system_options import WithSystemOptions, given_options, typed_options
from python_training import registry
from python_training.contracts.errors import ConfigError, PaddockError, RunLockedError, UnknownNameError
from python_training.contracts.status import RunStatus

if TYPE_CHECKING:
    from pydantic import BaseModel

    from python_training.runtime.run_folder import RunFolder

commands = typer.Typer()

FOREVER, CONTINUE = "--forever", "--continue"
_ORPHAN_PATIENCE_S = 30.0
"""What a life that nobody looks after any more has for stopping in order, before another one begins."""

System = Annotated[str | None, typer.Argument(metavar="SYSTEM", help="Name of the training system, e.g. ppo.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Config as YAML or JSON.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One config value, a.b=1 for a nested one; repeat for more."),
]
PresetName = Annotated[str | None, typer.Option("--preset", metavar="NAME", help="Named config to build on.")]


@commands.command(
    cls=WithSystemOptions,
    epilog=help_end(
        "paddock train ppo",
        "paddock train ppo --set env=Pendulum-v1 --set learning_rate=0.001 --seed 7",
        "paddock train ppo --set env=my_package.my_module:MyEnv-v0",
        "paddock train neat --generations 100 --pop-size 50 --cores 8",
        "paddock train ppo --config my.yaml --name baseline",
        "paddock train ppo --set env=Pendulum-v1 --save-config template.yaml",
        "paddock train --resume newest",
        "paddock train tuner --forever",
        "paddock train ppo --set total_steps=100000 --json",
    )
    + "\n\nCtrl+C finishes the update at hand, saves a checkpoint and ends with 0; a second one quits at once.",
)
def train(
    ctx: typer.Context,
    system: System = None,
    config: ConfigFile = None,
    assignments: Assignments = None,
    preset: PresetName = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every random draw of the run.")] = None,
    name: Annotated[str, typer.Option(help="A name for people.")] = "",
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Go on with this run instead.")] = None,
    go_on: Annotated[
        bool, typer.Option(CONTINUE, help="Go on with the newest unfinished run of just this config, if there is one.")
    ] = False,
    forever: Annotated[
        bool,
        typer.Option(FOREVER, help="Continue, and restart after every crash, until the run is finished or stopped."),
    ] = False,
    save_config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the whole config to FILE (.json or YAML) and end without training."),
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores that the run may use.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train in this terminal, until done or Ctrl+C.

    The config is the preset (the one of the world named by `env`, unless --preset names another), then --config, then
    --set, then the system's own options (`paddock train neat --help` shows those of NEAT), then --seed, each on top of
    the one before.
    """
    if forever and (resume is not None or save_config is not None):
        raise typer.BadParameter(
            "it finds its run by the config; leave out --resume and --save-config.", param_hint=FOREVER
        )
    if resume is not None:
        given = {
            "--config": config,
            "--set": assignments,
            "--preset": preset,
            "--seed": seed,
            "--threads": threads,
            "--save-config": save_config,
            CONTINUE: go_on or None,
        }
        extra = [option for option, value in given.items() if value is not None] + typed_options(ctx)
        if extra:
            raise typer.BadParameter(
                f"a resumed run keeps its config; leave out {', '.join(extra)}.", param_hint="--resume"
            )
        _host(_stopped_run(resume, system), as_json)
        return
    if system is None:
        raise typer.BadParameter(f"expected one of: {', '.join(_visible_systems())}.", param_hint="SYSTEM")
    options = given_options(ctx, known_system(system))
    used = build_config(system, config, assignments or [], preset, seed, options)
    if save_config is not None:
        write_config(save_config, known_system(system).config_class(), used)
        _tell_saved(save_config, used, as_json)
        return
    _find_world(system, used)
    if forever:
        raise typer.Exit(_live_forever(system, used, name, threads, as_json))
    going_on = _unfinished(system, used) if go_on else None
    _host(going_on or _new_run(system, used, name, threads), as_json)


def build_config(
    system: str,
    file: Path | None,
    assignments: list[str],
    preset: str | None,
    seed: int | None,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The complete, validated config that the options stand for; raises ConfigError or UnknownNameError."""
    from python_training import presets
    from python_training.contracts.config import merge, parse_assignments, read_config_file, validate

    entry = known_system(system)
    asked = merge(read_config_file(file) if file else {}, parse_assignments(assignments))
    asked = merge(asked, options or {})
    if seed is not None:
        asked["seed"] = seed
    config = validate(entry.config_class(), presets.resolve(system, asked, preset))
    return config.model_dump(mode="json")


def _find_world(system: str, config: Mapping[str, Any]) -> None:
    """Import the module of a world from outside before there is a run; raises ConfigError, UnknownNameError."""
    task = known_system(system).task_of(config)
    if task is not None and registry.world(task[0]) is None:
        from python_training.environments.imports import foreign_world

        foreign_world(task[0])


def known_system(name: str) -> registry.SystemEntry:
    """The system `name`; somebody who typed the name of a world is told how a world is chosen."""
    try:
        return registry.system(name)
    except UnknownNameError as error:
        world = registry.world(name)
        if world is None:
            raise
        hint = f"{world.title} is a world. Try: paddock train ppo --set env={world.name}"
        raise UnknownNameError(error.message, field=error.field, hint=hint) from None


def write_config(path: Path, model: type[BaseModel], config: Mapping[str, Any]) -> None:
    """Write `config` as JSON if the file's name ends so, else as YAML with the meaning of every field.

    Raises PaddockError if the file cannot be written.
    """
    from backend.cli.commented_yaml import commented

    as_json = path.suffix.lower() == ".json"
    try:
        path.write_text(json.dumps(config, indent=2) + "\n" if as_json else commented(model, config))
    except OSError as error:
        raise PaddockError(f"{path} cannot be written: {error.strerror}.") from error


def _tell_saved(path: Path, config: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        emit({"saved": str(path), "config": dict(config)})
    else:
        print(f"Written to {path}; nothing was trained.")


def _visible_systems() -> list[str]:
    return [entry.name for entry in registry.SYSTEMS.values() if not entry.hidden]


def _new_run(system: str, config: Mapping[str, Any], name: str, threads: int | None) -> RunFolder:
    from backend.cli.locate import local_settings
    from python_training.runtime.run_folder import create_run

    settings = local_settings()
    settings.mlflow()  # before there is a run that could not be trained
    return create_run(
        settings.logs_dir,
        settings.checkpoints_dir,
        system=system,
        config=config,
        name=name,
        threads=threads or settings.threads_per_run,
        host_here=True,
    )


def _unfinished(system: str, config: Mapping[str, Any]) -> RunFolder | None:
    from backend.cli.locate import local_settings
    from python_training.runtime.unfinished import unfinished_run

    settings = local_settings()
    return unfinished_run(settings.logs_dir, settings.checkpoints_dir, system, config)


def _live_forever(system: str, config: Mapping[str, Any], name: str, threads: int | None, as_json: bool) -> int:
    from backend.cli.forever import Forever

    folder = _free(system, config) or _new_run(system, config, name, threads)
    return Forever(folder, ("--json",) if as_json else ()).run()


def _free(system: str, config: Mapping[str, Any]) -> RunFolder | None:
    """The unfinished run, once an orphan that may still train it has stopped; raises RunLockedError if it does not."""
    deadline = time.monotonic() + _ORPHAN_PATIENCE_S
    while True:
        try:
            return _unfinished(system, config)
        except RunLockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _stopped_run(name: str, system: str | None) -> RunFolder:
    from backend.cli.locate import find_run

    folder = find_run(name)
    if system is not None and folder.spec().system != system:
        raise ConfigError(f"{folder.id} is a run of '{folder.spec().system}', got '{system}'.", field="system")
    worker = folder.worker()
    # --forever, which started this process, holds the run until it has begun.
    if worker is not None and worker.is_alive() and worker.pid != os.getppid():
        raise RunLockedError(
            f"A process trains {folder.id} already (pid {worker.pid}).", hint=f"paddock resume {folder.id}"
        )
    return folder


def _host(folder: RunFolder, as_json: bool) -> None:
    from backend.cli.foreground import host_here
    from backend.cli.locate import local_settings

    outcome = host_here(folder, quiet=as_json, mlflow=local_settings().mlflow())
    if as_json:
        emit(outcome.to_dict())
    if outcome.status is RunStatus.FAILED:
        raise typer.Exit(ExitCode.FAILURE)
