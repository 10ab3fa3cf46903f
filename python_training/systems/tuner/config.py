"""Everything that a run of the tuner can be told. Light to import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from python_training.contracts.config import LIVE, StrictModel, SystemConfig
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.executors import ExecutorName
from python_training.systems.tuner.accept_config import AcceptConfig
from python_training.systems.tuner.adviser_config import AdviserConfig
from python_training.systems.tuner.objectives.objective_source import check_objective, objective_settings
from python_training.systems.tuner.pattern_config import PatternConfig
from python_training.systems.tuner.search_config import SearchConfig

MAX_GAMES = 1_000_000
"""Games between two looks at the tests of all candidates."""


class GitConfig(StrictModel):
    """Where accepted settings are committed."""

    enabled: bool = Field(True, description="Whether every accepted setting is committed to a git repository.")
    repo: Annotated[str, Names.REPOSITORY] = Field(
        "",
        max_length=4096,
        description="A repository on this machine whose file is kept up to date; empty: the run has one of its own.",
    )
    path: Annotated[str, Names.PATH] = Field(
        "config.yaml", max_length=1024, description="The file in the repository; no other is committed."
    )
    push: Annotated[bool, Names.REMOTE] = Field(False, description="Whether each commit is pushed.")
    remote: Annotated[str, Names.REMOTE] = Field("origin", max_length=256, description="Where to, if pushing is on.")
    timeout_s: float = Field(20.0, gt=0, le=600, description="Seconds after which a git command is given up.")

    @model_validator(mode="after")
    def _names_are_plain(self) -> Self:
        parts = self.path.split("/")
        if not self.path or self.path.startswith("/") or {"..", ".git", ""} & set(parts):
            raise ConfigError(f"git.path: expected a path inside the repository, got '{self.path}'.", field="git.path")
        if self.remote.startswith("-") or not self.remote:
            raise ConfigError(f"git.remote: expected the name of a remote, got '{self.remote}'.", field="git.remote")
        return self

    def unused_names(self) -> frozenset[str]:
        """Without commits there is no repository, and without pushing no remote."""
        unused = set() if self.enabled else {"repo", "path", "remote"}
        return frozenset(unused if self.push else {*unused, "remote"})


class LogConfig(StrictModel):
    """When training_log.jsonl is rolled."""

    max_mb: float = Field(
        16.0, gt=0, le=10_000, description="Size in MB at which the log is compressed and begun anew."
    )
    keep: int = Field(20, ge=1, le=10_000, description="Compressed logs kept; older ones are deleted.")


class TunerConfig(SystemConfig):
    """A run of the tuner: it proposes settings of a player, and keeps what provably wins."""

    objective: Annotated[str, Names.MODULE] = Field(
        "battlesnake",
        max_length=300,
        description="What is tuned: a world with parameters, shell (a command that prints a score), preset (another "
        "training system by its preset), or an objective of your own as module:Class.",
    )
    objective_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="Settings of the objective."
    )
    start: Annotated[dict[str, float], Names.NOTHING] = Field(
        default_factory=dict, description="Parameters that begin with another value than the objective's own."
    )
    games: int = Field(
        100, ge=2, le=100_000, description="Games on a candidate between two looks at its test.", json_schema_extra=LIVE
    )
    min_improvement: float = Field(
        0.02,
        gt=0,
        lt=0.5,
        description="Gain that the test is to detect, as a fraction: 0.02 is two points of win rate.",
        json_schema_extra=LIVE,
    )
    max_iterations: int | None = Field(
        None,
        ge=1,
        description="Decisions on candidates after which the run is finished; null: never.",
        json_schema_extra=LIVE,
    )
    max_games: int | None = Field(
        None, ge=2, description="Games after which the run is finished; null: never.", json_schema_extra=LIVE
    )
    checkpoint_interval: int = Field(
        10, ge=1, description="Decisions between two checkpoints; every acceptance has one.", json_schema_extra=LIVE
    )
    parallel_configs: int = Field(1, ge=1, le=64, description="Candidates that are tested side by side.")
    search_share: float = Field(
        0.5,
        ge=0,
        lt=1,
        description="Share of games that the search has while candidates are tested; without one it has all.",
        json_schema_extra=LIVE,
    )
    baseline_games: int = Field(
        400, ge=0, le=1_000_000, description="Games of the start against the fixed opponents, before anything else."
    )
    use_llm: bool = Field(True, description="Whether a language model proposes settings, too.")
    use_neural_net: bool = Field(True, description="Whether a network learns what winners have in common.")
    change_history: int = Field(100, ge=1, le=10_000, description="Judged changes that are remembered with outcome.")
    stagnation_patience: int = Field(
        100, ge=1, description="Decisions without an acceptance that are worth a warning.", json_schema_extra=LIVE
    )
    pool_incumbents: int = Field(
        3, ge=0, le=20, description="Past incumbents, beside the start, that candidates and the tournament meet."
    )
    tournament_games: int = Field(
        200, ge=0, le=1_000_000, description="Games of a new incumbent against each of the pool; 0: no tournament."
    )
    executor: ExecutorName = Field("local", description="Where games are played: on this machine, or by Ray.")
    ray_address: Annotated[str, Names.ADDRESS] = Field(
        "", max_length=300, description="Ray cluster: empty starts one here; auto, host:port or ray://host:port."
    )
    search: SearchConfig = Field(
        default=SearchConfig.model_validate({}), description="Who proposes candidates, and how."
    )
    accept: AcceptConfig = Field(default=AcceptConfig.model_validate({}), description="What a candidate has to prove.")
    adviser: AdviserConfig = Field(
        default=AdviserConfig.model_validate({}), description="The language model that gives advice."
    )
    pattern: PatternConfig = Field(
        default=PatternConfig.model_validate({}), description="The network that learns from winners."
    )
    git: GitConfig = Field(default=GitConfig.model_validate({}), description="Where accepted settings are committed.")
    log: LogConfig = Field(default=LogConfig.model_validate({}), description="When training_log.jsonl is rolled.")

    @field_validator("start", mode="before")
    @classmethod
    def _by_dotted_name(cls, raw: Any) -> Any:
        """Take `{weights: {space: 2}}`, which is what --set start.weights.space=2 makes, as `{weights.space: 2}`."""
        return flat_values(raw) if isinstance(raw, Mapping) else raw

    @model_validator(mode="after")
    def _objective_exists(self) -> Self:
        check_objective(self.objective)
        return self

    @model_validator(mode="after")
    def _games_fit_into_memory(self) -> Self:
        games = self.games * self.parallel_configs
        if games > MAX_GAMES:
            raise ConfigError(
                f"games * parallel_configs is {self.games} * {self.parallel_configs} = {games} games at once, "
                f"expected at most {MAX_GAMES}: their results are kept in memory.",
                field="parallel_configs",
            )
        return self

    def settings_models(self) -> Mapping[str, BaseModel | None]:
        """The objective's settings, where it is one of Paddock's."""
        return {"objective_config": objective_settings(self.objective, self.objective_config)}

    def unused_names(self) -> frozenset[str]:
        """Only Ray has a cluster."""
        return frozenset() if self.executor == "ray" else frozenset({"ray_address"})

    @property
    def pairs(self) -> int:
        """Mirrored pairs between two looks at a test: each has two games."""
        return max(1, self.games // 2)


def flat_values(sections: Mapping[str, Any]) -> dict[str, Any]:
    """`{section.name: value}` of nested sections; names that are dotted already stay as they are."""
    flat: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": each for inner, each in flat_values(value).items()}
        else:
            flat[str(name)] = value
    return flat


def of_tuner(config: SystemConfig) -> TunerConfig:
    """`config` as what it must be here; raises TypeError for the config of another system."""
    if not isinstance(config, TunerConfig):
        raise TypeError(f"Expected a TunerConfig, got {type(config).__name__}.")
    return config
