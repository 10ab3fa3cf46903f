"""What the terminal shows: text for people, one JSON object for programs, and errors in the same two shapes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from python_training.contracts.errors import ConfigError, PaddockError
from python_training.contracts.number_text import write_number
from python_training.runtime.output import shown

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")]


def emit(payload: Mapping[str, Any]) -> None:
    """Print the one JSON object of a command called with --json."""
    print(json.dumps(payload, allow_nan=False))


def show_error(error: PaddockError, *, as_json: bool) -> None:
    """`{"error": {...}}` on stdout for programs, else one line (and one for the hint) on stderr."""
    if as_json:
        emit({"error": error.to_dict()})
        return
    print(f"Error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"Hint: {error.hint}", file=sys.stderr)
    if isinstance(error, ConfigError):
        for each in error.more:
            print(f"Error: {each.message}" + (f" {each.hint}" if each.hint else ""), file=sys.stderr)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns padded to their widest cell, as it is shown, two spaces apart."""
    lines = [[shown(cell) for cell in line] for line in (header, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def number(value: float | int | None) -> str:
    """A metric's value as people read it, "-" for none."""
    return "-" if value is None else write_number(value)


def duration(seconds: float) -> str:
    """A span of time as people read it: 42s, 3m 05s, 2h 07m, 5d 3h."""
    whole = max(0, round(seconds))
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days}d {hours}h"
    if hours:
        return f"{hours}h {minutes:02d}m"
    return f"{minutes}m {whole % 60:02d}s" if minutes else f"{whole}s"
