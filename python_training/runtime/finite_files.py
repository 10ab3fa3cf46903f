"""Finds numbers that are not finite in the files of a checkpoint, without NumPy: the web process looks, too."""

from __future__ import annotations

import ast
import json
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from python_training.contracts.errors import NotFiniteError

_CODES = {"f2": "e", "f4": "f", "f8": "d", "c8": "f", "c16": "d"}
"""What a NumPy dtype holds, in the letters of the struct module; complex numbers are two."""

_CHUNK = 1 << 20
_MAX_HEADER = 1 << 20


def require_finite(folder: Path) -> None:
    """Raise NotFiniteError if a number in a file below `folder` is NaN or infinite.

    Looked at are arrays (.npz, .npy) and JSON (.json, .jsonl). What cannot be read as such is left to whoever loads it.
    """
    for path in sorted(folder.rglob("*")):
        fault = next(_faults(path), None) if path.is_file() and not path.is_symlink() else None
        if fault is not None:
            raise NotFiniteError(f"{path.relative_to(folder).as_posix()} holds a number that is not finite: {fault}.")


def _faults(path: Path) -> Iterator[str]:
    """What is not finite in one file, in words."""
    try:
        if path.suffix == ".npz":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    with archive.open(name) as member:
                        if bad := _bad_elements(member):
                            yield f"{name.removesuffix('.npy')} ({bad})"
        elif path.suffix == ".npy":
            with path.open("rb") as file:
                if bad := _bad_elements(file):
                    yield bad
        elif path.suffix in (".json", ".jsonl"):
            texts = [path.read_text()] if path.suffix == ".json" else path.read_text().splitlines()
            for text in texts:
                json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except _FoundError as found:
        yield str(found)
    except (OSError, ValueError, RecursionError, SyntaxError, KeyError, TypeError, zipfile.BadZipFile, struct.error):
        return


def _bad_elements(file: IO[bytes]) -> str:
    """How many elements of an array in NumPy's format are not finite, "" if all are."""
    code, order = _element(file)
    if code is None:
        return ""
    size = struct.calcsize(code)
    bad = total = 0
    while chunk := file.read(_CHUNK):
        count = len(chunk) // size
        numbers = struct.unpack(f"{order}{count}{code}", chunk[: count * size])
        total += count
        # The sum is finite only if all are; where it is not, they are looked at one by one.
        if not math.isfinite(sum(numbers)):
            bad += sum(not math.isfinite(number) for number in numbers)
    return f"{bad} of {total}" if bad else ""


def _element(file: IO[bytes]) -> tuple[str | None, str]:
    """The struct code of the elements and their byte order, None if they are no floats (numpy.lib.format)."""
    if file.read(6) != b"\x93NUMPY":
        raise ValueError("not an array")
    major = file.read(2)[0]
    (length,) = struct.unpack("<H" if major == 1 else "<I", file.read(2 if major == 1 else 4))
    if length > _MAX_HEADER:
        raise ValueError("the header is too long")
    described: Any = ast.literal_eval(file.read(length).decode("latin1"))["descr"]
    return _CODES.get(described[1:]), ">" if described[0] == ">" else "<"


class _FoundError(Exception):
    """A number in JSON that is not finite."""


def _refuse(text: str) -> NoReturn:
    raise _FoundError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse(text)
    return number
