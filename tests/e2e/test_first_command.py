"""The README's first command, typed as a newcomer types it, until the dashboard shows what the rover has learned.

In the checkout at hand make's own recipe runs, in a folder where nothing was trained yet. In a fresh clone, which takes
minutes, make runs whole: what it installs, compiles and builds there is what a newcomer would get from this commit.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from python_training.testing.runs import wait_for
from tests.e2e.conftest import REPOSITORY, free_port

pytestmark = pytest.mark.timeout(300)

ANNOUNCED = re.compile(r"^Paddock is at (http://\S+)$", re.MULTILINE)
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
CHART_WITH_POINTS = '[data-testid^="chart-"][data-points]:not([data-points="0"])'

INSTALLED_S = 900
"""How long a fresh clone may take to install everything, compile the kernels and build the dashboard."""

WITHOUT_NETWORK = {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "NPM_CONFIG_OFFLINE": "true"}
"""Under these every installer of the Makefile refuses to fetch anything."""


def first_command(readme: Path = REPOSITORY / "README.md") -> list[str]:
    """The words of the first line of the first shell block."""
    block = SHELL_BLOCK.search(readme.read_text())
    assert block, f"{readme} shows no command"
    return shlex.split(block[1].splitlines()[0], comments=True)


def environment(**further: str) -> dict[str, str]:
    """What a newcomer's shell has: nothing of ours, nothing of the make that runs this test."""
    ours = re.compile(r"PADDOCK_|DATABASE_URL$|MAKE|MFLAGS$|VIRTUAL_ENV$|PYTEST_|TF_")
    kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
    own = str(REPOSITORY / ".venv" / "bin")
    kept["PATH"] = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if part != own)
    return kept | further


