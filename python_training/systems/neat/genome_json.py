"""Genomes as JSON files: nothing is lost on the way out and back, and nothing is believed on the way in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.environments.actions import actions_from_dict
from python_training.systems.neat.genome_record import GenomeRecord, check_consistency
from python_training.systems.neat.neat_export import genome_of_export, is_export

FORMAT, VERSION = "paddock-genome", 1
MAX_BYTES = 32_000_000
"""A genome file larger than this is refused unread."""


def to_dict(genome: GenomeRecord) -> dict[str, Any]:
    """`genome` as JSON data."""
    return {"format": FORMAT, "version": VERSION, **genome.model_dump(by_alias=True)}


def encode(genome: GenomeRecord) -> bytes:
    """The file of `genome`: equal genomes give equal bytes, and floats keep every bit."""
    text = json.dumps(to_dict(genome), indent=1, sort_keys=True, allow_nan=False)
    return text.encode() + b"\n"


def sha256(genome: GenomeRecord) -> str:
    """The hash of `genome`'s file, hexadecimal."""
    return hashlib.sha256(encode(genome)).hexdigest()


def from_dict(raw: Any, user_functions: Collection[str] = ()) -> GenomeRecord:
    """Read JSON data: ours, or neat-python's own export of a feed-forward or recurrent network.

    Names of functions have to be neat-python's or among `user_functions`. Raises ConfigError that names the field.
    """
    if not isinstance(raw, Mapping):
        raise ConfigError(f"A genome is a JSON object, got {type(raw).__name__}.")
    if is_export(raw):
        genome = genome_of_export(raw)
    else:
        for field, expected in (("format", FORMAT), ("version", VERSION)):
            if raw.get(field) != expected:
                got = json.dumps(raw[field], default=repr)[:120] if field in raw else "nothing"
                raise ConfigError(
                    f"{field}: expected {json.dumps(expected)}, got {got}.",
                    field=field,
                    hint="Genomes come from `paddock`, or from neat.export.export_network_json.",
                )
        genome = validate(GenomeRecord, {key: value for key, value in raw.items() if key not in ("format", "version")})
    check_consistency(genome, user_functions)
    _check_actions(genome)
    return genome


def decode(raw: bytes | str, user_functions: Collection[str] = ()) -> GenomeRecord:
    """Read the content of a genome file; `from_dict` says what is taken and raised."""
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"A genome has at most {MAX_BYTES} bytes, got {len(raw)}.")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:  # JSON or UTF-8 that is none, numbers or nesting without end
        raise ConfigError(f"A genome is JSON: {error}.") from error
    return from_dict(data, user_functions)


def read_genome(path: Path, user_functions: Collection[str] = ()) -> GenomeRecord:
    """Read the genome file `path`; raises ConfigError that names it."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        return decode(raw, user_functions)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ConfigError as error:
        raise ConfigError(f"{path.name}: {error.message}", field=error.field, hint=error.hint) from error


def write_genome(path: Path, genome: GenomeRecord) -> str:
    """Write `genome` to `path`, which holds either the old or the new content at any moment; returns its SHA-256."""
    content = encode(genome)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return hashlib.sha256(content).hexdigest()


def _check_actions(genome: GenomeRecord) -> None:
    if genome.actions is None:
        return
    try:
        outputs = actions_from_dict(genome.actions).outputs
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ConfigError(f"actions: expected a box or discrete, got {error}.", field="actions") from error
    if outputs != genome.outputs:
        raise ConfigError(f"actions: expected one for {genome.outputs} outputs, got {outputs}.", field="actions")
