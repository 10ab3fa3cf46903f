"""git as a child process that may fail, ask for a password or hang, and never holds anybody up for longer than told."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from python_training.contracts.errors import PaddockError

NAME, EMAIL = "Automated Training Bot", "training-bot@battlesnake.local"
"""Who commits where nobody is configured."""
_MAX_SAID = 500
_GRACE_S = 2.0
"""Seconds that git has for removing its locks once it is told to end, and then for being killed."""
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
"""What would make git work on another repository than it is told."""
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
    """

    def __init__(self, folder: Path, timeout_s: float) -> None:
        self._folder = folder
        self._timeout_s = timeout_s

    def create_if_missing(self) -> None:
        """Make the folder a repository unless it is one; raises GitError."""
        if not (self._folder / ".git").exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._run("init", "--quiet", "--initial-branch=main")

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
        self._run("add", "--force", "--", path)
        self._run(*self._identity(), "commit", "--quiet", "--no-gpg-sign", "--message", message, "--only", "--", path)

    def push(self, remote: str) -> None:
        """Push the branch that is checked out; raises GitError."""
        self._run("push", "--quiet", remote, "HEAD")

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

    def _run(self, *words: str) -> str:
        """What `git <words>` prints; raises GitError, with `hint` _ENDED if git itself ended with an error."""
        shown = f"git {next(word for word in words if not word.startswith('-') and '=' not in word)}"
        ssh = {"GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")}
        try:
            process = subprocess.Popen(
                ["git", "-C", str(self._folder), *words],  # noqa: S607  # git is where the system has it
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env={name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _QUIET | ssh,
                start_new_session=True,
            )
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror}.", hint="Install git.") from error
        try:
            out, said = process.communicate(timeout=self._timeout_s)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise GitError(f"{shown} did not end within {self._timeout_s:g} s.", hint="Does a hook wait?") from None
        if process.returncode:
            reason = " ".join(said.split())[-_MAX_SAID:] or f"exit code {process.returncode}"
            raise GitError(f"{shown} failed: {reason}", hint=_ENDED)
        return out


_ENDED = "Try the command in the repository by hand."


def _kill(process: subprocess.Popen[str]) -> None:
    """End a command and whatever it has started; hooks and helpers are in its process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
