"""What a git command leaves behind over which its run was killed, in real repositories."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from python_training.systems.tuner.config import GitConfig
from python_training.systems.tuner.published.commits import NOTE, OWN, Commits
from python_training.systems.tuner.published.git_leftovers import TOKEN, Leftovers
from python_training.systems.tuner.run.acceptance import Acceptance, proved_win_rate
from python_training.systems.tuner.statistics.sequential import Estimate

GAIN = Estimate(0.015, 0.004, 0.026)
Life = Callable[..., subprocess.Popen[bytes]]

LIFE = """
import json, sys, time
from pathlib import Path
from python_training.systems.tuner.config import GitConfig
from python_training.systems.tuner.published.commits import Commits
from python_training.systems.tuner.run.acceptance import Acceptance
folder, settings, accepted = json.loads(sys.argv[1])
accepted = [Acceptance.from_dict(each) for each in accepted]
Commits(Path(folder), GitConfig(**settings)).bring_up_to_date(accepted, time.time())
"""


def accepted() -> list[Acceptance]:
    """One acceptance."""
    win_rate = proved_win_rate([GAIN])
    return [Acceptance(1, 10, 9, 4000, 3400, {"a": 6.0}, "a: 6.0\n", GAIN, win_rate, "spsa", "downhill")]


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def eventually(what: Callable[[], Any]) -> Any:
    """What `what` returns once it is true."""
    deadline = time.monotonic() + 30
    while not (found := what()):
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.01)
    return found


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's repository with a hook that takes its time, and nobody's settings but its own."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "theirs"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsleep 1000\n")
    hook.chmod(0o755)
    return folder


def killed_amidst_a_commit(folder: Path, theirs: Path, timeout_s: float, *, with_git: bool) -> None:
    """A life of a run is killed while it commits, and its git, too, if asked for; the repository is locked then."""
    settings = {"repo": str(theirs), "timeout_s": timeout_s}
    told = json.dumps([str(folder), settings, [each.to_dict() for each in accepted()]])
    life = subprocess.Popen([sys.executable, "-c", LIFE, told])
    hook = eventually(lambda: [each for each in psutil.Process(life.pid).children(recursive=True) if _sleeps(each)])[0]
    commands = psutil.Process(life.pid).children(recursive=True)
    assert list((theirs / ".git").glob("*.lock"))
    life.kill()
    life.wait()
    assert hook.is_running()
    if with_git:
        for each in commands:
            each.kill()
        eventually(lambda: all(_is_over(each) for each in commands))
    (theirs / ".git" / "hooks" / "pre-commit").unlink()


def _is_over(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _sleeps(process: psutil.Process) -> bool:
    try:
        return process.name() == "sleep"
    except psutil.Error:
        return False


def test_locks_of_a_killed_command_are_removed_by_the_next_life(tmp_path: Path, theirs: Path) -> None:
    """Run, git and hook are killed at once, as a service manager does: the next life commits, and says what it did."""
    killed_amidst_a_commit(tmp_path, theirs, 20, with_git=True)
    (notice,) = Commits(tmp_path, GitConfig(repo=str(theirs))).bring_up_to_date(accepted(), time.time())
    assert notice.code == "git_unlocked"
    assert "index.lock" in notice.message
    assert git(theirs, "show", "HEAD:config.yaml") == "a: 6.0\n"
    assert list((theirs / ".git").glob("*.lock")) == []
    assert not (tmp_path / NOTE).exists()


def test_a_command_that_outlived_its_run_has_its_time(tmp_path: Path, theirs: Path) -> None:
    """It may finish what it does: nobody disturbs it, and its lock stays."""
    killed_amidst_a_commit(tmp_path, theirs, 60, with_git=False)
    (notice,) = Commits(tmp_path, GitConfig(repo=str(theirs), timeout_s=60)).bring_up_to_date(accepted(), time.time())
    assert notice.code == "git_failed"
    assert "has not ended yet" in notice.message
    assert list((theirs / ".git").glob("*.lock"))
    assert Leftovers(tmp_path / NOTE, timeout_s=0.0).busy() is False  # ends it


def test_a_command_that_outlived_its_time_is_ended(tmp_path: Path, theirs: Path) -> None:
    """A hook that hangs does not hold the repository for ever."""
    killed_amidst_a_commit(tmp_path, theirs, 60, with_git=False)
    noted = json.loads((tmp_path / NOTE).read_text())
    time.sleep(max(0.0, noted["began"] + 1.0 - time.time()))
    told = Commits(tmp_path, GitConfig(repo=str(theirs), timeout_s=1)).bring_up_to_date(accepted(), time.time())
    assert [notice.code for notice in told if notice.level != "info"] == []
    assert git(theirs, "show", "HEAD:config.yaml") == "a: 6.0\n"
    assert [each for each in psutil.process_iter() if _has(each, noted["token"])] == []


def _has(process: psutil.Process, token: str) -> bool:
    try:
        return process.environ().get(TOKEN) == token
    except (psutil.Error, OSError):
        return False


def test_locks_of_others_stay(tmp_path: Path, theirs: Path) -> None:
    """One that is older than the killed command, or younger than it can have become, is somebody else's."""
    note, lock = tmp_path / NOTE, theirs / ".git" / "index.lock"
    began = time.time() - 1000
    for made in (began - 60, began + 60):
        note.write_text(json.dumps({"token": "0" * 32, "began": began}))
        lock.touch()
        os.utime(lock, (made, made))
        assert Leftovers(note, timeout_s=20).clear(theirs / ".git", theirs) == []
        assert lock.exists()


