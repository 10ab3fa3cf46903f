"""The checks of `paddock doctor`. Each looks at one thing and changes nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_training.contracts.errors import ConfigError, PaddockError

if TYPE_CHECKING:
    from backend.settings import Settings

PYTHONS = ((3, 11), (3, 12), (3, 13))
"""Those that the lock holds for; pyproject.toml, the Makefile and the README name the same."""

PACKAGES = ("flask", "flask-socketio", "eventlet", "sqlalchemy", "pydantic", "numpy", "numba", "gymnasium", "tf-agents")
IMPORTS = {"numba": "import numba", "TensorFlow": "import tensorflow as tf; tf.constant(1.0).numpy()"}
IMPORT_TIMEOUT_S = 180
LOW_DISK_BYTES = 2 * 10**9
FULL_DISK_BYTES = 100 * 10**6
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class State(StrEnum):
    """How a check came out. WARN: something optional is missing, or something will soon be."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `hint` says what to do about it."""

    name: str
    state: State
    found: str
    hint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON, without an empty hint."""
        shown = {"name": self.name, "state": self.state.value, "found": self.found}
        return shown | {"hint": self.hint} if self.hint else shown


def all_checks(*, quick: bool) -> Iterator[Check]:
    """Every finding, in the order in which one would repair things."""
    yield _python()
    yield from map(_package, PACKAGES)
    if not quick:
        for name, code in IMPORTS.items():
            yield _import(name, code)
    try:
        from backend.settings import load_settings

        settings = load_settings()
    except PaddockError as error:
        yield Check("settings", State.FAIL, error.message, error.hint or "")
        return
    yield Check("settings", State.OK, f"http://{settings.host}:{settings.port}")
    for name, folder in (("logs", settings.logs_dir), ("checkpoints", settings.checkpoints_dir)):
        yield _writable(name, folder)
    yield _disk(settings.logs_dir)
    yield _sockets()
    yield _port(settings)
    yield _dashboard(settings.static_dir)
    yield _threads(settings)
    yield _mlflow(settings)
    yield _video()
    yield _browser()


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] in PYTHONS:
        return Check("python", State.OK, found)
    wanted = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    return Check("python", State.FAIL, found, f"Paddock is tested with Python {wanted}: make clean setup PYTHON=...")


def _package(name: str) -> Check:
    try:
        return Check(name, State.OK, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, State.FAIL, "not installed", "make setup")


def _import(name: str, code: str) -> Check:
    """Import in a process of its own: what breaks there (a missing CPU instruction, say) does not break this one."""
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=IMPORT_TIMEOUT_S, env=environment
        )
    except subprocess.TimeoutExpired:
        return Check(f"{name} runs", State.FAIL, f"no answer within {IMPORT_TIMEOUT_S} s")
    if done.returncode == 0:
        return Check(f"{name} runs", State.OK, "yes")
    said = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
    return Check(f"{name} runs", State.FAIL, said[0][:200], "make setup")


def _writable(name: str, folder: Path) -> Check:
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Check(f"{name} folder", State.OK, str(folder))
    except OSError as error:
        hint = f"Make it writable, or set PADDOCK_{name.upper()}_DIR."
        return Check(f"{name} folder", State.FAIL, f"{folder}: {error.strerror}", hint)


def _disk(folder: Path) -> Check:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free"
    if free < FULL_DISK_BYTES:
        return Check("disk", State.FAIL, found, "Delete old runs: paddock runs delete RUN")
    if free < LOW_DISK_BYTES:
        return Check("disk", State.WARN, found, "Checkpoints will soon not fit: paddock runs delete RUN")
    return Check("disk", State.OK, found)


def _sockets() -> Check:
    from python_training.runtime.control import private_folder, socket_path

    folder = socket_path(Path.cwd()).parent
    try:
        private_folder(folder)
    except PaddockError as error:
        return Check("control sockets", State.FAIL, error.message, error.hint or "")
    return Check("control sockets", State.OK, str(folder))


def _port(settings: Settings) -> Check:
    from backend.cli import server_link

    name = f"port {settings.port}"
    if server_link.health() is not None:
        return Check(name, State.OK, "a Paddock server answers")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            hint = "Set PADDOCK_PORT, or: paddock serve --port N"
            return Check(name, State.FAIL, f"{settings.host}: {error.strerror}", hint)
    return Check(name, State.OK, "free")


def _dashboard(folder: Path) -> Check:
    if (folder / "index.html").is_file():
        return Check("dashboard", State.OK, "built")
    return Check("dashboard", State.WARN, f"not built in {folder}", "make start builds it; REST works without.")


def _threads(settings: Settings) -> Check:
    found = f"{settings.max_concurrent_runs} run(s) at once with {settings.threads_per_run} thread(s) each"
    cores = os.cpu_count() or 1
    if settings.max_concurrent_runs * settings.threads_per_run <= cores:
        return Check("threads", State.OK, f"{found}, {cores} cores")
    hint = "Runs will fight for cores: lower PADDOCK_THREADS_PER_RUN or PADDOCK_MAX_CONCURRENT_RUNS."
    return Check("threads", State.WARN, f"{found}, but {cores} cores", hint)


def _mlflow(settings: Settings) -> Check:
    try:
        store = settings.mlflow()
    except ConfigError as error:
        return Check("mlflow", State.FAIL, error.message, error.hint or "")
    return Check("mlflow", State.OK, f"runs are logged to {store.shown}" if store else "off")


def _video() -> Check:
    import imageio_ffmpeg

    try:
        return Check("ffmpeg", State.OK, f"version {imageio_ffmpeg.get_ffmpeg_version()}")
    except (RuntimeError, OSError) as error:
        return Check("ffmpeg", State.WARN, str(error).splitlines()[0], "paddock render still writes GIF.")


def _browser() -> Check:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return Check("browser for tests", State.OK, found)
    return Check("browser for tests", State.WARN, "none", "Only the tests of the dashboard need Chromium.")
