"""`paddock train tuner --forever` for half an hour, with everything around it failing, and somebody looking closely."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from python_training.runtime.run_folder import RunFolder
from python_training.systems.tuner.published.checkpoint_files import STATE
from python_training.testing.bowl_objective import BowlObjective
from python_training.testing.endurance.endpoint import UnreliableEndpoint
from python_training.testing.endurance.faults import Faults, Strand, full_disk, harm_to_advisers, kills
from python_training.testing.endurance.git_faults import FailingRepository
from python_training.testing.endurance.looked_after import LookedAfter
from python_training.testing.endurance.memory import MemoryWatch, Thirds
from python_training.testing.endurance.published import PublishedWatch
from python_training.testing.endurance.report import figures
from python_training.testing.full_disk import CannotMountError, small_disk
from python_training.testing.runs import wait_for
from python_training.testing.tuner_log import whole_log

SECONDS = float(os.environ.get("PADDOCK_FAULTS_SECONDS", "1800"))
"""How long faults go on. 90 is enough to meet most of them once."""
SEED = int(os.environ.get("PADDOCK_FAULTS_SEED", "20261121"))
KILLS_UNTIL = 0.6
"""After this share of the time nobody kills who trains: one life is to be long enough to tell whether memory grows."""
WARM_UP_S = 120.0
"""A life has loaded its libraries, and filled what it remembers, after so long."""
GROWTH, GROWTH_MIB = 0.03, 8.0
"""Memory is flat if it grows by no more than this share and so many MiB from the first third of a life to the last."""
DISK_MIB = 256
BOWL: dict[str, Any] = {"dimensions": 40, "depth": 200.0, "seconds_per_pair": 0.008}


def _config(endpoint: str, repository: Path) -> dict[str, Any]:
    """A tuner on a bowl so deep that there is something to gain all the time."""
    return {
        "objective": "python_training.testing.bowl_objective:BowlObjective",
        "objective_config": BOWL,
        "games": 200,
        "min_improvement": 0.05,
        "baseline_games": 0,
        "tournament_games": 40,
        "checkpoint_interval": 3,
        "checkpoint_interval_s": 10,
        # What gains in small steps, and therefore for long.
        "search": {
            "sources": {"spsa": 0.001, "perturbation": 100.0, "crossover": 50.0},
            "games_per_candidate": 400,
            "pairs_per_match": 10,
            "memory": 500,
        },
        # TensorFlow takes so long to load that on a busy machine most lives would be killed before they did anything.
        "use_neural_net": False,
        "accept": {"confirmation": {"improvement": 0.03}},
        "adviser": {
            "models": [],
            "endpoints": [{"url": endpoint, "model": "unreliable", "timeout_s": 4}],
            "answer_timeout_s": 6,
            "max_prompt_tokens": 50_000,
            "max_deaths": 1000,
        },
        "git": {"repo": str(repository), "push": True, "timeout_s": 4},
        "log": {"max_mb": 0.5},
    }


@dataclass(frozen=True)
class Place:
    """Where everything is; `disk` can be filled up, unless it cannot be mounted."""

    disk: Path
    outside: Path
    mounted: bool


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A small disk of its own where one can be mounted, else a folder."""
    with contextlib.ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "disk", DISK_MIB))
        except CannotMountError:
            (tmp_path / "disk").mkdir(exist_ok=True)
            yield Place(tmp_path / "disk", tmp_path, mounted=False)
        else:
            yield Place(disk, tmp_path, mounted=True)


def _accepted(folder: RunFolder) -> list[dict[str, Any]]:
    newest, damaged = folder.checkpoints().newest_good(set_aside=False)
    assert newest is not None
    assert damaged == ()
    accepted: list[dict[str, Any]] = json.loads((newest.path / STATE).read_bytes())["run"]["accepted"]
    return accepted


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 900)
def test_half_an_hour_of_faults_costs_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """No invalid file at any moment, no acceptance lost, memory flat; afterwards the run goes on as if nothing was."""
    with contextlib.ExitStack() as stack:
        _endure(place, stack, capsys)


