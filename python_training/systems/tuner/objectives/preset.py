"""Tunes the settings of another training system: whoever trains better within equal steps, by its own measure."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from python_training import presets, registry
from python_training.contracts.config import SystemConfig, merge, validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.metrics import MetricSpec, primary_metric
from python_training.contracts.names import Names
from python_training.contracts.objective import PairScores, Parameter
from python_training.systems.tuner.objectives.bounded_process import run_bounded
from python_training.systems.tuner.objectives.comparison import ComparisonSettings, Trials, Values
from python_training.systems.tuner.objectives.parameter_settings import ParameterSettings, check_names
from python_training.systems.tuner.objectives.shell import score_of

_PROGRAM = "python_training.systems.tuner.objectives.train_once"
_ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
_MAX_OUTPUT = 10_000_000


class TunedField(ParameterSettings):
    """A field of the system's config; `default: null` begins where the preset is."""

    log10: bool = Field(
        default=False,
        description="Whether low, high and default are powers of ten: -5 to -2 for a learning rate from 1e-5 to 1e-2.",
    )


class PresetSettings(ComparisonSettings):
    """Which system trains what, for how long, and what of its config is tuned."""

    system: Annotated[str, Names.NOTHING] = Field(max_length=100, description="Training system: ppo, neat, ...")
    preset: Annotated[str | None, Names.NOTHING] = Field(
        default=None, max_length=200, description="Preset to build on; null: that of the config's env, if any."
    )
    config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="Fields that differ from the preset's."
    )
    parameters: tuple[TunedField, ...] = Field(
        min_length=1, max_length=1000, description="Fields to tune by dotted name, e.g. learning_rate."
    )
    steps: int = Field(ge=1, description="Steps of the system's own that every training has: steps, generations, ...")
    metric: Annotated[str, Names.NOTHING] = Field(
        default="", max_length=200, description="The score: this metric's last value; empty: the system's primary one."
    )
    higher_is_better: bool | None = Field(  # type: ignore[assignment]  # here it may follow from the metric
        default=None, description="Whether a greater score is a better one; null: as the metric says."
    )
    timeout_s: float = Field(default=3600.0, gt=0, le=10**6, description="Seconds after which a training has failed.")

    def settings_models(self) -> Mapping[str, BaseModel | None]:
        """The config of the training that is tuned."""
        return {"config": self.training()}

    def training(self) -> SystemConfig:
        """The config that is tuned, on top of its preset; raises ConfigError, UnknownNameError."""
        if self.system == "tuner":
            raise ConfigError("system: a tuner cannot be tuned by itself.", field="system")
        model = registry.system(self.system).config_class()
        return checked_config(model, presets.resolve(self.system, self.config, self.preset))


def checked_config(model: type[SystemConfig], config: Mapping[str, Any]) -> SystemConfig:
    """`config` as its system's; raises ConfigError, with fields called `config.<name>`."""
    try:
        checked = validate(model, dict(config))
        checked.require_one_value()
    except ConfigError as error:
        field = f"config.{error.field}" if error.field else "config"
        raise ConfigError(f"config.{error.message}", field=field, hint=error.hint) from None
    return checked


class PresetObjective:
    """Trainings of another system, each from its own seed.

    The primary metrics of PPO and NEAT are measured on held-out seeds, which no training sees.

    Args:
        settings: fields of PresetSettings.
        threads: not used; a training is another process on one core.

    Raises:
        ConfigError, UnknownNameError: a setting is amiss; fields of the system's config are called `config.<name>`.
    """

    def __init__(self, settings: Mapping[str, Any], *, threads: int = 1) -> None:
        chosen = validate(PresetSettings, dict(settings))
        check_names(chosen.parameters)
        self._settings = chosen
        base = chosen.training()
        self._entry = registry.system(chosen.system)
        self._base = base.model_dump(mode="json")
        self.parameters: Sequence[Parameter] = tuple(self._parameter(base, each) for each in chosen.parameters)
        self.opponents: Sequence[str] = ()
        checked_config(self._entry.config_class(), self._config(self.start(), 0))
        self._metric = self._chosen_metric(base)
        better = chosen.higher_is_better
        higher = self._metric.better != "lower" if better is None else better
        self._trials = Trials(self._try, chosen.model_copy(update={"higher_is_better": higher}), self.start())

    def start(self) -> dict[str, float]:
        """The parameters' defaults, which are the preset's own values unless set."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def play(self, candidate: Values, opponent: Values | str, seeds: NDArray[np.int64]) -> PairScores:
        """One training of each side at every seed; raises PaddockError if not even the start can be trained."""
        if isinstance(opponent, str):
            raise UnknownNameError.among("opponent", opponent, (), field="opponent")
        return self._trials.play(candidate, opponent, seeds)

    def close(self) -> None:
        """There is nothing to release."""

    def _try(self, values: Values, seed: int) -> float:
        asked = {
            "system": self._settings.system,
            "config": self._config(values, seed),
            "steps": self._settings.steps,
            "metric": self._metric.name,
            "parent": os.getpid(),
        }
        printed = run_bounded(
            [sys.executable, "-m", _PROGRAM],
            stdin=json.dumps(asked).encode(),
            timeout_s=self._settings.timeout_s,
            max_output=_MAX_OUTPUT,
            environment=_ONE_CORE,
        )
        return score_of(printed, f"training {self._settings.system}")

    def _config(self, values: Values, seed: int) -> dict[str, Any]:
        """The system's config with `values` in their fields."""
        config = merge(self._base, {"seed": seed})
        for each in self._settings.parameters:
            value: float = 10 ** values[each.name] if each.log10 else values[each.name]
            nested: Any = round(value) if each.integer else value
            for part in reversed(each.name.split(".")):
                nested = {part: nested}
            config = merge(config, nested)
        return config

    def _parameter(self, base: SystemConfig, tuned: TunedField) -> Parameter:
        """The parameter of a field, which begins where the config has it."""
        value: Any = base
        for part in tuned.name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number and tuned.default is None:
            raise ConfigError(
                f"parameters: '{tuned.name}' is no number in the config of {self._settings.system}, got {value!r}.",
                field="parameters",
                hint="Name a field that holds a number, or give a default.",
            )
        if number and tuned.log10:
            if value <= 0:
                raise ConfigError(f"parameters: '{tuned.name}' is {value}: log10 needs a number above 0.")
            value = float(np.log10(value))
        parameter = tuned.parameter(value if number else None)
        if tuned.log10:
            return Parameter(
                parameter.name, parameter.low, parameter.high, parameter.default, parameter.doc, "log10", False
            )
        return parameter

    def _chosen_metric(self, base: SystemConfig) -> MetricSpec:
        specs = {spec.name: spec for spec in self._entry.metric_specs(base)}
        name = self._settings.metric
        if not name:
            return primary_metric(specs.values())
        if name not in specs:
            raise UnknownNameError.among("metric", name, specs, field="metric")
        return specs[name]
