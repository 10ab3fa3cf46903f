"""The heuristic player in a YAML file: its 31 parameters by section, each with range, unit and meaning beside it.

Light to import: nothing here is compiled.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from python_training.contracts.config import read_config_file
from python_training.contracts.errors import ConfigError
from python_training.contracts.objective import Parameter
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.players.players import HEURISTIC, Player

MAX_TIE_SEED = 2**31 - 1
_OPTIONS = "player"
"""The section of what is no parameter."""
_BY_NAME = {each.name: each for each in PARAMETERS}


@dataclass(frozen=True, slots=True)
class PlayerOptions:
    """What belongs to a heuristic player but is not tuned.

    Attributes:
        summary: one line for people.
        use_mcts: whether late duels are searched with MCTS, which is slow.
        tie_seed: changes which of equal moves is taken, and nothing else; 0 to 2**31 - 1.
    """

    summary: str = ""
    use_mcts: bool = True
    tie_seed: int = 0


@dataclass(frozen=True, slots=True)
class PlayerFile:
    """What a file says: a value for each of PARAMETERS by its dotted name, and the options."""

    values: Mapping[str, float]
    options: PlayerOptions


def heuristic(values: Mapping[str, float], name: str = "heuristic", options: PlayerOptions | None = None) -> Player:
    """The player of these 31 values; raises ConfigError for one that is unknown, missing or out of range."""
    chosen, checked = options or PlayerOptions(), check_values(values)
    row = (*(checked[each.name] for each in PARAMETERS), float(chosen.use_mcts), float(chosen.tie_seed))
    return Player(name, HEURISTIC, row)


def default_values() -> dict[str, float]:
    """The default of every parameter by its dotted name."""
    return {each.name: each.default for each in PARAMETERS}


def check_values(values: Mapping[str, Any]) -> dict[str, float]:
    """`values` by dotted name in the order of PARAMETERS; raises ConfigError that names the first faulty one."""
    for name in values:
        if name not in _BY_NAME:
            raise _unknown(name, _BY_NAME)
    missing = next((name for name in _BY_NAME if name not in values), None)
    if missing is not None:
        raise ConfigError(f"{missing}: expected {_expected(_BY_NAME[missing])}, got nothing.", field=missing)
    return {name: _checked(parameter, values[name]) for name, parameter in _BY_NAME.items()}


def read_player_file(path: Path) -> PlayerFile:
    """Read a player's YAML or JSON file; raises ConfigError that names the field, what it takes and what came."""
    raw = read_config_file(path)
    options = _options(raw.pop(_OPTIONS, {}))
    sections = {each.name.partition(".")[0] for each in PARAMETERS}
    values: dict[str, Any] = {}
    for section, entries in raw.items():
        if section not in sections:
            raise _unknown(str(section), {*sections, _OPTIONS})
        if not isinstance(entries, Mapping):
            raise ConfigError(
                f"{section}: expected a mapping of parameters, got {_shown(entries)}.", field=str(section)
            )
        values.update({f"{section}.{key}": value for key, value in entries.items()})
    return PlayerFile(check_values(values), options)


def read_unquoted(path: Path) -> PlayerFile:
    """Read a player's file for somebody who may not read it: a ConfigError names the field, and quotes nothing."""
    try:
        return read_player_file(path)
    except ConfigError as error:
        field = error.field if error.field in {*_BY_NAME, _OPTIONS} else None
        what = f"{field} is missing, or not what it takes" if field else "it holds no player"
        raise ConfigError(f"{path.name}: {what}.", field=field) from None


def read_player(path: Path, name: str | None = None) -> Player:
    """The player of a file, named after it unless a name is given."""
    read = read_player_file(path)
    return heuristic(read.values, path.stem if name is None else name, read.options)


def player_text(values: Mapping[str, float], comment: str = "", options: PlayerOptions | None = None) -> str:
    """The YAML of a player, ready to be read and edited: each parameter with its range, unit and meaning."""
    return "\n".join(_lines(check_values(values), comment, options or PlayerOptions())) + "\n"


def write_player(
    path: Path, values: Mapping[str, float], comment: str = "", options: PlayerOptions | None = None
) -> None:
    """Put a player's file in place of what is there, whole or not at all; raises OSError if the disk will not."""
    text = player_text(values, comment, options)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def player_hash(player: Player) -> str:
    """What a player does, as 16 hexadecimal digits of a SHA-256; its name does not enter."""
    row = [player.policy, *(value.hex() for value in map(float, player.parameters))]
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()[:16]


def _lines(values: Mapping[str, float], comment: str, options: PlayerOptions) -> Iterator[str]:
    for line in comment.splitlines():
        yield f"# {line}".rstrip()
    yield f"{_OPTIONS}:"
    if options.summary:
        yield f"  summary: {json.dumps(options.summary)}"
    yield f"  use_mcts: {str(options.use_mcts).lower()}  # late duels are searched with MCTS, which is slow"
    yield f"  tie_seed: {options.tie_seed}  # changes which of equal moves is taken"
    for section, parameters in groupby(PARAMETERS, key=lambda each: each.name.partition(".")[0]):
        yield f"{section}:"
        for each in parameters:
            value = values[each.name]
            setting = f"  {each.name.partition('.')[2]}: {int(value) if each.integer else repr(float(value))}"
            unit = f" {each.unit}" if each.unit else ""
            yield f"{setting:<32}  # {each.low:g} to {each.high:g}{unit}. {each.doc}"


def _options(raw: Any) -> PlayerOptions:
    if not isinstance(raw, Mapping):
        raise ConfigError(f"{_OPTIONS}: expected a mapping, got {_shown(raw)}.", field=_OPTIONS)
    tie_seeds = f"a whole number from 0 to {MAX_TIE_SEED}"
    expected = {"summary": "a line of text", "use_mcts": "true or false", "tie_seed": tie_seeds}
    for key, value in raw.items():
        if key not in expected:
            raise _unknown(f"{_OPTIONS}.{key}", {f"{_OPTIONS}.{known}" for known in expected})
        if key == "tie_seed":
            fits = type(value) is int and 0 <= value <= MAX_TIE_SEED
        else:
            fits = isinstance(value, bool if key == "use_mcts" else str)
        if not fits:
            field = f"{_OPTIONS}.{key}"
            raise ConfigError(f"{field}: expected {expected[key]}, got {_shown(value)}.", field=field)
    return PlayerOptions(**raw)


def _checked(parameter: Parameter, value: Any) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not parameter.low <= value <= parameter.high or (parameter.integer and value != int(value)):
        name = parameter.name
        raise ConfigError(f"{name}: expected {_expected(parameter)}, got {_shown(value)}.", field=name)
    return float(value)


def _expected(parameter: Parameter) -> str:
    return f"a {'whole ' if parameter.integer else ''}number from {parameter.low:g} to {parameter.high:g}"


def _shown(value: Any) -> str:
    return json.dumps(value, default=repr)[:120]


def _unknown(name: str, known: Any) -> ConfigError:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else None
    return ConfigError(f"{name}: there is no such parameter.", field=name, hint=hint)
