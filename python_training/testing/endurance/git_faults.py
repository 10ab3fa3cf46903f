"""A git repository with a remote, and what may go wrong with them for a while."""

from __future__ import annotations

import contextlib
import errno
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil

from python_training.testing.endurance.faults import Ended
from python_training.testing.endurance.looked_after import LookedAfter


class FailingRepository:
    """Somebody's repository, with a hook, a lock, a remote and a name that come and go.

    Args:
        folder: where it is made.
        remote: where its remote is made.
        lasts_s: least and greatest time that something is wrong.
    """

    def __init__(self, folder: Path, remote: Path, lasts_s: tuple[float, float]) -> None:
        self.folder, self.remote = folder, remote
        self._lasts_s = lasts_s
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "config", "user.name", "Owner")
        git(folder, "config", "user.email", "owner@example.org")
        git(folder.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        git(folder, "remote", "add", "origin", str(remote))

    def subjects(self, folder: Path) -> list[str]:
        """Subjects of all commits in it or its remote, the oldest first."""
        return git(folder, "log", "--reverse", "--format=%s", "main").splitlines()

    def fail(self, run: LookedAfter, chance: random.Random, ended: Ended) -> list[str]:
        """One fault for a while; returns its name, or nothing where another fault, a full disk, is in its way."""
        try:
            return self._fail(run, chance, ended)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            ended(1.0)
            return []

    def _fail(self, run: LookedAfter, chance: random.Random, ended: Ended) -> list[str]:
        seconds = chance.uniform(*self._lasts_s)
        kind = chance.choice(["hook refuses", "hook hangs", "locked", "no remote", "no repository", "git killed"])
        with contextlib.ExitStack() as stack:
            if kind == "hook refuses":
                stack.callback(self._hook("echo 'not on my watch' >&2; exit 1").unlink)
            elif kind == "hook hangs":
                stack.callback(self._hook("sleep 1000").unlink)
            elif kind == "locked":
                lock = self.folder / ".git" / "index.lock"
                with contextlib.suppress(FileExistsError):
                    lock.touch(exist_ok=False)
                    stack.callback(lock.unlink, missing_ok=True)
            elif kind == "no remote":
                stack.callback(self._away(self.remote), self.remote)
            elif kind == "no repository":
                # Not the folder itself: a git under way would make half a one anew.
                head = self.folder / ".git" / "HEAD"
                stack.callback(self._away(head), head)
            else:
                stack.callback(self._hook("sleep 1").unlink)  # long enough to be met
                return self._kill(run, ended, seconds)
            ended(seconds)
        return [f"git: {kind}"]

    def _kill(self, run: LookedAfter, ended: Ended, seconds: float) -> list[str]:
        """SIGKILL to git in the midst of a commit, if there is one within the time: its lock stays behind."""
        for _ in range(int(seconds / 0.05)):
            committing = [each for each in run.gits() if _commits(each)]
            if committing:
                for each in committing:
                    with contextlib.suppress(psutil.Error):
                        each.kill()
                return ["git: killed amidst a commit"]
            if ended(0.05):
                break
        return []

    def _hook(self, script: str) -> Path:
        path = self.folder / ".git" / "hooks" / "pre-commit"
        path.parent.mkdir(exist_ok=True)
        try:
            path.write_text(f"#!/bin/sh\n{script}\n")
        except OSError:
            path.unlink()
            raise
        path.chmod(0o755)
        return path

    @staticmethod
    def _away(path: Path) -> Callable[[Path], Path]:
        aside = path.with_name(f"{path.name}.away")
        path.rename(aside)
        return aside.rename


def git(folder: Path, *words: str) -> str:
    """What git prints; raises CalledProcessError."""
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _commits(process: psutil.Process) -> bool:
    try:
        return "commit" in process.cmdline()
    except psutil.Error:
        return False