def _endure(place: Place, stack: contextlib.ExitStack, capsys: pytest.CaptureFixture[str]) -> None:
    endpoint = UnreliableEndpoint(SEED)
    stack.callback(endpoint.close)
    repository = FailingRepository(place.disk / "player", place.outside / "remote.git", (8.0, 25.0))
    options = _options(place, _config(endpoint.url, repository.folder))
    run = LookedAfter(place.disk, options, place.outside / "said.txt")
    stack.callback(run.kill_all)
    run.type()
    memory = MemoryWatch(lambda: run.pid)
    stack.callback(memory.end)
    folder = wait_for(lambda: next(iter(run.runs()), None), "the run", 120)
    parameters = BowlObjective(BOWL, threads=1).parameters
    watch = PublishedWatch(folder.checkpoints_path, parameters, repository.folder / "config.yaml")
    stack.callback(watch.end)
    wait_for(lambda: watch.reads["config.yaml"], "a best config", 240)
    faults = Faults(_strands(place, run, repository), SECONDS, SEED)
    stack.callback(faults.end)
    time.sleep(SECONDS)
    faults.end()
    last_life = run.life()
    assert run.stop(180) == 0, run_log(folder, place)
    memory.end()
    before = _accepted(folder)

    run.type("--continue")
    decided = len(watch.lines)
    wait_for(lambda: len(watch.lines) > decided + 3, "the run to go on", 300)
    assert run.stop(180) == 0, run_log(folder, place)
    watch.end()

    assert [each.id for each in run.runs()] == [folder.id]
    accepted = _accepted(folder)
    report = figures(folder, watch, faults, endpoint, memory, last_life and last_life.pid, WARM_UP_S)
    report |= {"seconds": SECONDS, "acceptances": len(accepted)}
    with capsys.disabled():
        print("\n" + json.dumps(report, indent=2))
    _leave(report)
    assert accepted
    assert faults.failures == []
    assert watch.faults == []
    assert accepted[: len(before)] == before
    assert [each["number"] for each in accepted] == list(range(1, len(accepted) + 1))
    assert watch.accepted == accepted[: len(watch.accepted)]
    _check_log(folder, watch, accepted)
    rates = [f"Automated training improvement: {each['win_rate']['value']:.2%} win rate" for each in accepted]
    for where in (repository.folder, repository.remote):
        assert [subject.rpartition(" (")[0] for subject in repository.subjects(where)] == rates
    assert (repository.folder / "config.yaml").read_text() == accepted[-1]["text"]
    assert _left(memory) == []
    _check_memory(memory, last_life and last_life.pid)


def _options(place: Place, config: dict[str, Any]) -> list[str]:
    path = place.outside / "tuner.yaml"
    path.write_text(yaml.safe_dump(config))
    return ["--config", str(path), "--threads", "1", "--seed", str(SEED)]


def _strands(place: Place, run: LookedAfter, repository: FailingRepository) -> list[Strand]:
    until = time.monotonic() + KILLS_UNTIL * SECONDS
    strands = [
        Strand("kills", (20.0, 80.0), kills(run), KILLS_UNTIL),
        Strand("adviser", (10.0, 50.0), harm_to_advisers(run)),
        Strand("git", (5.0, 20.0), lambda chance, ended: repository.fail(run, chance, ended)),
    ]
    if place.mounted:
        full = full_disk(place.disk, (6.0, 25.0), run, lambda: time.monotonic() < until)
        strands.append(Strand("disk", (20.0, 120.0), full))
    return strands


def _check_log(folder: RunFolder, watch: PublishedWatch, accepted: list[dict[str, Any]]) -> None:
    lines = whole_log(folder.checkpoints_path)
    assert [json.loads(line)["iteration"] for line in lines] == list(range(1, len(lines) + 1))
    for iteration, line in watch.lines.items():
        assert lines[iteration - 1] == line
    told = [line for line in map(json.loads, lines) if line["accepted"]]
    assert [(line["iteration"], line["config"]) for line in told] == [
        (each["iteration"], each["values"]) for each in accepted
    ]


def _left(memory: MemoryWatch) -> list[str]:
    """Processes of the run that live on."""
    left = []
    for pid, began in memory.pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.create_time() == began and process.status() != psutil.STATUS_ZOMBIE:
                left.append(" ".join(process.cmdline()))
    return left


def _check_memory(memory: MemoryWatch, pid: int | None) -> None:
    parent = memory.parent()
    assert parent is not None
    assert _flat(parent)
    if SECONDS >= 900:
        assert pid is not None
        life = memory.life(pid, WARM_UP_S)
        assert life is not None
        assert _flat(life)


def _flat(thirds: Thirds) -> bool:
    return thirds.last <= thirds.first * (1.0 + GROWTH) + GROWTH_MIB


def run_log(folder: RunFolder, place: Place) -> str:
    """What the run and the command said last."""
    return folder.log_path.read_text()[-3000:] + (place.outside / "said.txt").read_text()[-3000:]


def _leave(report: dict[str, Any]) -> None:
    """Write the figures where PADDOCK_FAULTS_REPORT says."""
    if path := os.environ.get("PADDOCK_FAULTS_REPORT"):
        Path(path).write_text(json.dumps(report, indent=2) + "\n")
