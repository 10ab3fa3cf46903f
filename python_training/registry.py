"""All training systems and worlds, by name. An entry holds strings, so that looking at it imports nothing heavy."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.metrics import MetricSpec


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """A training system. Every string is "module:attribute".

    Attributes:
        config: a SystemConfig class (light import).
        metrics: a function `(config) -> tuple[MetricSpec, ...]` (light import).
        trainer: the Trainer class, called as `trainer(config, threads=N)`.
        policy: a function `(checkpoint folder) -> Player`, or "" if the system leaves none.
        commands: a Typer app that the command line mounts under the system's name, or "".
        hidden: not offered in the browser (a test system).
    """

    name: str
    title: str
    summary: str
    config: str
    metrics: str
    trainer: str
    policy: str = ""
    commands: str = ""
    hidden: bool = False

    def config_class(self) -> type[SystemConfig]:
        """Import the config class."""
        return load(self.config)  # type: ignore[no-any-return]  # a registry string names it

    def metric_specs(self, config: SystemConfig) -> tuple[MetricSpec, ...]:
        """The metrics that a run with `config` may emit."""
        return load(self.metrics)(config)  # type: ignore[no-any-return]  # a registry string names it


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
        commands: a Typer app mounted under the world's name, or "".
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
    commands: str = ""


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
            name="battlesnake",
            title="Battlesnake",
            env_id="paddock/Battlesnake-v0",
            config="python_training.simulators.battlesnake.config:BattlesnakeConfig",
            env="python_training.simulators.battlesnake.env:BattlesnakeEnv",
            vector_env="python_training.simulators.battlesnake.env:BattlesnakeVectorEnv",
            metrics="python_training.simulators.battlesnake.config:METRICS",
            view="python_training.simulators.battlesnake.view:draw",
            players={
                "random": "python_training.simulators.battlesnake.scripted:RandomPlayer",
                "random-safe": "python_training.simulators.battlesnake.scripted:RandomSafePlayer",
                "hungry": "python_training.simulators.battlesnake.scripted:HungryPlayer",
                "space-filler": "python_training.simulators.battlesnake.scripted:SpaceFillerPlayer",
                "hunter": "python_training.simulators.battlesnake.scripted:HunterPlayer",
                "territorial": "python_training.simulators.battlesnake.scripted:TerritorialPlayer",
            },
            commands="python_training.simulators.battlesnake.commands:commands",
        ),
    )
}


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


def world(name: str) -> WorldEntry | None:
    """The world of Paddock's own that `name` (short name or Gymnasium id) means, None if it is not one."""
    return next((entry for entry in WORLDS.values() if name in (entry.name, entry.env_id)), None)
