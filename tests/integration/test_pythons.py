"""Every Python that is said to be supported: make finds it, and runs are the same on each, bit for bit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from backend.cli import checks
from python_training.registry import SYSTEMS
from python_training.runtime.run_folder import RunFolder, create_run
from python_training.testing.runs import deterministic_points, newest_files

REPOSITORY = Path(__file__).resolve().parents[2]
VERSIONS = ((3, 11), (3, 12), (3, 13))
THIS = ".".join(map(str, sys.version_info[:2]))
TELL = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2], sys.executable)"

SHORT: dict[str, dict[str, Any]] = {
    "ppo": {
        "env": "lunabotics",
        "total_steps": 2_000,
        "num_envs": 8,
        "rollout_length": 64,
        "batch_size": 128,
        "num_epochs": 2,
        "eval_every": 2,
        "eval_episodes": 2,
    },
    "neat": {
        "env": "arena",
        "generations": 6,
        "pop_size": 24,
        "bouts": 3,
        "held_out_bouts": 4,
        "sim_duration": 8.0,
        "snapshot_interval": 2,
    },
    "tuner": {
        "objective": "battlesnake",
        "games": 40,
        "max_games": 320,
        "baseline_games": 20,
        "tournament_games": 0,
        "use_llm": False,
        "search": {"games_per_candidate": 80},
    },
}
"""Seconds of each training system, in a world that a person would train."""


def told(python: str | Path) -> tuple[str, Path] | None:
    """Version ("3.12") and path of a Python, None if it makes no virtual environments or is none (a shim of pyenv)."""
    done = subprocess.run([python, "-c", TELL], capture_output=True, text=True, timeout=60)
    version, _, path = done.stdout.strip().partition(" ")
    return (version, Path(path)) if done.returncode == 0 else None


def installed() -> dict[str, Path]:
    """The supported Pythons of this machine by version: those on the PATH, and those that pyenv keeps."""
    found: dict[str, Path] = {}
    kept_by_pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in (minor for _, minor in VERSIONS):
        on_path = shutil.which(f"python3.{minor}")
        for python in [*([on_path] if on_path else []), *kept_by_pyenv.glob(f"3.{minor}.*/bin/python3.{minor}")]:
            answer = told(python)
            if answer is not None and answer[0] == f"3.{minor}":
                found.setdefault(answer[0], answer[1])
    return found


INSTALLED = installed()
OTHERS = sorted(set(INSTALLED) - {THIS})


def make(tmp_path: Path, *arguments: str, **programs: str) -> subprocess.CompletedProcess[str]:
    """Make in an empty checkout, on a machine that has no programs but a shell and these, whose scripts are given."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    makes = shutil.which("make")
    assert makes, "make is not installed"
    return subprocess.run(
        [makes, ".venv/bin/python", *arguments],
        cwd=tmp_path,
        env={"PATH": str(folder), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_one_list_of_pythons() -> None:
    """pyproject.toml, its classifiers, the checkers' targets, `paddock doctor` and README name the same versions."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    written = [f"{major}.{minor}" for major, minor in VERSIONS]
    assert project["project"]["requires-python"] == f">={written[0]},<3.{VERSIONS[-1][1] + 1}"
    classifier = "Programming Language :: Python :: "
    named = [text.removeprefix(classifier) for text in project["project"]["classifiers"] if text.startswith(classifier)]
    assert [name for name in named if "." in name] == written
    assert project["tool"]["ruff"]["target-version"] == f"py{written[0].replace('.', '')}"
    assert project["tool"]["mypy"]["python_version"] == written[0]
    assert checks.PYTHONS == VERSIONS
    assert f"Python {written[0]}, {written[1]} or {written[2]}" in (REPOSITORY / "README.md").read_text()
    assert f"FROM python:{written[0]}-slim" in (REPOSITORY / "deploy" / "Dockerfile").read_text()


def test_the_lock_is_one_for_all_pythons() -> None:
    """No package has another version on another Python: NumPy's releases round differently."""
    lock = (REPOSITORY / "requirements" / "dev.lock").read_text()
    names = re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
    assert len(names) > 100
    assert {name for name in names if names.count(name) > 1} == set()


@pytest.mark.parametrize("wanted", sorted(INSTALLED))
def test_make_finds_the_only_python_there_is(wanted: str, tmp_path: Path) -> None:
    """A machine with one supported Python, under its versioned name, gets its virtual environment from that one."""
    done = make(tmp_path, **{f"python{wanted}": f'exec "{INSTALLED[wanted]}" "$@"'})
    assert done.returncode == 0, done.stderr
    made = told(tmp_path / ".venv/bin/python")
    assert made is not None
    assert made[0] == wanted


def test_make_passes_over_pythons_that_do_not_work_here(tmp_path: Path) -> None:
    """A shim that only says "command not found", and a Python that is too old, do not hide the one that serves."""
    good = f'exec "{sys.executable}" "$@"'
    done = make(
        tmp_path, "-n", **{"python3.11": "exit 127", "python3.12": "exit 1", "python3": "exit 1", "python": good}
    )
    assert done.returncode == 0, done.stderr
    assert "\npython -m venv" in done.stdout


def test_make_takes_the_python_that_is_named(tmp_path: Path) -> None:
    """PYTHON=... goes before whatever would be found."""
    named = str(sys.executable)
    done = make(tmp_path, "-n", f"PYTHON={named}", **{"python3.11": "exit 0"})
    assert f"\n{named} -m venv" in done.stdout


@pytest.mark.parametrize(("version", "code"), [("3.12", 0), ("3.13", 2)])
def test_make_does_not_pass_over_another_python_than_the_one_named(version: str, code: int, tmp_path: Path) -> None:
    """Where the virtual environment holds another version, `make setup PYTHON=...` says what to do first."""
    makes = tmp_path / ".venv" / "bin"
    makes.mkdir(parents=True)
    for python, answer in ((makes / "python", "3.12"), (tmp_path / "named", version)):
        python.write_text(f"#!/bin/sh\necho {answer}\n")
        python.chmod(0o755)
    there = ("-o", ".venv/installed", "-o", ".venv/kernels", "-o", "frontend/dist/built")
    done = make(tmp_path, *there, "setup", f"PYTHON={tmp_path / 'named'}")
    assert done.returncode == code, done.stderr
    assert ("make clean first" in done.stderr) is (code != 0)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [((), "none was found"), (("PYTHON=python3.9",), "python3.9 is none")],
    ids=["nothing there", "a wrong one named"],
)
def test_make_says_what_is_missing(arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    """Without a Python that serves, one line says which would, and how to name one; nothing is half made."""
    done = make(tmp_path, *arguments, **{"python3.9": "exit 1"})
    assert done.returncode != 0
    assert complaint in done.stderr
    assert re.search(r"needs Python 3\.11, 3\.12 or 3\.13 .* PYTHON=/path", done.stderr)
    assert not (tmp_path / ".venv").exists()


def train(python: Path, root: Path, system: str) -> RunFolder:
    """A short run of a system, trained to its end by a worker of that Python."""
    folder = create_run(root / "logs", root / "checkpoints", system=system, config=SHORT[system])
    done = subprocess.run(
        [python, "-m", "python_training.runtime", folder.path],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunFolder]:
    """A run of each system on the Python of these tests."""
    root = tmp_path_factory.mktemp(f"python-{THIS}")
    return {system: train(Path(sys.executable), root, system) for system in SHORT}


@pytest.fixture(scope="module", params=OTHERS or [pytest.param("", marks=pytest.mark.skip("NOT TESTED: one Python"))])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lock, installed for another Python of this machine."""
    folder = tmp_path_factory.mktemp(f"python-{request.param}")
    uv = Path(sys.executable).with_name("uv")
    python = folder / "venv" / "bin" / "python"
    lock = REPOSITORY / "requirements" / "dev.lock"
    for command in (
        [INSTALLED[request.param], "-m", "venv", folder / "venv"],
        [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
        assert done.returncode == 0, done.stderr
    return python


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("system", sorted(SHORT))
def test_a_run_is_the_same_on_every_python(
    system: str, other: Path, expected: dict[str, RunFolder], tmp_path: Path
) -> None:
    """Equal seeds give equal deterministic metrics and equal files in the checkpoint, to the last bit."""
    there = train(other, tmp_path, system)
    assert len(deterministic_points(there)) > 2
    assert deterministic_points(there) == deterministic_points(expected[system])
    assert newest_files(there) == newest_files(expected[system])


def test_every_system_is_compared() -> None:
    """A new training system needs a short run here."""
    assert set(SHORT) == {system.name for system in SYSTEMS.values() if not system.hidden}