def told(*command: str, folder: Path, **variables: str) -> str:
    """What a program prints that is done soon."""
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed"
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Typed:
    """A command of a shell in `folder`, in a process group of its own as a terminal would put it, output in a file."""

    def __init__(self, command: str, folder: Path, log: Path, variables: Mapping[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-ec", command],
                cwd=folder,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What was printed so far."""
        return self._log.read_text()

    def url(self, seconds: float) -> str:
        """Where the dashboard is, as soon as that is printed."""

        def announced() -> str | None:
            found = ANNOUNCED.search(self.output)
            assert found or self._process.poll() is None, f"It ended with {self._process.poll()}:\n{self.output}"
            return found[1] if found else None

        return wait_for(announced, f"the command to serve:\n{self.output}", seconds)

    def press_ctrl_c(self) -> None:
        """Interrupt everything that the terminal runs, and wait for its end."""
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(timeout=60)

    def finish(self, seconds: float = 60) -> int:
        """Wait for its own end; returns the exit code."""
        return self._process.wait(timeout=seconds)

    def clean_up(self) -> None:
        """End it if a failed test has left it behind."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Newcomer:
    """Somebody who types commands in `folder` and looks at the dashboard."""

    def __init__(self, folder: Path, notes: Path, **variables: str) -> None:
        self.folder = folder
        self._notes = notes
        self._variables = variables
        self._typed: list[Typed] = []

    def type(self, command: str, **variables: str) -> Typed:
        """Begin a command."""
        log = self._notes / f"typed-{len(self._typed)}.log"
        self._typed.append(Typed(command, self.folder, log, self._variables | variables))
        return self._typed[-1]

    def clean_up(self) -> None:
        """End what is left, the runs that go on without a server last."""
        for typed in self._typed:
            typed.clean_up()
        if (self.folder / ".venv/bin/paddock").exists():
            self.type(".venv/bin/paddock stop --all").finish(120)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where output is kept, outside of what the newcomer sees."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def in_the_checkout(tmp_path: Path, notes: Path) -> Iterator[Newcomer]:
    """In this checkout, which is set up, with an empty folder for what is trained."""
    root = tmp_path / "root"
    root.mkdir()
    newcomer = Newcomer(REPOSITORY, notes, PADDOCK_ROOT=str(root))
    yield newcomer
    newcomer.clean_up()


@pytest.fixture
def in_a_clone(tmp_path: Path, notes: Path) -> Iterator[Newcomer]:
    """In a fresh clone of the commit at hand, in an empty folder."""
    clone = tmp_path / "clone"
    # In CI the checkout may belong to somebody else than who runs this, which git would refuse.
    anybodys = notes / "gitconfig"
    anybodys.write_text("[safe]\n\tdirectory = *\n")
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(clone)]
    told(*command, folder=tmp_path, GIT_CONFIG_GLOBAL=str(anybodys))
    newcomer = Newcomer(clone, notes)
    yield newcomer
    newcomer.clean_up()


def see_a_metric(page: Page, url: str, *, after: int = 0) -> tuple[str, int]:
    """From the front page to the one run's page, until a chart has a point beyond step `after`; run and step."""
    page.goto(url)
    row = page.get_by_test_id("run-row")
    expect(row).to_have_count(1, timeout=30_000)
    run = row.get_attribute("data-run") or ""
    row.get_by_role("link").first.click()
    page.wait_for_url(re.compile(rf"/runs/{re.escape(run)}/"))
    expect(page.get_by_test_id("run-status")).to_have_text(re.compile("running", re.I), timeout=60_000)
    expect(page.locator(CHART_WITH_POINTS).first).to_be_visible(timeout=120_000)

    def shown_step() -> int | None:
        taken, _, total = page.get_by_test_id("run-progress").inner_text().partition(" of ")
        assert "steps" in total
        step = int(taken.replace(",", ""))
        return step if step > after else None

    step = wait_for(shown_step, f"a step above {after} on the dashboard", 120)
    series = requests.get(f"{url}/api/v1/runs/{run}/metrics?names=loss", timeout=30).json()["series"]["loss"]
    assert max(series["step"]) > after
    return run, step


def start_twice(newcomer: Newcomer, page: Page, command: str, second: str, seconds: float) -> tuple[Typed, Typed]:
    """Start, see a metric, press Ctrl+C, start again, see the same run go on; a third start finds the server."""
    first = newcomer.type(command)
    run, step = see_a_metric(page, first.url(seconds))
    assert f"Began {run}" in first.output
    first.press_ctrl_c()
    assert "Stopping; runs go on." in first.output

    again = newcomer.type(second, **WITHOUT_NETWORK)
    url = again.url(60)
    assert f"{run} is running" in again.output
    assert see_a_metric(page, url, after=step)[0] == run

    beside = newcomer.type(second, **WITHOUT_NETWORK)
    assert beside.finish() == 0, beside.output
    assert f"Paddock is at {url} already." in beside.output
    again.press_ctrl_c()
    return first, again


def test_the_first_command_of_the_readme_trains_a_rover(in_the_checkout: Newcomer, page: Page) -> None:
    """Make's recipe begins a run whose metrics the dashboard shows; a second start goes on with that run."""
    words = first_command()
    assert words == ["make", "start"]
    # What `setup` makes is there; its recipes are left out, so that the file times of a checkout do not matter.
    recipe = told("make", "-n", "-o", "setup", *words[1:], f"PORT={free_port()}", folder=REPOSITORY)
    start_twice(in_the_checkout, page, recipe, recipe, 60)


@pytest.mark.slow
@pytest.mark.timeout(INSTALLED_S + 600)
def test_a_fresh_clone_starts_with_the_first_command_of_the_readme(in_a_clone: Newcomer, page: Page) -> None:
    """It installs what is missing; the second time it fetches and builds nothing. Git sees no file that was left."""
    command = f"{shlex.join(first_command(in_a_clone.folder / 'README.md'))} PORT={free_port()}"
    _, again = start_twice(in_a_clone, page, command, command, INSTALLED_S)
    run_by_make = [line for line in again.output.splitlines() if re.match(r"\S*(\.venv/bin|npm|touch|test)", line)]
    assert [line.split()[:2] for line in run_by_make] == [[".venv/bin/paddock", "serve"]], again.output
    assert told("git", "status", "--porcelain", folder=in_a_clone.folder) == ""
