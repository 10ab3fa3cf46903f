"""What a session is asked to show: plain data, so that the web process can write it without importing a world."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from python_training.contracts.config import StrictModel

MIN_SPEED, MAX_SPEED = 0.1, 20.0


class PolicyPlayer(StrictModel):
    """A policy from a checkpoint of a run."""

    kind: Literal["policy"] = "policy"
    run_dir: str = Field(description="Folder of the run's journal.")
    checkpoints_dir: str = Field(description="Folder that holds the checkpoints of all runs.")
    step: int | None = Field(None, ge=0, description="Step of the checkpoint; the newest, followed, when left out.")


class ScriptedPlayer(StrictModel):
    """A player of the world's own that learned nothing."""

    kind: Literal["scripted"] = "scripted"
    name: str = Field("expert", description="Name of the player, e.g. expert or random.")


class SessionSpec(StrictModel):
    """One session: who plays in which world, from which seed, how fast."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Name of the session.")
    folder: str = Field(description="Folder of the session, which decides the path of its control socket.")
    world: str = Field(description="Name of one of Paddock's worlds.")
    world_config: dict[str, Any] = Field(default_factory=dict, description="The world's config.")
    player: Annotated[PolicyPlayer | ScriptedPlayer, Field(discriminator="kind")]
    seed: int = Field(2**31, ge=0, lt=2**32, description="Seed of the first episode; each next one counts up.")
    speed: float = Field(1.0, ge=MIN_SPEED, le=MAX_SPEED, description="World seconds for one second of the clock.")
    fps: float = Field(30.0, ge=1, le=60, description="Frames a second at most.")
    idle_s: float = Field(30.0, gt=0, le=86400, description="Seconds without a watcher after which it ends.")
