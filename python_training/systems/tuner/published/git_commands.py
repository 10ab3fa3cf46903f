"""git as a child process that may fail, ask for a password or hang, and never holds anybody up for longer than told."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from python_training.contracts.errors import PaddockError
from python_training.systems.tuner.published.git_leftovers import GRACE_S, Leftovers

NAME, EMAIL = "Automated Training Bot", "training-bot@battlesnake.local"
"""Who commits where nobody is configured."""
_MAX_SAID = 500
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""What would make git work on another repository than it is told."""
_CAREFUL = ("-c", "safe.bareRepository=explicit")
"""A folder that merely looks like the inside of a repository is not taken for one, with its configuration and hooks."""
_WITHOUT_HOOKS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never")
"""Neither hooks nor the other programs that git would start because a repository says so."""
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true"}
"""Nobody is there to be asked."""


class GitError(PaddockError):
    """git is not there, refused, or did not come to an end."""

    code = "git"


class Repository:
    """A working tree of git's.

    Args:
        folder: its top, or a folder in it.
        timeout_s: seconds that a command may take; then it is killed with all its children.
        note: file that says which command is under way, for whoever comes after a kill.
        hooks: whether the repository's hooks are run, as they are when its owner commits.
    """

    def __init__(self, folder: Path, timeout_s: float, note: Path, *, hooks: bool = True) -> None:
        self._folder = folder
        self._careful = _CAREFUL if hooks else (*_CAREFUL, *_WITHOUT_HOOKS)
        self._timeout_s = timeout_s
        self._leftovers = Leftovers(note, timeout_s)

    def create_if_missing(self) -> None:
        """Make the folder a repository of its own unless it is one, also after a kill amidst that; raises GitError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            if self.top().samefile(self._folder):
                return
        except GitError as error:
            if error.hint != _ENDED:
                raise
        self._change("init", "--quiet", "--initial-branch=main")

    def clear_leftovers(self) -> list[str]:
        """Clear away after a command that an earlier life of the run was killed over; returns the locks removed.

        Raises:
            GitError: that command still runs, and has time left.
        """
        if self._leftovers.busy():
            raise GitError("the git command of an earlier life of this run has not ended yet.")
        return self._leftovers.clear(Path(self._run("rev-parse", "--absolute-git-dir").strip()), self.top())

    def top(self) -> Path:
        """The top of the working tree; raises GitError if the folder is in none."""
        return Path(self._run("rev-parse", "--show-toplevel").strip())

    def committed(self, path: str) -> str | None:
        """The content of a file in the last commit, None if it is not in it or there is none."""
        try:
            return self._run("show", f"HEAD:{path}")
        except GitError as error:
            if error.hint == _ENDED:
                return None
            raise

    def commit(self, path: str, message: str) -> None:
        """Commit one file, whatever else is staged or changed; raises GitError.

        The identity is that of the configuration; where there is none it is the bot's, for this commit only.
        """
        self._change("add", "--force", "--", path)
        identity = self._identity()
        self._change(*identity, "commit", "--quiet", "--no-gpg-sign", "--message", message, "--only", "--", path)

    def push(self, remote: str) -> None:
        """Push the branch that is checked out; raises GitError."""
        self._change("push", "--quiet", remote, "HEAD")

    def _identity(self) -> list[str]:
        own = []
        for key, value in (("user.name", NAME), ("user.email", EMAIL)):
            try:
                self._run("config", "--get", key)
            except GitError as error:
                if error.hint != _ENDED:
                    raise
                own += ["-c", f"{key}={value}"]
        return own

    def _change(self, *words: str) -> None:
        """Run a command that takes locks; raises GitError."""
        marked = self._leftovers.begin()
        try:
            self._run(*words, marked=marked)
        except GitError as error:
            if error.hint == _ENDED:
                self._leftovers.end()
            raise
        self._leftovers.end()

    def _run(self, *words: str, marked: Mapping[str, str] | None = None) -> str:
        """What `git <words>` prints; raises GitError, with `hint` _ENDED if git itself ended with an error."""
        shown = f"git {next(word for word in words if not word.startswith('-') and '=' not in word)}"
        try:
            process = subprocess.Popen(
                ["git", "-C", str(self._folder), *self._careful, *words],  # noqa: S607  # git is where the system has it
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env={**_environment(), **(marked or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror}.", hint="Install git.") from error
        try:
            out, said = process.communicate(timeout=self._timeout_s)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise GitError(f"{shown} did not end within {self._timeout_s:g} s.", hint="Does a hook wait?") from None
        if process.returncode < 0:
            raise GitError(f"{shown} was ended by signal {-process.returncode}.")
        if process.returncode:
            reason = " ".join(said.split())[-_MAX_SAID:] or f"exit code {process.returncode}"
            raise GitError(f"{shown} failed: {reason}", hint=_ENDED)
        return out


_ENDED = "Try the command in the repository by hand."


def _environment() -> dict[str, str]:
    """Ours, less what leads to another repository; nothing in it asks anybody."""
    ssh = {"GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")}
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _QUIET | ssh


def _kill(process: subprocess.Popen[str]) -> None:
    """End a command and whatever it has started; hooks and helpers are in its process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
