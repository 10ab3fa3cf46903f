"""What a git command leaves behind if its run is killed meanwhile: itself, perhaps hanging, and locks without an owner.

git removes its locks when it ends, or is told to; killed, it cannot, and every later command finds the repository
locked for ever. A lock has no name on it, so it is only removed where all of this shows that it was our own command's:
a note says that a command of ours was under way and did not come to its end, none of its processes lives, the lock was
made while it may have run, and no other git is at work in that repository.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from pathlib import Path

import psutil

TOKEN = "PADDOCK_GIT_COMMAND"  # noqa: S105  # no secret: it only tells one command from another
"""Environment variable by which a command's processes, hooks among them, are known."""
GRACE_S = 2.0
"""Seconds that git has for removing its locks once it is told to end, and then for being killed."""
_LOCKS = ("index.lock", "HEAD.lock", "packed-refs.lock", "next-index-*.lock", "refs/**/*.lock")
_CLOCK_S = 0.1
"""By so much a file's time of change may lie before the clock that was read earlier: file systems round."""


class Leftovers:
    """Notes which git command is under way, and clears away after one that never came to its end.

    Args:
        note: the file that says so; belongs to one run.
        timeout_s: seconds after which commands are given up, and with them what is left of earlier ones.
    """

    def __init__(self, note: Path, timeout_s: float) -> None:
        self._note = note
        self._timeout_s = timeout_s

    def begin(self) -> dict[str, str]:
        """Note that a command begins; returns what its environment must have besides.

        Raises:
            OSError: it cannot be noted; the command must not be started then.
        """
        token = secrets.token_hex(16)
        self._note.write_text(json.dumps({"token": token, "began": time.time()}))
        return {TOKEN: token}

    def end(self) -> None:
        """Note that it has ended by itself, and so left nothing."""
        self._note.unlink(missing_ok=True)

    def busy(self) -> bool:
        """Whether an earlier command still runs and may; one that has had its time is ended here."""
        token, began = self._read()
        alive = _alive(token)
        if alive and time.time() - began < self._timeout_s:
            return True
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        _, stubborn = psutil.wait_procs(alive, GRACE_S)
        for process in stubborn:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(stubborn, GRACE_S)
        return False

    def clear(self, git_folder: Path, top: Path) -> list[str]:
        """Remove the locks that an earlier command has left in a repository; returns their names.

        Args:
            git_folder: where its locks are, `.git` as a rule.
            top: of its working tree.
        """
        token, began = self._read()
        removed: list[str] = []
        if not token or _alive(token) or _git_at_work(top):
            return removed
        last = began + self._timeout_s + 2 * GRACE_S
        for lock in (path for pattern in _LOCKS for path in git_folder.glob(pattern)):
            with contextlib.suppress(FileNotFoundError):
                if began - _CLOCK_S <= lock.stat().st_mtime <= last:
                    lock.unlink()
                    removed.append(str(lock.relative_to(git_folder)))
        self.end()
        return removed

    def _read(self) -> tuple[str, float]:
        """Token and Unix time of the command that is noted; an empty token if none is."""
        try:
            noted = json.loads(self._note.read_bytes())
            return str(noted["token"]), float(noted["began"])
        except (OSError, ValueError, KeyError, TypeError):
            return "", 0.0


def _alive(token: str) -> list[psutil.Process]:
    """The processes of the command with that token."""
    found = []
    for process in psutil.process_iter() if token else ():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(TOKEN) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _git_at_work(top: Path) -> bool:
    """Whether any git that can be seen works within `top`."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.name().startswith("git") and Path(process.cwd()).is_relative_to(top):
                return True
    return False
