"""Parameters as a config lists them, for objectives that have none of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.contracts.objective import Parameter


class ParameterSettings(StrictModel):
    """One number to be tuned."""

    name: Annotated[str, Names.NOTHING] = Field(
        min_length=1, max_length=200, pattern=r"^\w+([.\-]\w+)*$", description="What it is called; dots make sections."
    )
    low: float = Field(description="Least value.")
    high: float = Field(description="Greatest value.")
    default: float | None = Field(default=None, description="Where tuning begins; null: in the middle.")
    integer: bool = Field(default=False, description="Whether only whole numbers have a meaning.")
    unit: Annotated[str, Names.NOTHING] = Field(default="", max_length=40, description="What it is measured in.")
    doc: Annotated[str, Names.NOTHING] = Field(
        default="", max_length=400, description="One line that says what it does."
    )

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got {self.low:g} and {self.high:g}")
        if self.default is not None and not self.low <= self.default <= self.high:
            raise ValueError(f"default must be from {self.low:g} to {self.high:g}, got {self.default:g}")
        if self.integer and any(end != int(end) for end in (self.low, self.high, self.default or 0.0)):
            raise ValueError("low, high and default of an integer must be whole numbers")
        return self

    def parameter(self, default: float | None = None) -> Parameter:
        """It as the contract has it; `default` is where it begins unless the settings say."""
        begin = self.default if self.default is not None else default
        if begin is None:
            begin = (self.low + self.high) / 2
        begin = min(max(round(begin) if self.integer else begin, self.low), self.high)
        doc = self.doc or self.name.replace("_", " ").replace(".", ", ")
        return Parameter(self.name, self.low, self.high, float(begin), doc, self.unit, self.integer)


def check_names(parameters: Sequence[ParameterSettings]) -> None:
    """Raise ConfigError if two parameters have one name."""
    seen: set[str] = set()
    for k, each in enumerate(parameters):
        if each.name in seen:
            field = f"parameters.{k}.name"
            raise ConfigError(f"{field}: there are two parameters named '{each.name}'.", field=field)
        seen.add(each.name)
