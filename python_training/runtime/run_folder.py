"""A run's folder on disk: logs/<run>/ for what it tells, checkpoints/<run>/ for what it can be resumed from."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import psutil
from pydantic import Field, TypeAdapter, ValidationError

from python_training import registry
from python_training.contracts.config import SystemConfig, validate
from python_training.contracts.errors import (
    ConfigError,
    PaddockError,
    RunDamagedError,
    StorageError,
    UnknownNameError,
    WorkerUnreachableError,
)
from python_training.contracts.events import MAX_INTEGER, MAX_NAME, EventType
from python_training.contracts.metrics import MetricSpec
from python_training.contracts.plain_data import check_plain
from python_training.contracts.status import RunStatus
from python_training.runtime.checkpoint import CheckpointStore
from python_training.runtime.control import ControlClient, socket_path
from python_training.runtime.journal import JournalWriter
from python_training.runtime.plain_file import json_object, read_plain_file
from python_training.runtime.segments import segment_numbers

MAX_SPEC_BYTES, MAX_WORKER_BYTES = 10_000_000, 10_000
"""run.json and worker.json are read up to so many bytes."""

_RUN_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_END_OF_TIME = 1e11  # the year 5138
_SAME_START_S = 2.0  # psutil derives start times from the boot time, which is known to the second


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What a run is; written once, when it is created.

    Attributes:
        id: e.g. "ppo-20261121-062501-a3f2"; also the name of its folders.
        system: name in the registry.
        name: what the user calls it, may be "".
        config: the complete config the run began with, as plain data.
        seed: the config's seed.
        created: Unix time in seconds.
        threads: how many cores the run may use.
        metrics: everything that it may emit.
        parent: `{run, step}` of the checkpoint that it started from, or None.
        total_steps: the config's `total_steps` where the system has such a field.
        checkpoints_dir: the root folder of checkpoints, relative to the run's folder.
        admitted: of a config from the network, the (kind, value) of names that it may use beside what the server's
            settings allow, since the operator's presets have them; None: it is from a terminal, and may name anything.
        started_in: the folder that it was begun in at a terminal, where modules that its config names are looked for.
    """

    id: str
    system: Annotated[str, Field(min_length=1, max_length=100)]
    name: str
    config: Mapping[str, Any]
    seed: Annotated[int, Field(ge=0, le=MAX_INTEGER)]
    created: Annotated[float, Field(ge=0, le=_END_OF_TIME)]
    threads: Annotated[int, Field(ge=1, le=10_000)]
    metrics: tuple[MetricSpec, ...]
    parent: Mapping[str, Any] | None = None
    total_steps: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = None
    checkpoints_dir: str = "../../checkpoints"
    admitted: tuple[tuple[str, str], ...] | None = None
    started_in: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The spec as the JSON object that run.json holds."""
        return asdict(self)

    @classmethod
    def decode(cls, content: bytes) -> RunSpec:
        """Read a spec written by `to_dict`; raises RunDamagedError that names the field which cannot be one."""
        raw = json_object("run.json", content, error=RunDamagedError)
        try:
            check_plain(raw)
            # A run of an older version did not say what it may name: nothing is admitted then.
            spec = _SPEC.validate_json(json.dumps({"admitted": [], **raw}), strict=True)
        except ConfigError as error:
            raise RunDamagedError(f"run.json: {error.message}") from error
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in fault["loc"])
            raise RunDamagedError(f"run.json: {field}: {fault['msg']}, got {fault['input']!r:.80}.") from error
        for metric in spec.metrics:
            if len(metric.name) > MAX_NAME:
                raise RunDamagedError(f"run.json: metrics: names have at most {MAX_NAME} characters.")
        return spec

    def typed_config(self) -> SystemConfig:
        """The config as the system's own model; raises ConfigError if a newer version does not take it any more."""
        return validate(registry.system(self.system).config_class(), self.config)


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """The process that trains a run: pid and start time identify it, `socket` is where it takes commands."""

    pid: Annotated[int, Field(gt=0, lt=2**31)]
    started: Annotated[float, Field(allow_inf_nan=False)]
    host: str
    socket: str

    @classmethod
    def of_this_process(cls, host: str, socket: Path) -> WorkerInfo:
        """Describe the calling process."""
        return cls(os.getpid(), psutil.Process().create_time(), host, str(socket))

    def to_dict(self) -> dict[str, Any]:
        """The worker as the JSON object that worker.json holds."""
        return asdict(self)

    def is_alive(self) -> bool:
        """Whether that very process (not another one with its pid) still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OverflowError):
            return False


_SPEC = TypeAdapter(RunSpec)
_WORKER = TypeAdapter(WorkerInfo)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where everything about one run lies.

    Raises:
        UnknownNameError: the id is not one that a run could have (so it never leaves `logs_dir`).
    """

    logs_dir: Path
    checkpoints_dir: Path
    id: str
    path: Path = field(init=False)

    def __post_init__(self) -> None:
        if not _RUN_ID.fullmatch(self.id):
            raise UnknownNameError(f"'{self.id[:100]}' is not the id of a run.", field="run")
        object.__setattr__(self, "path", self.logs_dir / self.id)

    @classmethod
    def at(cls, run_dir: Path, checkpoints_dir: Path | None = None) -> RunFolder:
        """The run whose folder is `run_dir`; its run.json says where the checkpoints are."""
        run_dir = run_dir.resolve()
        folder = cls(run_dir.parent, checkpoints_dir or run_dir, run_dir.name)
        if checkpoints_dir is not None:
            return folder
        return cls(run_dir.parent, (run_dir / folder.spec().checkpoints_dir).resolve(), run_dir.name)

    @property
    def spec_path(self) -> Path:
        """run.json: what the run is."""
        return self.path / "run.json"

    @property
    def worker_path(self) -> Path:
        """worker.json: who trains it; only there while somebody does (or died doing it)."""
        return self.path / "worker.json"

    @property
    def log_path(self) -> Path:
        """worker.log: what the worker printed."""
        return self.path / "worker.log"

    @property
    def tensorboard_path(self) -> Path:
        """tb/: TensorBoard's event files."""
        return self.path / "tb"

    @property
    def checkpoints_path(self) -> Path:
        """checkpoints/<run>/, which exists from the first checkpoint on."""
        return self.checkpoints_dir / self.id

    @property
    def socket_path(self) -> Path:
        """Where a worker started with this environment listens; ask `control` to reach one that runs."""
        return socket_path(self.path)

    def exists(self) -> bool:
        """Whether there is such a run, damaged or not: one has a run.json, or at least a journal."""
        return os.path.lexists(self.spec_path) or bool(segment_numbers(self.path))

    def spec(self) -> RunSpec:
        """Read run.json; raises UnknownNameError if there is no such run, RunDamagedError if the file is damaged."""
        if not os.path.lexists(self.spec_path):
            if segment_numbers(self.path):
                raise RunDamagedError("run.json is missing.")
            raise UnknownNameError(f"There is no run '{self.id}'.", field="run")
        spec = RunSpec.decode(read_plain_file(self.spec_path, MAX_SPEC_BYTES, follow=True, error=RunDamagedError))
        if spec.id != self.id:
            raise RunDamagedError(f"run.json is that of another run, {spec.id[:100]}.")
        return spec

    def worker(self) -> WorkerInfo | None:
        """Who trains the run, or died doing so; None if nobody does, or worker.json cannot be read."""
        try:
            info: WorkerInfo = _WORKER.validate_json(
                read_plain_file(self.worker_path, MAX_WORKER_BYTES, follow=True), strict=True
            )
            check_plain(info.socket)
        except (PaddockError, ValidationError):
            return None
        return info

    def worker_alive(self) -> bool:
        """Whether a process trains this run at the moment."""
        worker = self.worker()
        return worker is not None and worker.is_alive()

    def control(self, timeout: float = 2.0) -> ControlClient:
        """A client for the worker's control socket; raises WorkerUnreachableError if no worker lives."""
        worker = self.worker()
        if worker is None or not worker.is_alive():
            raise WorkerUnreachableError(f"Nobody trains the run {self.id} at the moment.", hint="Start it first.")
        return ControlClient(Path(worker.socket), timeout)

    def checkpoints(self) -> CheckpointStore:
        """The run's checkpoints."""
        return CheckpointStore(self.checkpoints_path)


