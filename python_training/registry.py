"""All training systems and worlds, by name. An entry holds strings, so that looking at it imports nothing heavy."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from python_training.contracts.config import SystemConfig, validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.metrics import MetricSpec, StepUnit


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """A training system. Every string is "module:attribute".

    Attributes:
        config: a SystemConfig class (light import).
        metrics: a function `(config) -> tuple[MetricSpec, ...]` (light import).
        trainer: the Trainer class, called as `trainer(config, threads=N)`.
        policy: a function `(checkpoint folder) -> Player`, or "" if the system leaves none.
        task: a function `(config) -> (world, its settings) | None` that says where players of a run with that config
            play, None for a run that leaves none (light import); or "" where the config says it by `env` and
            `env_config`.
        setting: a function `(run's folder of checkpoints, which) -> document` that gives a player made of numbers as
            the run has it by now, one of `settings` or another that it names in its error (light import), or "" if a
            run leaves no such players. The document is what `read_tuned` of the run's world gives; raises
            UnknownNameError, NoCheckpointError, CheckpointError.
        settings: what everybody may ask `setting` for, with what people call it.
        genome: a function `(document, action_space) -> Player` that builds the pilot of one genome's JSON, whoever it
            came from, or "" for systems that have no genomes; raises ConfigError.
        baselines: policies as they are before any training, by name, each a function `(config, seed) -> Player`; a
            run is evaluated beside them.
        drawing: a function `(document) -> {inputs, outputs, recurrent, nodes, links}` that reads one genome's JSON for
            whoever shows it (light import), or ""; raises ConfigError.
        publish: a function `(checkpoint folder, run's folder of checkpoints, Unix time) -> Iterable[Notice] | None`,
            called after a checkpoint has come to be, that puts files for others to read beside it, and returns what
            people should be told; or "". It may be called again.
        warm_up: a function without arguments that calls all kernels the system has compiled, or "".
        commands: a Typer app that the command line mounts under the system's name, or "".
        train_options: options that `paddock train` takes for this system, `{option: dotted config field}`, e.g.
            `{"cores": "num_processes"}` for --cores; a boolean field makes it a flag that says true, and
            `{"use-llm/no-llm": ...}` a pair of flags that say true and false.
        unit: what its steps are to people: lists, charts and the command line count in it.
        hidden: not offered in the browser (a test system).
    """

    name: str
    title: str
    summary: str
    config: str
    metrics: str
    trainer: str
    policy: str = ""
    task: str = ""
    setting: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    genome: str = ""
    publish: str = ""
    drawing: str = ""
    warm_up: str = ""
    baselines: Mapping[str, str] = field(default_factory=dict)
    commands: str = ""
    train_options: Mapping[str, str] = field(default_factory=dict)
    unit: StepUnit = field(default_factory=StepUnit)
    hidden: bool = False

    def config_class(self) -> type[SystemConfig]:
        """Import the config class."""
        return load(self.config)  # type: ignore[no-any-return]  # a registry string names it

    def metric_specs(self, config: SystemConfig) -> tuple[MetricSpec, ...]:
        """The metrics that a run with `config` may emit."""
        return load(self.metrics)(config)  # type: ignore[no-any-return]  # a registry string names it

    def task_of(self, config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        """The world (a name of WORLDS, or any Gymnasium id) that players of a run play in, and its settings."""
        if self.task:
            return load(self.task)(config)  # type: ignore[no-any-return]  # a registry string names it
        env, settings = config.get("env"), config.get("env_config")
        return (env, settings if isinstance(settings, Mapping) else {}) if isinstance(env, str) else None

    def played_in(self, config: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        """As `task_of`, with all settings of a world of Paddock's own: those that the learner hands on are among them.

        Raises:
            ConfigError, UnknownNameError: `config` is none of this system.
        """
        task = self.task_of(config)
        own = validate(self.config_class(), dict(config)).settings_models().get("env_config") if task else None
        return task if own is None or task is None else (task[0], own.model_dump())

    def require_same_run(self, config: SystemConfig, written: Mapping[str, Any]) -> None:
        """Raise ConfigError if a run with `config` cannot go on from a checkpoint whose config was `written`."""
        plain = config.model_dump(mode="json")
        for name in config.kept_fields():
            if name in written and _meant(written[name]) != _meant(plain[name]):
                raise ConfigError(
                    f"{name}: expected {written[name]!r}, of which the checkpoint is, got {plain[name]!r}.",
                    field=name,
                    hint=f"Leave {name} as it was, or start a new run.",
                )

    def leaves_policy(self, config: Mapping[str, Any]) -> bool:
        """Whether checkpoints of a run with `config` hold somebody who can play."""
        return bool(self.policy) and self.task_of(config) is not None


@dataclass(frozen=True, slots=True)
class WorldEntry:
    """A simulated world. Every string is "module:attribute".

    Attributes:
        env_id: its id in Gymnasium, e.g. "paddock/Lunabotics-v0".
        config: a pydantic model of everything that can be set (light import).
        env: the Gymnasium Env class, called as `env(config=Config)`.
        vector_env: the Gymnasium VectorEnv class, called as `vector_env(num_envs=N, config=Config)`.
        metrics: a tuple of MetricSpec for the figures that the world reports at the end of an episode (light import).
        view: a function `(vector_env, index) -> ViewFrame`.
        players: scripted players by name, each a class called with the world's config.
        score: a function `(figures: Mapping[str, (E,) float64]) -> float` that makes one number of a player's E
            episodes, or "" where the mean return says it all.
        performance: a function from the same to `{figure: number}`, the figures as they enter the score, or "" where
            their means say it all.
        performance_metrics: a tuple of MetricSpec that says how `performance` takes each figure (light import), or "".
        rivals: those of its players that a pilot meets in duels, of a world whose config has `duel()`.
        inputs, outputs: tuples of short names of what is observed and done, in order (light import), or "".
        nudges: a contracts.nudges.Nudges class, called without arguments, or "" if its pilots cannot be nudged.
        game: a contracts.games.GameSpec (light import), or "" if it is no game.
        hands: a contracts.games.Hands function, or "" if what a person's hands say is its action as it is.
        read_tuned: a function `(path) -> dict` that reads the values of a player which is made of numbers from its file
            (light import), or "" if there are no such players; raises ConfigError.
        tuned: a function `(values, name, config) -> Player` that makes the player; raises ConfigError.
        warm_up: a function without arguments that calls the kernels that no player of the world calls in its
            environment, or "".
        commands: a Typer app mounted under the world's name, or "".
        objective: a contracts.objective.Objective class, if a player of this world has parameters to tune; or "".
        objective_settings: the pydantic model of its settings (light import), or "".
    """

    name: str
    title: str
    env_id: str
    config: str
    env: str
    vector_env: str
    metrics: str
    view: str
    players: Mapping[str, str] = field(default_factory=dict)
    score: str = ""
    performance: str = ""
    performance_metrics: str = ""
    rivals: tuple[str, ...] = ()
    inputs: str = ""
    outputs: str = ""
    nudges: str = ""
    game: str = ""
    hands: str = ""
    read_tuned: str = ""
    tuned: str = ""
    warm_up: str = ""
    commands: str = ""
    objective: str = ""
    objective_settings: str = ""


SYSTEMS: dict[str, SystemEntry] = {
    entry.name: entry
    for entry in (
        SystemEntry(
            name="ppo",
            title="PPO",
            summary="Proximal policy optimisation (TF-Agents): drives the Lunabotics rover, or any Gymnasium world.",
            config="python_training.systems.ppo.config:PPOConfig",
            metrics="python_training.systems.ppo.metrics:metrics",
            trainer="python_training.systems.ppo.trainer:PPOTrainer",
            policy="python_training.systems.ppo.policy:load_policy",
        ),
        SystemEntry(
            name="neat",
            title="NEAT",
            summary="Neuro-evolution of augmenting topologies (neat-python): breeds pilots of any world.",
            config="python_training.systems.neat.config:NEATConfig",
            metrics="python_training.systems.neat.metrics:metrics",
            trainer="python_training.systems.neat.trainer:NEATTrainer",
            policy="python_training.systems.neat.policy:load_policy",
            genome="python_training.systems.neat.genome_pilot:genome_pilot",
            drawing="python_training.systems.neat.genome_drawing:genome_drawing",
            warm_up="python_training.systems.neat.warm_up:warm_up",
            publish="python_training.systems.neat.registry_files:publish",
            baselines={"random network": "python_training.systems.neat.untrained:untrained"},
            train_options={
                "generations": "generations",
                "pop-size": "pop_size",
                "cores": "num_processes",
                "fitness-threshold": "fitness_threshold",
                "verbose": "enable_logging",
            },
            unit=StepUnit("generation", "generations"),
        ),
        SystemEntry(
            name="tuner",
            title="Tuner",
            summary="Tunes the parameters of a player day and night, and keeps what provably wins.",
            config="python_training.systems.tuner.config:TunerConfig",
            metrics="python_training.systems.tuner.metrics:metrics",
            trainer="python_training.systems.tuner.trainer:TunerTrainer",
            policy="python_training.systems.tuner.published.player:load_policy",
            task="python_training.systems.tuner.published.player:task",
            setting="python_training.systems.tuner.published.player:setting",
            settings={"best": "proved best", "recommended": "best guess, unproved", "start": "what tuning began with"},
            publish="python_training.systems.tuner.published.publish:publish",
            commands="python_training.systems.tuner.commands:commands",
            train_options={
                "games": "games",
                "checkpoint-interval": "checkpoint_interval",
                "max-iterations": "max_iterations",
                "min-improvement": "min_improvement",
                "parallel-configs": "parallel_configs",
                "use-llm/no-llm": "use_llm",
                "use-neural-net/no-neural-net": "use_neural_net",
                "repo": "git.repo",
                "push": "git.push",
            },
            unit=StepUnit("game", "games"),
        ),
        SystemEntry(
            name="scripted",
            title="Scripted",
            summary="A trainer that does as it is told: slow, crashing, emitting NaN or hanging, for tests.",
            config="python_training.testing.scripted_config:ScriptedConfig",
            metrics="python_training.testing.scripted_config:metrics",
            trainer="python_training.testing.scripted_trainer:ScriptedTrainer",
            hidden=True,
        ),
    )
}

WORLDS: dict[str, WorldEntry] = {
    entry.name: entry
    for entry in (
        WorldEntry(
            name="lunabotics",
            title="Lunabotics",
            env_id="paddock/Lunabotics-v0",
            config="python_training.simulators.lunabotics.config:LunaboticsConfig",
            env="python_training.simulators.lunabotics.env:LunaboticsEnv",
            vector_env="python_training.simulators.lunabotics.env:LunaboticsVectorEnv",
            metrics="python_training.simulators.lunabotics.config:METRICS",
            view="python_training.simulators.lunabotics.view:draw",
            players={
                "random": "python_training.simulators.lunabotics.scripted:RandomPlayer",
                "expert": "python_training.simulators.lunabotics.scripted:ExpertPlayer",
            },
        ),
        WorldEntry(
            name="arena",
            title="Arena",
            env_id="paddock/Arena-v0",
            config="python_training.simulators.arena.config:ArenaConfig",
            env="python_training.simulators.arena.env:ArenaEnv",
            vector_env="python_training.simulators.arena.env:ArenaVectorEnv",
            metrics="python_training.simulators.arena.config:METRICS",
            view="python_training.simulators.arena.view:draw",
            players={
                "random": "python_training.simulators.arena.scripted:RandomPlayer",
                "ace": "python_training.simulators.arena.scripted:AcePlayer",
                "ace_rusher": "python_training.simulators.arena.scripted:AceRusher",
                "ace_sniper": "python_training.simulators.arena.scripted:AceSniper",
                "ace_dodger": "python_training.simulators.arena.scripted:AceDodger",
            },
            nudges="python_training.simulators.arena.nudges:ArenaNudges",
            game="python_training.simulators.arena.config:GAME",
            score="python_training.simulators.arena.scoring:fitness",
            performance="python_training.simulators.arena.scoring:performance",
            performance_metrics="python_training.simulators.arena.config:PERFORMANCE",
            rivals=("ace", "ace_rusher", "ace_sniper", "ace_dodger"),
            inputs="python_training.simulators.arena.config:INPUTS",
            outputs="python_training.simulators.arena.config:OUTPUTS",
        ),
        WorldEntry(
            name="battlesnake",
            title="Battlesnake",
            env_id="paddock/Battlesnake-v0",
            config="python_training.simulators.battlesnake.config:BattlesnakeConfig",
            env="python_training.simulators.battlesnake.env:BattlesnakeEnv",
            vector_env="python_training.simulators.battlesnake.env:BattlesnakeVectorEnv",
            metrics="python_training.simulators.battlesnake.config:METRICS",
            view="python_training.simulators.battlesnake.board.view:draw",
            players={
                "random": "python_training.simulators.battlesnake.players.scripted:RandomPlayer",
                "random-safe": "python_training.simulators.battlesnake.players.scripted:RandomSafePlayer",
                "hungry": "python_training.simulators.battlesnake.players.scripted:HungryPlayer",
                "space-filler": "python_training.simulators.battlesnake.players.scripted:SpaceFillerPlayer",
                "hunter": "python_training.simulators.battlesnake.players.scripted:HunterPlayer",
                "territorial": "python_training.simulators.battlesnake.players.scripted:TerritorialPlayer",
            },
            game="python_training.simulators.battlesnake.board.as_game:GAME",
            hands="python_training.simulators.battlesnake.board.as_game:hands",
            read_tuned="python_training.simulators.battlesnake.players.tuned:read_tuned",
            tuned="python_training.simulators.battlesnake.players.tuned:tuned",
            objective="python_training.simulators.battlesnake.objective:BattlesnakeObjective",
            objective_settings="python_training.simulators.battlesnake.objective_config:BattlesnakeObjectiveSettings",
            warm_up="python_training.simulators.battlesnake.warm_up:warm_up",
            commands="python_training.simulators.battlesnake.commands:commands",
        ),
    )
}


def _meant(value: Any) -> Any:
    """`value`, or the short name of the world whose name it is."""
    entry = world(value) if isinstance(value, str) else None
    return value if entry is None else entry.name


def load(target: str) -> Any:
    """Import what a "module:attribute" string names."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def system(name: str) -> SystemEntry:
    """The training system named `name`; raises UnknownNameError with the nearest spelling."""
    try:
        return SYSTEMS[name]
    except KeyError:
        known = [entry.name for entry in SYSTEMS.values() if not entry.hidden]
        raise UnknownNameError.among("training system", name, known, field="system") from None


def unit_of(system: str) -> StepUnit:
    """What the steps of a run are to people; plain steps for a system that is not installed here."""
    entry = SYSTEMS.get(system)
    return entry.unit if entry else StepUnit()


def world(name: str) -> WorldEntry | None:
    """The world of Paddock's own that `name` (short name or Gymnasium id) means, None if it is not one."""
    return next((entry for entry in WORLDS.values() if name in (entry.name, entry.env_id)), None)
