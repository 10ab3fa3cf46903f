"""How a world is played as a game, for whoever puts one together, hosts it or shows it. Light to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class QuickStart:
    """A game that one click begins.

    Attributes:
        title, text: what people read.
        players: who takes the seats, by name: "person", or a player of the world's own, scripted or a preset.
        settings: what differs from the world's usual config.
    """

    title: str
    text: str
    players: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The start as the JSON object that REST shows."""
        return {
            "title": self.title,
            "text": self.text,
            "players": list(self.players),
            "settings": dict(self.settings),
        }


@dataclass(frozen=True, slots=True)
class GameSpec:
    """What there is to know of a world as a game.

    Attributes:
        min_seats, max_seats: how many may play.
        sides: whether players stand on two sides; otherwise each plays for itself.
        clock: what a frame's `t` counts.
        dark: whether its pictures are meant for the dark palette, by day too.
        endless: whether one bout follows another by itself; otherwise the end stays to be looked at.
        hand: how a person plays: "ship" holds thrust, turn and fire; "direction" says where to go next.
        hand_speed: the speed at which a person can follow.
        settings: fields of the world's config that a game is put together with, in order.
        starts: games to begin with one click.
    """

    min_seats: int = 1
    max_seats: int = 1
    sides: bool = False
    clock: Literal["seconds", "turns"] = "seconds"
    dark: bool = False
    endless: bool = True
    hand: Literal["", "ship", "direction"] = ""
    hand_speed: float = 1.0
    settings: tuple[str, ...] = ()
    starts: tuple[QuickStart, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The game as the JSON object that REST shows."""
        return {
            "min_seats": self.min_seats,
            "max_seats": self.max_seats,
            "sides": self.sides,
            "clock": self.clock,
            "dark": self.dark,
            "endless": self.endless,
            "hand": self.hand,
            "hand_speed": self.hand_speed,
            "settings": list(self.settings),
            "starts": [start.to_dict() for start in self.starts],
        }


class Hands(Protocol):
    """What a person's hands mean in one kind of world: a function that a registry entry names."""

    def __call__(self, thrust: float, turn: float, fire: float, seat: int, world: Any) -> Any:
        """The action of `seat` from now on, None to go on with the one before.

        Args:
            thrust: ahead or up above 0, from -1 to 1.
            turn: to the left above 0, from -1 to 1.
            fire: from 0 to 1.
            seat: who acts.
            world: a VectorEnv of one copy.
        """
        ...
