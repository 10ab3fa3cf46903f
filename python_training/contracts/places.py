"""Where runs are, for commands that a system brings: it may not look for them itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class RunPlaces(Protocol):
    """Finds what a person means by the name of a run. The command line puts one into `typer.Context.obj`."""

    def find(self, run: str) -> tuple[str, Path]:
        """The id of the run that `run` (an id, the beginning of one, or newest) means, and its folder of checkpoints.

        Raises:
            UnknownNameError: there is none, or the beginning fits several.
        """
        ...

    def setting(self, name: str) -> Mapping[str, Any]:
        """The player that RUN:best, RUN:recommended, RUN:start or RUN:3 means, as `read_tuned` of its world gives it.

        Raises:
            UnknownNameError: there is no such run, it tunes no player, or it has no such setting.
            NoCheckpointError: it has saved nothing yet.
            CheckpointError: its files are damaged.
        """
        ...