def create_run(
    logs_dir: Path,
    checkpoints_dir: Path,
    *,
    system: str,
    config: Mapping[str, Any],
    name: str = "",
    threads: int = 1,
    parent: Mapping[str, Any] | None = None,
    host_here: bool = False,
    admitted: Sequence[tuple[str, str]] | None = None,
) -> RunFolder:
    """Create a queued run. `config` must be resolved already (`presets.resolve`).

    Whoever passes a config on from the network says which names of it are `admitted`, see RunSpec.

    With `host_here` the calling process is its worker from the first moment on, so that no supervisor starts another
    one before the caller comes to call `loop.host`.

    Raises:
        UnknownNameError: there is no such system.
        ConfigError: the config is not one of that system.
        StorageError, OSError: the disk is full or refuses; nothing of the run is left then.
    """
    entry = registry.system(system)
    model = validate(entry.config_class(), config)
    model.require_one_value()
    check_plain({"name": name, "parent": parent})
    metrics = entry.metric_specs(model)
    check_plain([spec.to_dict() for spec in metrics], "metrics")
    folder = _new_folder(logs_dir.resolve(), checkpoints_dir.resolve(), system)
    spec = RunSpec(
        id=folder.id,
        system=system,
        name=name,
        config=model.model_dump(mode="json"),
        seed=model.seed,
        created=round(time.time(), 3),
        threads=threads,
        metrics=metrics,
        parent=dict(parent) if parent else None,
        total_steps=getattr(model, "total_steps", None),
        checkpoints_dir=os.path.relpath(folder.checkpoints_dir, folder.path),
        admitted=None if admitted is None else tuple(admitted),
        started_in=str(Path.cwd()) if host_here else "",
    )
    try:
        _write_run(folder, spec, host_here=host_here)
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)  # half a run is none
        raise
    return folder


