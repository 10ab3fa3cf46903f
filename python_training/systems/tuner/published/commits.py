"""Commits every accepted setting, once, in order. A git that fails is tried again later, and never stops tuning."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from python_training.contracts.trainer import Notice
from python_training.policy import in_force
from python_training.systems.tuner.config import GitConfig
from python_training.systems.tuner.published.atomic_file import put
from python_training.systems.tuner.published.git_commands import GitError, Repository
from python_training.systems.tuner.run.acceptance import Acceptance

STATE, OWN, NOTE = "git.json", "repository", "git.running"
FIRST_RETRY_S, LONGEST_RETRY_S = 30.0, 3600.0
"""Wait after a failure; doubled with every further one, so that a git that hangs costs next to nothing."""
_RUN = re.compile(r"[\w.-]{1,200}")


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the commits have come.

    Attributes:
        committed, pushed: numbers of the last acceptances that were.
        failures: since the last success.
        retry_at: Unix time before which nothing is tried.
        tried_by: process that failed last. Another one, a new life of the run, does not wait.
    """

    committed: int = 0
    pushed: int = 0
    failures: int = 0
    retry_at: float = 0.0
    tried_by: int = 0


class Commits:
    """The commits of one run.

    Args:
        folder: the run's folder of checkpoints, which holds its own repository.
        settings: where and whether to commit and push.
    """

    def __init__(self, folder: Path, settings: GitConfig) -> None:
        self._folder = folder
        self._settings = settings

    def bring_up_to_date(self, accepted: Sequence[Acceptance], t: float) -> list[Notice]:
        """Commit what is not committed yet, and push if that is asked for; `t` is the Unix time.

        It takes `timeout_s` at most for each git command, and ends at the first that fails. Acceptances whose commits
        were made by a life of the run that died before it could note so are not committed again.
        """
        progress = self._read()
        newest = accepted[-1].number if accepted else 0
        behind = progress.committed < newest or (self._settings.push and progress.pushed < newest)
        waits = t < progress.retry_at and progress.tried_by == os.getpid()
        if not self._settings.enabled or not behind or waits:
            return []
        failures, told = progress.failures, list[Notice]()
        try:
            told += self._clear_leftovers()
            for acceptance in accepted:
                if acceptance.number > progress.committed:
                    self._commit(acceptance, t)
                    progress = _Progress(acceptance.number, progress.pushed)
                    self._write(progress)
            if self._settings.push:
                self._repository().push(self._settings.remote)
                progress = _Progress(progress.committed, progress.committed)
        except (GitError, OSError) as error:
            reason = error.message if isinstance(error, GitError) else f"{error.filename}: {error.strerror}."
            wait = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures, 20))
            self._write(_Progress(progress.committed, progress.pushed, failures + 1, t + wait, os.getpid()))
            waiting = newest - progress.committed
            what = f"{waiting} accepted setting(s) wait to be committed" if waiting else "Commits wait to be pushed"
            return [*told, Notice("warning", "git_failed", f"{what}, tuning goes on: {reason}")]
        self._write(progress)
        if failures:
            told.append(Notice("info", "recovered", "git works again: every accepted setting is committed."))
        return told

    def _clear_leftovers(self) -> list[Notice]:
        if not (self._folder / NOTE).exists():
            return []
        removed = ", ".join(self._repository().clear_leftovers())
        if not removed:
            return []
        return [Notice("info", "git_unlocked", f"Removed what a killed git command of this run has left: {removed}.")]

    def _commit(self, acceptance: Acceptance, t: float) -> None:
        repository, path = self._repository(), self._settings.path
        top = repository.top()
        target = top / path
        if top.resolve() not in target.resolve().parents:
            raise GitError(f"git.path: {path} leads out of the repository.")
        if repository.committed(path) == acceptance.text:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        put(target, acceptance.text.encode())
        repository.commit(path, commit_message(acceptance, self._folder.name, t))

    def _repository(self) -> Repository:
        settings = self._settings
        if settings.repo:
            hooks = in_force().unrestricted  # its owner's, who named it at the terminal
            return Repository(Path(settings.repo).expanduser(), settings.timeout_s, self._folder / NOTE, hooks=hooks)
        own = Repository(self._folder / OWN, settings.timeout_s, self._folder / NOTE, hooks=False)
        own.create_if_missing()
        return own

    def _read(self) -> _Progress:
        try:
            return _Progress(**json.loads((self._folder / STATE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return _Progress()  # the repository itself tells what is committed

    def _write(self, progress: _Progress) -> None:
        values = {name: getattr(progress, name) for name in progress.__slots__}
        put(self._folder / STATE, json.dumps(values).encode() + b"\n")


def commit_message(acceptance: Acceptance, run: str, t: float) -> str:
    """The document's message, with what is proved: rate, gain, interval, games, iteration."""
    gain, rate = acceptance.gain, acceptance.win_rate
    named = f"Run: {run}\n" if _RUN.fullmatch(run) else ""
    return (
        f"Automated training improvement: {rate.value:.2%} win rate ({gain.value:+.2%})\n"
        "\n"
        f"Iteration: {acceptance.iteration}\n"
        f"Total games tested: {acceptance.total_games}\n"
        f"Total improvements: {acceptance.number}\n"
        f"Gain over the setting before: {gain.value:+.2%}, 95% interval {gain.low:+.2%} to {gain.high:+.2%}\n"
        f"Win rate against the start: {rate.value:.2%}, 95% interval {rate.low:.2%} to {rate.high:.2%}\n"
        f"Games of this decision: {acceptance.games}\n"
        f"Proposed by: {acceptance.source}\n"
        f"{named}"
        f"Timestamp: {datetime.fromtimestamp(t, UTC).isoformat()}\n"
        "\n"
        "[Automated commit by continuous training system]\n"
    )