def test_nothing_is_removed_while_another_git_is_at_work(tmp_path: Path, theirs: Path) -> None:
    """A lock might be that one's, whatever it looks like."""
    note, lock = tmp_path / NOTE, theirs / ".git" / "index.lock"
    note.write_text(json.dumps({"token": "0" * 32, "began": time.time()}))
    lock.touch()
    command = ["git", "-C", str(theirs), "cat-file", "--batch"]
    other = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        eventually(lambda: Path(f"/proc/{other.pid}/cwd").resolve() == theirs.resolve())
        assert Leftovers(note, timeout_s=20).clear(theirs / ".git", theirs) == []
        assert lock.exists()
    finally:
        other.communicate()
    assert Leftovers(note, timeout_s=20).clear(theirs / ".git", theirs) == ["index.lock"]


def test_a_git_that_only_was_killed_itself_leaves_no_lock_for_ever(tmp_path: Path, theirs: Path) -> None:
    """The run lives on, tells of it, and unlocks the repository at the next try."""
    hook = theirs / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    commits = Commits(tmp_path, GitConfig(repo=str(theirs)))
    (notice,) = commits.bring_up_to_date(accepted(), time.time())
    assert f"signal {signal.SIGKILL}" in notice.message
    hook.unlink()
    told = commits.bring_up_to_date(accepted(), time.time() + 100)
    assert [notice.code for notice in told] == ["git_unlocked", "recovered"]
    assert git(theirs, "show", "HEAD:config.yaml") == "a: 6.0\n"


def test_a_repository_whose_making_was_killed_is_made_and_never_the_one_around_it(tmp_path: Path, theirs: Path) -> None:
    """Half a repository within somebody's clone is completed; nothing of ours comes into their history."""
    (theirs / ".git" / "hooks" / "pre-commit").unlink()
    folder = theirs / "checkpoints" / "run"
    (folder / OWN / ".git").mkdir(parents=True)
    assert Commits(folder, GitConfig()).bring_up_to_date(accepted(), time.time()) == []
    assert git(folder / OWN, "show", "HEAD:config.yaml") == "a: 6.0\n"
    with pytest.raises(subprocess.CalledProcessError):
        git(theirs, "rev-parse", "--verify", "HEAD")


def test_a_new_life_does_not_wait_for_a_git_that_failed(tmp_path: Path, theirs: Path) -> None:
    """The wait after failures is that of the process which failed: who restarts a run has mended git, perhaps."""
    killed_amidst_a_commit(tmp_path, theirs, 20, with_git=True)
    state = {"committed": 0, "pushed": 0, "failures": 7, "retry_at": time.time() + 3000, "tried_by": 1}
    (tmp_path / "git.json").write_text(json.dumps(state))
    commits = Commits(tmp_path, GitConfig(repo=str(theirs)))
    assert [each.code for each in commits.bring_up_to_date(accepted(), time.time())] == ["git_unlocked", "recovered"]
    (tmp_path / "git.json").write_text(json.dumps({**state, "tried_by": os.getpid()}))
    assert commits.bring_up_to_date(accepted(), time.time()) == []
