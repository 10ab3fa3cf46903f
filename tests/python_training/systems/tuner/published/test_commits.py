"""Commits to real repositories, with gits that fail in every way that a git fails in."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from python_training.contracts.errors import ConfigError
from python_training.contracts.trainer import Notice
from python_training.systems.tuner.config import GitConfig
from python_training.systems.tuner.published.commits import FIRST_RETRY_S, OWN, Commits
from python_training.systems.tuner.published.git_commands import EMAIL, NAME, Repository
from python_training.systems.tuner.run.acceptance import Acceptance, proved_win_rate
from python_training.systems.tuner.statistics.sequential import Estimate

T = 1_700_000_000.0
GAIN = Estimate(0.015, 0.004, 0.026)


@pytest.fixture(autouse=True)
def nobody_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No identity and no settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def acceptances(count: int) -> list[Acceptance]:
    """The first `count` acceptances of a run."""
    return [
        Acceptance(
            number=number,
            iteration=10 * number,
            decision=10 * number - 1,
            total_games=4000 * number,
            games=3400,
            values={"weights.space": 5.0 + number},
            text=f"weights:\n  space: {5.0 + number}\n",
            gain=GAIN,
            win_rate=proved_win_rate([GAIN] * number),
            source="spsa",
            reason="downhill",
        )
        for number in range(1, count + 1)
    ]


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)  # noqa: S607  # git is where the system has it
    return done.stdout


def repository(folder: Path) -> Path:
    """A repository with one commit of somebody's, and a change that they have staged."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "notes.txt").write_text("first\n")
    git(folder, "add", "notes.txt")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--message", "Notes")
    (folder / "notes.txt").write_text("second\n")
    git(folder, "add", "notes.txt")
    return folder


def subjects(folder: Path) -> list[str]:
    """Subjects of all commits, the oldest first."""
    return git(folder, "log", "--reverse", "--format=%s", "main").splitlines()


def codes(notices: list[Notice]) -> list[str]:
    """The codes of what was told."""
    return [notice.code for notice in notices]


def test_every_acceptance_is_one_commit_with_the_documents_message(tmp_path: Path) -> None:
    """Rate, gain, interval, games and iteration are in it, and the bot signs where nobody is configured."""
    assert Commits(tmp_path, GitConfig()).bring_up_to_date(acceptances(2), T) == []
    own = tmp_path / OWN
    assert subjects(own) == [
        "Automated training improvement: 51.50% win rate (+1.50%)",
        "Automated training improvement: 53.00% win rate (+1.50%)",
    ]
    body = git(own, "log", "-1", "--format=%b")
    for part in (
        "Iteration: 20",
        "Total games tested: 8000",
        "Total improvements: 2",
        "+0.40% to +2.60%",
        "2023-11-14T",
    ):
        assert part in body
    assert body.rstrip().endswith("[Automated commit by continuous training system]")
    assert git(own, "log", "-1", "--format=%an <%ae>").strip() == f"{NAME} <{EMAIL}>"
    assert git(own, "show", "HEAD:config.yaml") == "weights:\n  space: 7.0\n"


def test_nothing_is_committed_twice(tmp_path: Path) -> None:
    """Neither a repetition nor a life that died before it could note its commit makes another."""
    commits = Commits(tmp_path, GitConfig())
    commits.bring_up_to_date(acceptances(2), T)
    commits.bring_up_to_date(acceptances(2), T)
    (tmp_path / "git.json").unlink()
    commits.bring_up_to_date(acceptances(2)[1:], T)
    assert len(subjects(tmp_path / OWN)) == 2


def test_only_the_named_file_is_committed_to_somebodys_repository(tmp_path: Path) -> None:
    """What its owner has staged stays staged, their identity is used, and nothing is configured for them."""
    theirs = repository(tmp_path / "theirs")
    git(theirs, "config", "user.name", "Owner")
    git(theirs, "config", "user.email", "owner@example.org")
    settings = GitConfig(repo=str(theirs), path="snakes/best.yaml")
    assert Commits(tmp_path, settings).bring_up_to_date(acceptances(1), T) == []
    assert git(theirs, "show", "--name-only", "--format=%an", "HEAD").split() == ["Owner", "snakes/best.yaml"]
    assert git(theirs, "diff", "--cached", "--name-only").split() == ["notes.txt"]
    assert not (tmp_path / OWN).exists()


def test_pushing_is_off_unless_asked_for(tmp_path: Path) -> None:
    """A remote that is there gets nothing by itself, and everything when `push` is on."""
    theirs, remote = repository(tmp_path / "theirs"), tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(theirs, "remote", "add", "origin", str(remote))
    Commits(tmp_path, GitConfig(repo=str(theirs))).bring_up_to_date(acceptances(1), T)
    assert git(remote, "branch", "--list") == ""
    Commits(tmp_path, GitConfig(repo=str(theirs), push=True)).bring_up_to_date(acceptances(1), T)
    assert len(subjects(remote)) == 2


