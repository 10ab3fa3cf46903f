"""What a checkpoint says about itself: manifest.json, which has every file's hash, written last, read with distrust."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from python_training.contracts.errors import CheckpointDamagedError, CheckpointError, PaddockError
from python_training.contracts.events import MAX_INTEGER
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.plain_data import check_plain
from python_training.runtime.plain_file import json_object, open_plain_file, read_plain_file

MANIFEST = "manifest.json"
FORMAT = 1
PIN = "pinned"
_MAX_MANIFEST_BYTES = 10_000_000
_END_OF_TIME = 1e11  # the year 5138
_PACKAGES = (
    "paddock",
    "numpy",
    "numba",
    "gymnasium",
    "tensorflow-cpu",
    "tensorflow",
    "tf-keras",
    "tensorflow-probability",
    "tf-agents",
    "neat-python",
    "optuna",
    "cmaes",
)


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """One file of a checkpoint; `name` is its path inside the folder."""

    name: str
    bytes: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """The file as the JSON object that the manifest holds."""
        return {"name": self.name, "bytes": self.bytes, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """What a manifest says about a checkpoint.

    Attributes:
        step: the step of training that it holds.
        name: name of its folder.
        t: Unix time in seconds at which it was written.
        reason: periodic, best, milestone, save, stop or finished.
        bytes: size of all files together.
        sha256: hash of manifest.json, which holds the hashes of all files.
        metrics: the latest finite value of every metric at that step.
        config: the config at that step, live changes included.
        versions: of the packages that it depends on, as they were when it was written.
        pinned: kept until it is unpinned.
        best: has the best value of the primary metric of all that are there (the earliest of equals).
    """

    step: int
    name: str
    path: Path
    t: float
    reason: str
    bytes: int
    sha256: str
    metrics: Mapping[str, float]
    files: tuple[CheckpointFile, ...]
    system: str
    config: Mapping[str, Any]
    primary: MetricSpec | None
    versions: Mapping[str, str] = field(default_factory=dict)
    pinned: bool = False
    best: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The checkpoint as the JSON object that REST shows."""
        return {
            "step": self.step,
            "name": self.name,
            "t": self.t,
            "reason": self.reason,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "metrics": dict(self.metrics),
            "files": [file.to_dict() for file in self.files],
            "pinned": self.pinned,
            "best": self.best,
        }


def read_manifest(path: Path, step: int) -> CheckpointInfo:
    """Read a manifest, believing nothing in it; raises CheckpointDamagedError."""
    try:
        content = read_plain_file(path / MANIFEST, _MAX_MANIFEST_BYTES)
        raw = json_object(MANIFEST, content)
        check_plain(raw)
        if raw["format"] != FORMAT or raw["step"] != step:
            raise ValueError(f"expected format {FORMAT} and step {step}, got {raw['format']!r} and {raw['step']!r}")
        files = tuple(
            CheckpointFile(str(each["name"]), int(each["bytes"]), str(each["sha256"])) for each in raw["files"]
        )
        for file in files:
            inside = PurePosixPath(file.name)
            if inside.is_absolute() or ".." in inside.parts:
                raise ValueError(f"{file.name!r} is outside of the checkpoint")
        if not 0 <= raw["t"] < _END_OF_TIME:
            raise ValueError(f"t: expected Unix time, got {raw['t']!r:.40}")
        if any(not 0 <= file.bytes <= MAX_INTEGER for file in files):
            raise ValueError("bytes: expected the size of a file")
        return CheckpointInfo(
            step=step,
            name=path.name,
            path=path,
            t=float(raw["t"]),
            reason=str(raw["reason"]),
            bytes=sum(file.bytes for file in files),
            sha256=hashlib.sha256(content).hexdigest(),
            metrics={str(name): _finite(name, value) for name, value in raw["metrics"].items()},
            files=files,
            system=str(raw["system"]),
            config=dict(raw["config"]),
            primary=MetricSpec.from_dict(raw["primary"]) if raw["primary"] else None,
            versions={str(name): str(version) for name, version in raw.get("versions", {}).items()},
            pinned=(path / PIN).exists(),
        )
    except (PaddockError, OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        wrong = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise CheckpointDamagedError(f"Checkpoint {step}: its manifest cannot be used ({wrong}).") from error


def _finite(name: str, value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}")
    return number


def seal(folder: Path) -> list[CheckpointFile]:
    """Hash and fsync everything below `folder`; raises CheckpointError for what is no plain file."""
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise CheckpointError(f"A checkpoint may only hold plain files, got {path.name}.")
        if path.is_dir():
            sync_folder(path)
            continue
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        files.append(CheckpointFile(path.relative_to(folder).as_posix(), path.stat().st_size, sha256(path)))
    sync_folder(folder)
    return files


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with os.fdopen(open_plain_file(path, follow=False), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def other_versions(written: Mapping[str, str]) -> str:
    """Which of the packages that a checkpoint was `written` with are others here, in words; "" if none is."""
    here = versions()
    return ", ".join(
        f"{name} {version} (here {here[name]})" if name in here else f"{name} {version} (not installed here)"
        for name, version in sorted(written.items())
        if here.get(name) != version
    )


@cache
def versions() -> Mapping[str, str]:
    """Versions of the installed packages that a checkpoint depends on."""
    found = {}
    for package in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found