def _write_run(folder: RunFolder, spec: RunSpec, *, host_here: bool) -> None:
    with JournalWriter(folder.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.QUEUED)
        require_written(journal)
        if host_here:
            info = WorkerInfo.of_this_process("terminal", folder.socket_path)
            write_json(folder.worker_path, info.to_dict())
        # A folder is a run once run.json is there: then its journal has a status, too.
        write_json(folder.spec_path, spec.to_dict())


def require_written(journal: JournalWriter) -> None:
    """Raise StorageError unless all that was appended is in the file: a journal by itself only waits for room."""
    if not journal.flush(sync=True):
        raise StorageError("The journal cannot be written: the disk is full or refuses.")


def list_runs(logs_dir: Path, checkpoints_dir: Path) -> list[RunFolder]:
    """All runs that can be read, the newest last."""
    return _sorted_out(logs_dir, checkpoints_dir)[0]


def damaged_runs(logs_dir: Path, checkpoints_dir: Path) -> list[tuple[RunFolder, str]]:
    """The runs whose run.json cannot be read, by name, each with what is wrong."""
    return _sorted_out(logs_dir, checkpoints_dir)[1]


def _sorted_out(logs_dir: Path, checkpoints_dir: Path) -> tuple[list[RunFolder], list[tuple[RunFolder, str]]]:
    good: list[tuple[float, str, RunFolder]] = []
    damaged: list[tuple[RunFolder, str]] = []
    for path in sorted(logs_dir.iterdir()) if logs_dir.is_dir() else ():
        if not _RUN_ID.fullmatch(path.name):
            continue
        folder = RunFolder(logs_dir, checkpoints_dir, path.name)
        try:
            good.append((folder.spec().created, folder.id, folder))
        except UnknownNameError:
            continue  # some other folder
        except RunDamagedError as error:
            damaged.append((folder, error.message))
    return [folder for _, _, folder in sorted(good, key=lambda each: each[:2])], damaged


def write_json(path: Path, value: Any, indent: int | None = 2) -> None:
    """Write `value` so that a reader sees the old file or the new one, never a part, even after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w") as file:
        json.dump(value, file, indent=indent, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _new_folder(logs_dir: Path, checkpoints_dir: Path, system: str) -> RunFolder:
    while True:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        folder = RunFolder(logs_dir, checkpoints_dir, f"{system}-{stamp}-{secrets.token_hex(2)}")
        try:
            folder.path.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
