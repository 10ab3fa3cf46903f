"""A world whose seats are flown by pilots and persons, tick by tick: what a game session shows and a replay repeats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from typing import cast as cast_to

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.details import Detail
from python_training.contracts.errors import ConfigError
from python_training.contracts.games import GameSpec, Hands
from python_training.contracts.nudges import Nudge, Nudges, Order
from python_training.contracts.seats import NamedSeats
from python_training.contracts.view import ViewFrame
from python_training.environments.open_world import OpenWorld, open_game
from python_training.runtime.crews import Crew, hire
from python_training.runtime.one_seat import seated
from python_training.runtime.recording import InputEvent, NudgeEvent, PolicyFlown
from python_training.runtime.reel import State
from python_training.runtime.seats import Cast, PersonPilot, RunsAt, seat_names


class _Stateful(Protocol):
    """A world whose whole state can be taken and given: each of Paddock's own is one."""

    def get_state(self) -> Mapping[str, NDArray[Any]]: ...
    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None: ...


class Game:
    """Plays bout after bout. Equal cast, seed and events give equal states bit for bit. Used from one thread.

    Pilots decide as often as the world's own config lets them, e.g. ten times a second, and their actions hold in
    between; the world goes on in shorter ticks, and persons are heard in each.

    Attributes:
        tick_s: world seconds of one tick.
        tick: ticks played of this bout.
        ended: whether the bout is over.
        spec: what the world says of itself as a game.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: the cast cannot play.
    """

    def __init__(self, cast: Cast, runs: RunsAt | None) -> None:
        self._cast = cast
        self._world, self._ticks_per_decision = self._open()
        self._mirror: OpenWorld | None = None
        self._envs = seated(self._world.envs)
        self._state = cast_to("_Stateful", self._world.envs.unwrapped)
        self._blank = self._state.get_state()
        self.tick_s = self._world.step_seconds()
        self.persons = tuple(i for i, seat in enumerate(cast.seats) if isinstance(seat.pilot, PersonPilot))
        self._teams = [seat.team for seat in cast.seats]
        self._crews: Sequence[Crew] = hire(cast, self._world, runs)
        self._nudges: Nudges | None = None
        self._hands: Hands | None = None
        self.spec = GameSpec()
        entry = self._world.entry
        if entry is not None:
            self._nudges = registry.load(entry.nudges)() if entry.nudges else None
            self._hands = registry.load(entry.hands) if entry.hands else None
            self.spec = registry.load(entry.game) if entry.game else self.spec
        space = self._world.envs.single_action_space
        self._box = space if isinstance(space, Box) else None
        if self.persons and self._hands is None and (self._box is None or self._box.shape != (3,)):
            raise ConfigError(f"Nobody can play '{cast.world}' by hand: its actions are not three numbers.")
        dtype = np.int64 if self._box is None else np.float64
        self._actions = np.zeros((1, len(cast.seats), *(space.shape or ())), dtype)
        self._orders: dict[int, Order] = {}
        self.episode = 0
        # What has to be compiled is compiled here, not while somebody watches.
        self.begin(0)
        self.step()
        self.episode = -1

    def begin(self, seed: int, flown: Mapping[int, PolicyFlown] | None = None) -> dict[int, PolicyFlown]:
        """Start a bout; policies that follow their run take up its newest checkpoint, or the one that `flown` names.

        Returns which checkpoint each policy is, by seat.
        """
        self.seed = seed
        self.tick = 0
        self.ended = False
        self.episode += 1
        # Nothing of the last bout is left, not even in slots that are not in use: the state's hash covers them.
        self._state.set_state(self._blank)
        self._envs.reset(seed=[seed])
        self._actions[:] = 0 if self._box is None else np.clip(0.0, self._box.low, self._box.high)
        self._orders.clear()
        policies: dict[int, PolicyFlown] = {}
        for crew in self._crews:
            policies |= crew.begin(seed, flown)
        return policies

    def resolve(self, nudge: Nudge) -> NudgeEvent:
        """What `nudge` means in the world as it stands; it has no effect before `apply`.

        Raises:
            ConfigError: this world knows no nudges, or this one means nothing here.
        """
        if self._nudges is None:
            raise ConfigError(f"Pilots in '{self._world.name}' cannot be nudged.", field="kind")
        flown = sorted(seat for crew in self._crews for seat in crew.seats)
        seats = [seat for seat in flown if self._teams[seat] == 0] if nudge.seats is None else list(nudge.seats)
        for seat in seats:
            if seat not in flown:
                raise ConfigError(f"seats: no pilot that could be nudged flies seat {seat}.", field="seats")
        orders = self._nudges.orders(nudge, seats, self._world.envs)
        told = {seat: dict(orders[seat]) if seat in orders else None for seat in seats}
        return NudgeEvent(tick=self.tick, nudge=nudge, orders=told)

    def apply(self, event: InputEvent | NudgeEvent) -> None:
        """Let an event take effect, from the next tick on."""
        if isinstance(event, InputEvent):
            action = self._meant(event)
            if action is not None:
                self._actions[0, event.seat] = action
            return
        for seat, order in event.orders.items():
            if order is None:
                self._orders.pop(seat, None)
            else:
                self._orders[seat] = order

    def step(self) -> bool:
        """Play one tick; returns whether the bout is over with it."""
        if self.tick % self._ticks_per_decision == 0:
            for crew in self._crews:
                seen = np.concatenate([self._seen(seat) for seat in crew.seats])
                self._actions[0, crew.seats] = crew.act(seen, self._world.envs)
        _, _, terminated, truncated, _ = self._envs.step_seats(self._actions)
        self.tick += 1
        self.ended = bool(terminated[0] or truncated[0])
        return self.ended

    def frame(
        self,
        figures: Mapping[str, str | float | int],
        *,
        focus: int | None = None,
        inspected: Sequence[int] = (),
        past: tuple[int, State] | None = None,
    ) -> ViewFrame:
        """The world as it stands, or as it was.

        Args:
            figures: shown beside the world's own.
            focus: the seat whose pilot's activations are shown; there are none of the past.
            inspected: the seats whose next decisions are explained.
            past: a tick of this bout, and `state()` as it was then.
        """
        world = self._world if past is None else self._world_at(past[1])
        drawn = world.draw()
        values = self.activations(focus) if focus is not None and past is None else None
        return replace(
            drawn,
            episode=self.episode,
            figures={**drawn.figures, "Seed": self.seed, **figures},
            activations={focus: values} if focus is not None and values is not None else {},
            details={key: self._explained(each, inspected, world) for key, each in drawn.details.items()},
            tick=self.tick if past is None else past[0],
            last=self.tick,
        )

    def state(self) -> State:
        """The world's whole state; it stays as it is while the game goes on."""
        return self._state.get_state()

    def order(self, seat: int) -> Order | None:
        """What the pilot in `seat` was told last, None if it flies as it likes."""
        return self._orders.get(seat)

    def activations(self, seat: int) -> list[float] | None:
        """What the nodes of the network in `seat` hold, None if no network flies it."""
        crew = self._crew(seat)
        return None if crew is None else crew.activations(seat)

    def network(self, seat: int) -> dict[str, Any] | None:
        """The nodes and links of the network that flies `seat`, None if none does."""
        crew = self._crew(seat)
        return None if crew is None else crew.network()

    def digest(self) -> str:
        """SHA-256 of the world's whole state, random generators included."""
        found = hashlib.sha256()
        for name, array in sorted(self.state().items()):
            found.update(f"{name} {array.dtype} {array.shape} ".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    def close(self) -> None:
        """Release the world."""
        self._world.close()
        if self._mirror is not None:
            self._mirror.close()

    def _open(self) -> tuple[OpenWorld, int]:
        world, ticks_per_decision = open_game(
            self._cast.world, self._cast.world_config, [seat.team for seat in self._cast.seats]
        )
        inner = world.envs.unwrapped
        if isinstance(inner, NamedSeats):
            inner.name_seats(seat_names(self._cast))
        return world, ticks_per_decision

    def _world_at(self, state: State) -> OpenWorld:
        """A second world in that state, for the game itself does not go back."""
        if self._mirror is None:
            self._mirror, _ = self._open()
        cast_to("_Stateful", self._mirror.envs.unwrapped).set_state(state)
        return self._mirror

    def _explained(self, detail: Detail, inspected: Sequence[int], world: OpenWorld) -> Detail:
        if detail.seat is None or detail.seat not in inspected:
            return detail
        crew = self._crew(detail.seat)
        return detail if crew is None else replace(detail, decision=crew.explain(detail.seat, world.envs))

    def _meant(self, event: InputEvent) -> Any:
        """The action that a person's hands mean, None to go on as before."""
        if self._hands is not None:
            return self._hands(event.thrust, event.turn, event.fire, event.seat, self._world.envs)
        assert self._box is not None  # noqa: S101  # for mypy: persons need hands or a box
        return np.clip([event.thrust, event.turn, event.fire], self._box.low, self._box.high)

    def _crew(self, seat: int) -> Crew | None:
        return next((crew for crew in self._crews if seat in crew.seats), None)

    def _seen(self, seat: int) -> NDArray[Any]:
        observations = self._envs.observe(seat)
        order = self._orders.get(seat)
        if order is None or self._nudges is None:
            return observations
        return self._nudges.bias(order, seat, observations, self._world.envs)
