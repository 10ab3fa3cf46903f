"""Config and metrics of the scripted trainer: a random walk that crashes, ends, hangs or emits NaN when told to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from python_training.contracts.config import LIVE, SystemConfig
from python_training.contracts.metrics import MetricSpec


class ScriptedConfig(SystemConfig):
    """What the scripted trainer does, and when."""

    total_steps: int = Field(100, ge=1, description="The run is finished at this step.", json_schema_extra=LIVE)
    steps_per_advance: int = Field(
        1, ge=1, le=1_000_000, description="Steps, with one point each, that one update brings."
    )
    seconds_per_step: float = Field(
        0.0, ge=0, description="How long a step takes at least, in seconds.", json_schema_extra=LIVE
    )
    drift: float = Field(0.0, description="Added to the walk at every step.", json_schema_extra=LIVE)
    state_bytes: int = Field(0, ge=0, le=2**30, description="Size of a block of zeros in every checkpoint.")
    crash_at_step: int | None = Field(None, ge=1, description="Raise an error on reaching this step.")
    crash_when_resumed: bool = Field(True, description="Raise that error in a resumed run, too.")
    end_at_step: int | None = Field(None, ge=1, description="Try to end the process on reaching this step.")
    end_by: Literal["SystemExit", "KeyboardInterrupt", "GeneratorExit", "os._exit"] = Field(
        "SystemExit", description="How it is tried."
    )
    end_in: Literal["advance", "view", "close", "save", "thread"] = Field("advance", description="Where it is tried.")
    state_nan_from_step: int | None = Field(None, ge=1, description="The state holds a NaN from this step on.")
    hang_at_step: int | None = Field(None, ge=1, description="Never return from the update that reaches this step.")
    nan_from_step: int | None = Field(None, ge=1, description="`noise` is NaN from this step on.")
    nan_until_step: int | None = Field(None, ge=1, description="`noise` is a number again from this step on.")
    undeclared_at_step: int | None = Field(None, ge=1, description="Emit a metric that is not declared at this step.")


def metrics(config: ScriptedConfig) -> tuple[MetricSpec, ...]:
    """What the scripted trainer emits."""
    return (
        MetricSpec("value", "Value", "A random walk drawn from the seed.", panel="Walk", better="higher", primary=True),
        MetricSpec("noise", "Noise", "The walk's latest increment.", panel="Noise"),
        MetricSpec("steps_per_sec", "Speed", "Steps per second of the clock.", unit="1/s", deterministic=False),
    )