def test_a_push_that_fails_is_told_and_repeated_later(tmp_path: Path) -> None:
    """The commit is there all the same; the next try waits, and says when it has worked."""
    theirs = repository(tmp_path / "theirs")
    git(theirs, "remote", "add", "origin", str(tmp_path / "nowhere"))
    commits = Commits(tmp_path, GitConfig(repo=str(theirs), push=True))
    (notice,) = commits.bring_up_to_date(acceptances(1), T)
    assert (notice.level, notice.code) == ("warning", "git_failed")
    assert "Commits wait to be pushed" in notice.message
    assert len(subjects(theirs)) == 2
    assert commits.bring_up_to_date(acceptances(1), T + FIRST_RETRY_S / 2) == []
    git(tmp_path, "init", "--quiet", "--bare", str(tmp_path / "nowhere"))
    assert codes(commits.bring_up_to_date(acceptances(1), T + FIRST_RETRY_S + 1)) == ["recovered"]
    assert len(subjects(tmp_path / "nowhere")) == 2


def test_a_git_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuning goes on without it, and all that was missed is committed once it is back."""
    commits = Commits(tmp_path, GitConfig())
    with monkeypatch.context() as bare:
        bare.setenv("PATH", str(tmp_path / "empty"))
        (notice,) = commits.bring_up_to_date(acceptances(1), T)
    assert "git cannot be started" in notice.message
    assert codes(commits.bring_up_to_date(acceptances(3), T + FIRST_RETRY_S + 1)) == ["recovered"]
    assert len(subjects(tmp_path / OWN)) == 3


def _hook(folder: Path, script: str) -> None:
    path = folder / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_hook_that_refuses_is_told(tmp_path: Path) -> None:
    """The notice has the hook's own words, and the owner's staged work is left alone."""
    theirs = repository(tmp_path / "theirs")
    _hook(theirs, "echo 'not on my watch' >&2; exit 1")
    (notice,) = Commits(tmp_path, GitConfig(repo=str(theirs))).bring_up_to_date(acceptances(1), T)
    assert "not on my watch" in notice.message
    assert len(subjects(theirs)) == 1


def test_a_hook_that_hangs_is_ended_with_its_children_and_leaves_no_lock(tmp_path: Path) -> None:
    """The time is bounded, nothing goes on in the background, and the next commit finds the repository open."""
    theirs = repository(tmp_path / "theirs")
    _hook(theirs, f"sleep 1000 & echo $! > {tmp_path}/pid; wait")
    commits = Commits(tmp_path, GitConfig(repo=str(theirs), timeout_s=1.0))
    began = time.monotonic()
    (notice,) = commits.bring_up_to_date(acceptances(1), T)
    assert time.monotonic() - began < 8
    assert "git commit did not end within 1 s" in notice.message
    child = int((tmp_path / "pid").read_text())
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]
    (theirs / ".git" / "hooks" / "pre-commit").unlink()
    assert codes(commits.bring_up_to_date(acceptances(1), T + FIRST_RETRY_S + 1)) == ["recovered"]


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    """Nobody's folder is made a repository, and nothing is written into it."""
    plain = tmp_path / "plain"
    plain.mkdir()
    (notice,) = Commits(tmp_path, GitConfig(repo=str(plain))).bring_up_to_date(acceptances(1), T)
    assert "not a git repository" in notice.message
    assert list(plain.iterdir()) == []


def test_a_path_that_leads_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    """Neither by its dots nor through a link is anything written beside the repository."""
    for path in ("../config.yaml", "/etc/config.yaml", ".git/hooks/pre-commit", "a//b"):
        with pytest.raises(ConfigError) as refused:
            GitConfig(path=path)
        assert refused.value.field == "git.path"
    theirs, outside = repository(tmp_path / "theirs"), tmp_path / "outside"
    outside.mkdir()
    (theirs / "snakes").symlink_to(outside)
    settings = GitConfig(repo=str(theirs), path="snakes/best.yaml")
    (notice,) = Commits(tmp_path, settings).bring_up_to_date(acceptances(1), T)
    assert "out of the repository" in notice.message
    assert list(outside.iterdir()) == []


def test_nothing_happens_where_it_is_off(tmp_path: Path) -> None:
    """`enabled: false` makes no repository."""
    assert Commits(tmp_path, GitConfig(enabled=False)).bring_up_to_date(acceptances(1), T) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["pre-commit", "post-commit", "post-index-change"])
def test_the_run_s_own_repository_runs_no_hooks(tmp_path: Path, name: str) -> None:
    """Whoever copied a folder of checkpoints, or a template of git's, may have put one there."""
    folder = tmp_path / "run"
    repository = Repository(folder / "repository", 20.0, folder / "note", hooks=False)
    repository.create_if_missing()
    hook = folder / "repository" / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    hook.chmod(0o755)
    (folder / "repository" / "config.yaml").write_text("x: 1\n")
    repository.commit("config.yaml", "A commit")
    assert repository.committed("config.yaml") == "x: 1\n"
    assert not (tmp_path / "ran").exists()
