"""What a session is asked to show: plain data, so that the web process can write it without importing a world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.runtime.seats import Cast, RunsAt

MIN_SPEED, MAX_SPEED = 0.1, 20.0
RECORDING = "recording.json"
"""The recording of a game, in the session's folder."""


class PolicyPlayer(StrictModel):
    """A policy from a checkpoint of a run."""

    kind: Literal["policy"] = "policy"
    run_dir: Annotated[str, Names.SERVER] = Field(description="Folder of the run's journal.")
    checkpoints_dir: Annotated[str, Names.SERVER] = Field(description="Folder that holds the checkpoints of all runs.")
    step: int | None = Field(None, ge=0, description="Step of the checkpoint; the newest, followed, when left out.")


class ScriptedPlayer(StrictModel):
    """A player of the world's own that learned nothing."""

    kind: Literal["scripted"] = "scripted"
    name: Annotated[str, Names.NOTHING] = Field("expert", description="Name of the player, e.g. expert or random.")


class SessionSpec(StrictModel):
    """One session: one `player` in a `world` to watch, a game for a `cast`, or the `replay` of a recorded game."""

    id: Annotated[str, Names.SERVER] = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Name of the session."
    )
    folder: Annotated[str, Names.SERVER] = Field(
        description="Folder of the session, which decides the path of its control socket."
    )
    world: Annotated[str, Names.MODULE] = Field(
        "", description="Name of the world, as in a run's config, if there is a `player`."
    )
    world_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict, description="The world's config."
    )
    world_folder: Annotated[str, Names.SERVER] = Field(
        "", description="Folder in which the world's module is looked for, if it is one of a user's."
    )
    player: Annotated[PolicyPlayer | ScriptedPlayer, Field(discriminator="kind")] | None = None
    cast: Cast | None = None
    replay: Annotated[str | None, Names.SERVER] = Field(
        None, description="A recording's file, in the folder of the session."
    )
    runs: RunsAt | None = Field(None, description="Where policies of a cast or a replay are found.")
    seed: int = Field(
        TRAINING_SEEDS_END, ge=0, lt=2**32, description="Seed of the first episode; each next one counts up."
    )
    speed: float = Field(1.0, ge=MIN_SPEED, le=MAX_SPEED, description="World seconds for one second of the clock.")
    fps: float = Field(30.0, ge=1, le=60, description="Frames a second at most.")
    idle_s: float = Field(30.0, gt=0, le=86400, description="Seconds without a watcher after which it ends.")

    @model_validator(mode="after")
    def _shows_one_thing(self) -> Self:
        if sum(each is not None for each in (self.player, self.cast, self.replay)) != 1:
            raise ValueError("expected one of player, cast and replay")
        if self.player is not None and not self.world:
            raise ValueError("a player needs a world")
        return self


def read_spec(path: Path) -> SessionSpec:
    """Read a spec, which is JSON; raises ConfigError."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    return validate(SessionSpec, raw)
