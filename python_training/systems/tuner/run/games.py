"""Has pairs played on many cores: each match is cut into shares of its seeds, and its scores are put together again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ExecutorError
from python_training.contracts.objective import Objective, PairScores
from python_training.contracts.trainer import Notice
from python_training.executors import open_executor
from python_training.executors.base import Executor
from python_training.executors.local import LocalExecutor
from python_training.finite_numbers import require_finite
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.objectives.objective_source import open_objective

SHARES_PER_CORE = 4
"""Into about so many shares a round is cut: enough for cores to end at the same time, few enough to be long."""


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Pairs to be played: a setting against another, or against the fixed opponent of that name, at (P,) seeds."""

    candidate: Mapping[str, float]
    opponent: Mapping[str, float] | str
    seeds: NDArray[np.int64]

    def shares(self, parts: int) -> list[Meeting]:
        """Cut into at most `parts` runs of seeds."""
        parts = max(1, min(parts, len(self.seeds)))
        return [replace(self, seeds=seeds) for seeds in np.array_split(self.seeds, parts)]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A share as it goes to another process, which opens the objective itself."""

    objective: str
    settings: str
    share: Meeting


class Games:
    """Plays meetings. The scores are the same whatever the executor, the number of cores and the order of completion.

    Where Ray cannot be reached, or is lost, the games are played here, and `notices` says so.

    Args:
        config: of the run.
        threads: cores of this machine that may be used.

    Attributes:
        objective: what is tuned.

    Raises:
        ConfigError, UnknownNameError: the objective cannot be opened.
    """

    def __init__(self, config: TunerConfig, threads: int) -> None:
        self.objective = open_objective(config.objective, config.objective_config)
        self._name, self._settings = config.objective, json.dumps(config.objective_config, sort_keys=True)
        self._threads = threads
        self._notices: list[Notice] = []
        self._executor: Executor | None = None
        if config.executor == "ray":
            try:
                self._executor = open_executor("ray", threads=threads, ray_address=config.ray_address)
            except ExecutorError as error:
                self._tell(error)
        self._here = LocalExecutor(threads)

    def play(self, meetings: Sequence[Meeting]) -> list[PairScores]:
        """The scores of all meetings, in their order.

        Raises:
            NotFiniteError: the objective gave a score that is NaN or infinite.
            PaddockError: games cannot be played at all.
        """
        cut = self._cut(meetings)
        shares = [share for of_one in cut for share in of_one]
        played = iter(self._played(shares))
        scored = [_joined([next(played) for _ in of_one]) for of_one in cut]
        for scores in scored:
            require_finite({"scores": scores.scores}, when=f"as the objective '{self._name}' gave them")
        return scored

    def notices(self) -> list[Notice]:
        """What happened since this was last asked."""
        told, self._notices = self._notices, []
        return told

    def close(self) -> None:
        """Release the objective, threads and connections; safe twice."""
        self._here.close()
        if self._executor is not None:
            self._executor.close()
        self.objective.close()

    def _cut(self, meetings: Sequence[Meeting]) -> list[list[Meeting]]:
        cores = self._threads
        if self._executor is not None:
            try:
                cores = self._executor.cores
            except ExecutorError as error:
                self._fall_back(error)
        pairs = max(1, sum(len(meeting.seeds) for meeting in meetings))
        wanted = SHARES_PER_CORE * cores if cores > 1 else 1
        return [meeting.shares(round(wanted * len(meeting.seeds) / pairs)) for meeting in meetings]

    def _played(self, shares: Sequence[Meeting]) -> list[PairScores]:
        if self._executor is not None:
            try:
                return self._executor.run(play_there, [_Task(self._name, self._settings, share) for share in shares])
            except ExecutorError as error:
                self._fall_back(error)
        return self._here.run(self._play_here, shares)

    def _play_here(self, share: Meeting) -> PairScores:
        return self.objective.play(share.candidate, share.opponent, share.seeds)

    def _fall_back(self, error: ExecutorError) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()
        self._tell(error)

    def _tell(self, error: ExecutorError) -> None:
        message = f"Games are played on this machine's {self._threads} core(s) from now on: {error.message}"
        self._notices.append(Notice("warning", "executor_lost", message))


def play_there(task: _Task) -> PairScores:
    """Play a share in a process that has nothing yet but Paddock."""
    share = task.share
    return _opened(task.objective, task.settings).play(share.candidate, share.opponent, share.seeds)


@lru_cache(maxsize=4)
def _opened(name: str, settings: str) -> Objective:
    loaded: dict[str, Any] = json.loads(settings)
    return open_objective(name, loaded)


def _joined(parts: Sequence[PairScores]) -> PairScores:
    if len(parts) == 1:
        return parts[0]
    figures = {name: np.concatenate([part.figures[name] for part in parts]) for name in parts[0].figures}
    faults = [part.fault for part in parts if part.fault]
    return PairScores(
        np.concatenate([part.scores for part in parts]),
        figures,
        sum(part.failed for part in parts),
        faults[-1] if faults else "",
    )
