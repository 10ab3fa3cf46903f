"""Everything that a PPO run can be told. Light to import: TensorFlow is not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from python_training import registry
from python_training.contracts.config import KEPT, LIVE, SystemConfig, validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.environments.names import check_name

Schedule = Literal["constant", "linear"]
MAX_SAMPLES = 2**22
"""Samples of a rollout: at 100 float32 numbers each they take 1.7 GB."""

MAX_LAYERS = 32
MAX_WEIGHTS = 2**26
"""Weights between the hidden layers of a network: with Adam's moments they take 800 MB."""

Width = Annotated[int, Field(ge=1, le=8192)]
"""Units of one layer."""


class PPOConfig(SystemConfig):
    """A run of proximal policy optimisation (Schulman et al. 2017, https://arxiv.org/abs/1707.06347)."""

    handed_on: ClassVar[frozenset[str]] = frozenset({"discount_factor"})

    env: Annotated[str, Names.MODULE] = Field(
        "lunabotics",
        max_length=300,
        description="The world: one of Paddock's own, a Gymnasium id, or module:Id-v0 or module:Class of yours.",
        json_schema_extra=KEPT,
    )
    env_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict,
        description="Settings of the world; of one from outside, its arguments and max_episode_steps.",
    )
    total_steps: int = Field(
        10_000_000, ge=1, description="Environment steps after which the run is finished.", json_schema_extra=LIVE
    )
    num_envs: int = Field(
        64, ge=1, le=4096, description="Copies of the world that are played side by side.", json_schema_extra=KEPT
    )
    rollout_length: int = Field(128, ge=1, le=65_536, description="Steps of every copy between two updates.")

    learning_rate: float = Field(3e-4, gt=0, le=1, description="Step size of Adam.", json_schema_extra=LIVE)
    learning_rate_schedule: Schedule = Field(
        "constant",
        description="Whether the learning rate stays, or falls in a line to a twentieth at total_steps.",
        json_schema_extra=LIVE,
    )
    batch_size: int = Field(512, ge=1, le=MAX_SAMPLES, description="Samples of a minibatch.")
    num_epochs: int = Field(10, ge=1, le=100, description="Passes over each rollout.", json_schema_extra=LIVE)
    discount_factor: float = Field(0.99, gt=0, le=1, description="Worth of the next step's reward (gamma).")
    lambda_gae: float = Field(0.95, ge=0, le=1, description="Smoothing of the advantage estimate (lambda of GAE).")
    actor_fc_layers: tuple[Width, ...] = Field(
        (256, 256),
        max_length=MAX_LAYERS,
        description="Widths of the policy's hidden layers (tanh).",
        json_schema_extra=KEPT,
    )
    value_fc_layers: tuple[Width, ...] = Field(
        (256, 256),
        max_length=MAX_LAYERS,
        description="Widths of the critic's hidden layers (tanh).",
        json_schema_extra=KEPT,
    )
    initial_std: float = Field(
        1.0, gt=0, le=10, description="Spread of continuous actions at first; the action's range is 2 wide."
    )
    initial_action: tuple[float, ...] | None = Field(
        None, description="Mean of continuous actions at first, as the world takes them; null: the middle of the range."
    )
    clip_range: float = Field(0.2, gt=0, lt=1, description="How far the probability ratio may move from 1.")
    entropy_coef: float = Field(0.01, ge=0, description="Weight of the entropy bonus.", json_schema_extra=LIVE)
    entropy_schedule: Schedule = Field(
        "constant",
        description="Whether entropy_coef stays, or falls in a line to a twentieth at total_steps.",
        json_schema_extra=LIVE,
    )
    value_coef: float = Field(0.5, gt=0, description="Weight of the critic's squared error.")
    max_grad_norm: float = Field(0.5, gt=0, description="Gradients longer than this are shortened to it.")
    target_kl: float | None = Field(
        None,
        gt=0,
        description="Stop an update after the epoch whose mean KL divergence is above 1.5 times this; null: never.",
        json_schema_extra=LIVE,
    )
    normalize_observations: bool = Field(True, description="Shift and scale observations by their running moments.")
    normalize_rewards: bool = Field(True, description="Scale rewards by the running spread of the discounted return.")

    eval_every: int = Field(
        10, ge=1, description="Updates between two evaluations on held-out seeds.", json_schema_extra=LIVE
    )
    eval_episodes: int = Field(32, ge=1, le=1024, description="Held-out seeds of an evaluation, one episode each.")

    @model_validator(mode="before")
    @classmethod
    def _said_once(cls, raw: Any) -> Any:
        named = raw.get("env", cls.model_fields["env"].default) if isinstance(raw, dict) else None
        entry = registry.world(named) if isinstance(named, str) else None
        return cls.taken_back(raw, registry.load(entry.config) if entry else None)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        samples = self.num_envs * self.rollout_length
        if samples > MAX_SAMPLES:
            raise ConfigError(
                f"num_envs * rollout_length is {self.num_envs} * {self.rollout_length} = {samples} samples, "
                f"expected at most {MAX_SAMPLES}: a rollout is kept in memory.",
                field="rollout_length",
            )
        for field in ("actor_fc_layers", "value_fc_layers"):
            widths = getattr(self, field)
            weights = sum(before * after for before, after in pairwise(widths))
            if weights > MAX_WEIGHTS:
                raise ConfigError(
                    f"{field}: layers of {' x '.join(map(str, widths))} units have {weights} weights between them, "
                    f"expected at most {MAX_WEIGHTS}.",
                    field=field,
                )
        if self.batch_size > samples:
            raise ConfigError(
                f"batch_size: a rollout has num_envs * rollout_length = {samples} samples, got {self.batch_size}.",
                field="batch_size",
            )
        return self

    @model_validator(mode="after")
    def _world_takes_its_settings(self) -> Self:
        self.world_config()
        return self

    def settings_models(self) -> Mapping[str, BaseModel | None]:
        """The world's own config, where it has one."""
        return {"env_config": self.world_config()}

    def world_config(self) -> Any:
        """The validated config of the world, in training; None if the world is not Paddock's own.

        A world that pays progress under a discount is given the learner's. (Only an older run may have two.)

        Raises:
            UnknownNameError: there is no such world.
            ConfigError: `env_config` does not fit it; the field is called `env_config.<name>`. Worlds that are not
                Paddock's own are looked at when they are opened.
        """
        entry = registry.world(self.env)
        if entry is None:
            check_name(self.env)
            return None
        model = registry.load(entry.config)
        try:
            return validate(model, self.handed_to(model, self.env_config))
        except ConfigError as error:
            raise error.beneath("env_config") from None

    def world_settings(self) -> dict[str, Any]:
        """The settings of the world as plain data."""
        own = self.world_config()
        return dict(self.env_config) if own is None else own.model_dump()


def of_ppo(config: SystemConfig) -> PPOConfig:
    """`config` as what it must be here; raises TypeError for the config of another system."""
    if not isinstance(config, PPOConfig):
        raise TypeError(f"Expected a PPOConfig, got {type(config).__name__}.")
    return config
