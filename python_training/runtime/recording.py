"""Games as they were played: who flew, from which seed, and what persons did at which tick. Enough to play it again.

A recording is one JSON document. Its bouts replay bit for bit on the machine that recorded them, in any process, as
long as the worlds' code is the same: `state_sha256` tells whether they did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from python_training.contracts.config import StrictModel, validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.contracts.nudges import Nudge
from python_training.runtime.run_folder import write_json
from python_training.runtime.seats import MAX_SEATS, Cast, Sha256

MAX_BYTES = 32_000_000
"""A larger recording is refused unread."""
MAX_EVENTS = 200_000
"""Beyond so many events the oldest bouts are forgotten."""

SeatNumber = Annotated[int, Field(ge=0, lt=MAX_SEATS)]


class InputEvent(StrictModel):
    """What a person's hands do, from `tick` on until their next input."""

    type: Literal["input"] = "input"
    tick: int = Field(ge=0, description="Ticks of the bout that were played before it.")
    seat: SeatNumber
    thrust: float = Field(ge=-1, le=1)
    turn: float = Field(ge=-1, le=1)
    fire: float = Field(ge=0, le=1)


class NudgeEvent(StrictModel):
    """A nudge as it was said, and what the world made of it: what each seat sees by from `tick` on."""

    type: Literal["nudge"] = "nudge"
    tick: int = Field(ge=0)
    nudge: Nudge
    orders: Annotated[dict[SeatNumber, dict[str, Any] | None], Names.NOTHING] = Field(
        description="By seat; null: fly as you like."
    )


class PolicyFlown(StrictModel):
    """Which checkpoint of its run a policy was in this bout."""

    step: int = Field(ge=0)
    sha256: Annotated[str, Names.NOTHING] = Field(max_length=64)


class Bout(StrictModel):
    """One bout from its seed to where it was left or ended."""

    seed: int = Field(ge=0, lt=2**32)
    ticks: int = Field(ge=0, description="Ticks that were played.")
    events: tuple[Annotated[InputEvent | NudgeEvent, Field(discriminator="type")], ...] = ()
    policies: dict[SeatNumber, PolicyFlown] = Field(default_factory=dict)
    state_sha256: Sha256 = Field(description="Of the world's state after the last tick.")


class Recording(StrictModel):
    """All bouts of one game, in order."""

    format: Literal["paddock-recording"] = "paddock-recording"
    version: Literal[1] = 1
    tick_s: float = Field(gt=0, description="World seconds of one tick.")
    cast: Cast
    bouts: tuple[Bout, ...]


def read_recording(path: Path) -> Recording:
    """Read a recording; raises ConfigError if it is not one."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path.name} is larger than {MAX_BYTES} bytes.")
        return recording_of(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name} is no recording: {error}.") from error


def recording_of(document: Any) -> Recording:
    """Check a recording that came as JSON; raises ConfigError that names the field."""
    recording = validate(Recording, document)
    for number, bout in enumerate(recording.bouts):
        ticks = [event.tick for event in bout.events]
        if ticks != sorted(ticks) or (ticks and ticks[-1] > bout.ticks):
            raise ConfigError(f"bouts.{number}.events must be in order of tick, up to {bout.ticks}.", field="bouts")
    if not recording.bouts:
        raise ConfigError("bouts: expected at least one, got none.", field="bouts")
    return recording


class Recorder:
    """Takes down a game as it is played. Used from one thread."""

    def __init__(self, cast: Cast, tick_s: float) -> None:
        self._cast = cast
        self._tick_s = tick_s
        self._bouts: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._begun: dict[str, Any] = {}

    @property
    def events(self) -> int:
        """How many inputs and nudges were taken down, in all bouts."""
        return len(self._events) + sum(len(bout["events"]) for bout in self._bouts)

    def begin(self, seed: int, policies: Mapping[int, PolicyFlown]) -> None:
        """A bout begins."""
        self._begun = {
            "seed": seed,
            "policies": {str(seat): flown.model_dump() for seat, flown in policies.items()},
        }
        self._events = []

    def add(self, event: InputEvent | NudgeEvent) -> None:
        """Somebody did something. Of several inputs to a seat between two ticks only the last one counts."""
        if isinstance(event, InputEvent) and self._events:
            last = self._events[-1]
            if (last["type"], last["tick"], last.get("seat")) == ("input", event.tick, event.seat):
                self._events.pop()
        self._events.append(event.model_dump(mode="json", exclude_none=isinstance(event, InputEvent)))

    def end(self, ticks: int, state_sha256: str) -> None:
        """The bout was left after `ticks`; one in which nothing was played is forgotten."""
        if ticks:
            self._bouts.append(self._bout(ticks, state_sha256))
        self._events = []
        while self.events > MAX_EVENTS and len(self._bouts) > 1:
            del self._bouts[0]

    def save(self, path: Path, ticks: int, state_sha256: str) -> None:
        """Write all bouts, the one that goes on up to now, so that a reader sees this recording or the one before."""
        bouts = [*self._bouts, self._bout(ticks, state_sha256)] if ticks else self._bouts
        document = {
            "format": "paddock-recording",
            "version": 1,
            "tick_s": self._tick_s,
            "cast": self._cast.model_dump(mode="json"),
            "bouts": bouts,
        }
        write_json(path, document, indent=None)

    def _bout(self, ticks: int, state_sha256: str) -> dict[str, Any]:
        return {**self._begun, "ticks": ticks, "events": list(self._events), "state_sha256": state_sha256}
