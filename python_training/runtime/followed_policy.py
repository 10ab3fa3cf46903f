"""The policy of a run as it learns: the one of a given checkpoint, or of the newest one there is."""

from __future__ import annotations

import sys

from python_training.contracts.errors import CheckpointError, NoCheckpointError
from python_training.contracts.player import Player
from python_training.runtime.checkpoint import CheckpointInfo
from python_training.runtime.players import load_policy
from python_training.runtime.run_folder import RunFolder


class FollowedPolicy:
    """Loads the policy of one run's checkpoint and, unless a step was named, that of each newer one.

    Only reads: a damaged checkpoint is passed over here and left to the run's own worker to set aside.

    Attributes:
        player: the policy.
        step, sha256: of its checkpoint.

    Raises:
        NoCheckpointError: the run has no checkpoint that could be loaded.
        ConfigError: runs of this system leave no policy.
    """

    def __init__(self, folder: RunFolder, step: int | None = None) -> None:
        self._store = folder.checkpoints()
        self._system = folder.spec().system
        self._follows = step is None
        candidates = [self._store.get(step)] if step is not None else self._newest_first()
        loaded = next(filter(None, map(self._load, candidates)), None)
        if loaded is None:
            raise NoCheckpointError(
                f"{folder.id} has no checkpoint that could be played.",
                hint=f"Have it write one: paddock save {folder.id}",
            )
        self.sha256, self.step, self.player = loaded

    def refresh(self) -> bool:
        """Take up a newer checkpoint if there is one; whether the player changed."""
        for info in self._newest_first() if self._follows else ():
            # Compared by content, not by step: a run that was rewound has a newer checkpoint with a smaller step.
            if info.sha256 == self.sha256:
                return False
            loaded = self._load(info)
            if loaded is not None:
                self.sha256, self.step, self.player = loaded
                return True
        return False

    def _newest_first(self) -> list[CheckpointInfo]:
        return sorted(self._store.list(), key=lambda info: info.t, reverse=True)

    def _load(self, info: CheckpointInfo) -> tuple[str, int, Player] | None:
        """Hash, step and player of a checkpoint, None if it is damaged or has been deleted meanwhile."""
        try:
            self._store.verify(info)
            return info.sha256, info.step, load_policy(self._system, info.path)
        except (CheckpointError, OSError) as error:
            print(f"Checkpoint {info.name} is passed over: {error}", file=sys.stderr)
            return None
