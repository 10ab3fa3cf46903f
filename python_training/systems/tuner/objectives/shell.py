"""Tunes whatever a command can score: it is given the values and a seed, and prints a number."""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.names import Names
from python_training.contracts.number_text import read_number
from python_training.contracts.objective import PairScores, Parameter
from python_training.policy import in_force
from python_training.systems.tuner.objectives.bounded_process import ProgramError, run_bounded
from python_training.systems.tuner.objectives.comparison import ComparisonSettings, Trials, Values
from python_training.systems.tuner.objectives.parameter_settings import ParameterSettings, check_names

_PLACEHOLDER = re.compile(r"\{(\w+(?:[.\-]\w+)*)\}")
_SCORE = re.compile(r'"score"\s*:\s*(?:"(?P<text>[^"]*)"|(?P<number>[^\s,}]+))\s*[,}]')
"""In an object, whose own numbers need not be JSON's: `echo "{\\"score\\": $(bc <<< ...)}"` puts .41 there."""
_FILE, _SEED = "values", "seed"


class ShellSettings(ComparisonSettings):
    """Which command, what it is told, and what it may take."""

    command: Annotated[tuple[str, ...], Names.COMMAND] = Field(
        min_length=1,
        max_length=1000,
        description="Program and arguments, started without a shell. {name} of a parameter becomes its value, {seed} "
        "the seed, {values} the path of a JSON file of all values. The same, {values, seed}, is on stdin. The last "
        "line that it prints must be the score (.41, 1e5, +3 and the like), or a JSON object with a score.",
    )
    parameters: tuple[ParameterSettings, ...] = Field(min_length=1, max_length=1000, description="What is tuned.")
    timeout_s: float = Field(default=60.0, gt=0, le=86_400, description="Seconds after which a trial has failed.")
    max_output_bytes: int = Field(default=1_000_000, ge=1, le=10**9, description="A trial that prints more has failed.")
    folder: Annotated[str, Names.PATH] = Field(
        default="", max_length=4096, description="Where the command runs; empty: where the run does."
    )


class ShellObjective:
    """Trials by a command.

    Args:
        settings: fields of ShellSettings.
        threads: not used; a trial is another process.

    Raises:
        ConfigError: a setting is amiss, or commands must not be run for this config.
    """

    def __init__(self, settings: Mapping[str, Any], *, threads: int = 1) -> None:
        chosen = validate(ShellSettings, dict(settings))
        in_force().require(Names.COMMAND, chosen.command, "command")
        in_force().require(Names.PATH, chosen.folder, "folder")
        check_names(chosen.parameters)
        self._settings = chosen
        self.parameters: Sequence[Parameter] = tuple(each.parameter() for each in chosen.parameters)
        self.opponents: Sequence[str] = ()
        self._check_placeholders()
        if chosen.folder and not Path(chosen.folder).is_dir():
            raise ConfigError(f"folder: there is no folder '{chosen.folder}'.", field="folder")
        self._trials = Trials(self._try, chosen, self.start())

    def start(self) -> dict[str, float]:
        """The parameters' defaults."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def play(self, candidate: Values, opponent: Values | str, seeds: NDArray[np.int64]) -> PairScores:
        """One trial of each side at every seed; raises PaddockError if not even the start can be tried."""
        if isinstance(opponent, str):
            raise UnknownNameError.among("opponent", opponent, (), field="opponent")
        return self._trials.play(candidate, opponent, seeds)

    def close(self) -> None:
        """There is nothing to release."""

    def _try(self, values: Values, seed: int) -> float:
        plain = {each.name: _plain(values[each.name], each.integer) for each in self.parameters}
        told = json.dumps({"values": plain, "seed": seed}).encode()
        with tempfile.TemporaryDirectory(prefix="paddock-trial-") as folder:
            path = Path(folder) / "values.json"
            path.write_text(json.dumps(plain))
            filled = {**{name: repr(value) for name, value in plain.items()}, _SEED: str(seed), _FILE: str(path)}
            printed = run_bounded(
                [_PLACEHOLDER.sub(lambda found: filled[found[1]], part) for part in self._settings.command],
                stdin=told,
                timeout_s=self._settings.timeout_s,
                max_output=self._settings.max_output_bytes,
                folder=Path(self._settings.folder) if self._settings.folder else None,
                environment={"PADDOCK_SEED": str(seed)},
            )
        return score_of(printed, self._settings.command[0])

    def _check_placeholders(self) -> None:
        known = {_FILE, _SEED, *(parameter.name for parameter in self.parameters)}
        for k, part in enumerate(self._settings.command):
            for name in _PLACEHOLDER.findall(part):
                if name not in known:
                    raise UnknownNameError.among("placeholder", name, known, field=f"command.{k}")


def score_of(printed: str, program: str) -> float:
    """The score in the last line that is not empty: a number in any form that strtod reads, or an object with one.

    Raises:
        ProgramError: the line, which the error quotes, holds none, or one that is not finite.
    """
    lines = [line for line in printed.splitlines() if line.strip()]
    last = lines[-1].strip() if lines else ""
    in_object = _SCORE.search(last) if last.startswith("{") and last.endswith("}") else None
    try:
        number = read_number(in_object["text"] or in_object["number"] if in_object else last)
    except ValueError:
        raise ProgramError(f"'{program}' must print a score in its last line, got {last[:120]!r}.") from None
    if not math.isfinite(number):
        raise ProgramError(f"'{program}' must print a score in its last line that is finite, got {last[:120]!r}.")
    return number


def _plain(value: float, integer: bool) -> float | int:
    return round(value) if integer else float(value)
