"""Pilots at work: the seats that one pilot flies are decided for in one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.details import Decision
from python_training.contracts.errors import ConfigError, NoCheckpointError
from python_training.contracts.player import ExplainingPlayer, NetworkPlayer, Player, SeatedPlayer
from python_training.environments.open_world import OpenWorld
from python_training.runtime.followed_policy import FollowedPolicy
from python_training.runtime.players import scripted_player
from python_training.runtime.recording import PolicyFlown
from python_training.runtime.run_folder import RunFolder
from python_training.runtime.seats import (
    Cast,
    GenomePilot,
    PersonPilot,
    Pilot,
    PolicyPilot,
    RunsAt,
    ScriptedPilot,
    TunedPilot,
)


class Crew:
    """One pilot in one or several seats."""

    def __init__(self, seats: Sequence[int], player: Player) -> None:
        self.seats = tuple(seats)
        self._player = player

    def begin(self, seed: int, flown: Mapping[int, PolicyFlown] | None) -> Mapping[int, PolicyFlown]:
        """Forget the last bout; returns which checkpoint flies which seat, nothing where none does."""
        self._player.reset(len(self.seats), seed)
        return {}

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        """Actions (seats, A) for observations (seats, D)."""
        if not isinstance(self._player, SeatedPlayer):
            return self._player.act(observations, world)
        player = self._player
        acts = [player.act_seat(seat, observations[i : i + 1], world) for i, seat in enumerate(self.seats)]
        return np.concatenate(acts)

    def activations(self, seat: int) -> list[float] | None:
        """What the nodes of the network in `seat` hold, None if the pilot is no network."""
        if not isinstance(self._player, NetworkPlayer):
            return None
        return [round(value, 3) for value in self._player.activations(self.seats.index(seat))]

    def network(self) -> dict[str, Any] | None:
        """Nodes and links of the pilot's network, None if it is none."""
        return dict(self._player.network.to_dict()) if isinstance(self._player, NetworkPlayer) else None

    def explain(self, seat: int, world: Any) -> Decision | None:
        """What the pilot does next in `seat` of `world`, None if it cannot say."""
        return self._player.explain(seat, world) if isinstance(self._player, ExplainingPlayer) else None


class _Scripts(Crew):
    """A scripted player that looks at the world from the seat it flies: one of its kind in each seat."""

    def __init__(self, players: Mapping[int, Any]) -> None:
        super().__init__(tuple(players), next(iter(players.values())))
        self._players = players

    def begin(self, seed: int, flown: Mapping[int, PolicyFlown] | None) -> Mapping[int, PolicyFlown]:
        for player in self._players.values():
            player.reset(1, seed)
        return {}

    def act(self, observations: NDArray[Any], world: Any) -> NDArray[Any]:
        acts = [
            player.act_seat(seat, observations[index : index + 1], world)
            for index, (seat, player) in enumerate(self._players.items())
        ]
        return np.concatenate(acts)


class _Followers(Crew):
    """The policy of a run's checkpoint."""

    def __init__(self, seats: Sequence[int], folder: RunFolder, step: int | None) -> None:
        self._folder = folder
        self._policy = FollowedPolicy(folder, step)
        super().__init__(seats, self._policy.player)

    def begin(self, seed: int, flown: Mapping[int, PolicyFlown] | None) -> Mapping[int, PolicyFlown]:
        wanted = None if flown is None else flown.get(self.seats[0])
        if wanted is None:
            self._policy.refresh()
        elif (wanted.step, wanted.sha256) != (self._policy.step, self._policy.sha256):
            self._policy = FollowedPolicy(self._folder, wanted.step)
            if self._policy.sha256 != wanted.sha256:
                raise NoCheckpointError(
                    f"{self._folder.id} has another checkpoint {wanted.step} than the one that flew this bout."
                )
        self._player = self._policy.player
        super().begin(seed, flown)
        now = PolicyFlown(step=self._policy.step, sha256=self._policy.sha256)
        return dict.fromkeys(self.seats, now)


def hire(cast: Cast, world: OpenWorld, runs: RunsAt | None) -> list[Crew]:
    """The crews of `cast`, one for each of its pilots however many seats they fly; persons need none.

    Raises:
        ConfigError, UnknownNameError, NoCheckpointError: a pilot cannot be had; the message names the seat.
    """
    seats: dict[Pilot, list[int]] = {}
    for number, seat in enumerate(cast.seats):
        if not isinstance(seat.pilot, PersonPilot):
            seats.setdefault(seat.pilot, []).append(number)
    return [_crew(pilot, numbers, cast, world, runs) for pilot, numbers in seats.items()]


def _crew(pilot: Pilot, seats: Sequence[int], cast: Cast, world: OpenWorld, runs: RunsAt | None) -> Crew:
    match pilot:
        case ScriptedPilot():
            return _scripts({seat: scripted_player(world, pilot.name) for seat in seats})
        case TunedPilot():
            return _scripts({seat: _tuned_player(pilot, cast, world) for seat in seats})
        case GenomePilot():
            return Crew(seats, _genome_player(pilot, cast, world))
        case PolicyPilot():
            if runs is None:
                raise ConfigError(f"seats.{seats[0]}.pilot: there are no runs here.", field="seats")
            folder = RunFolder(Path(runs.logs_dir), Path(runs.checkpoints_dir), pilot.run)
            return _Followers(seats, folder, pilot.step)
    raise ConfigError(f"seats.{seats[0]}.pilot: a {pilot.kind} is no pilot.", field="seats")


def _scripts(players: Mapping[int, Player]) -> Crew:
    first = next(iter(players.values()))
    return _Scripts(players) if isinstance(first, SeatedPlayer) else Crew(tuple(players), first)


def _tuned_player(pilot: TunedPilot, cast: Cast, world: OpenWorld) -> Player:
    if world.entry is None or not world.entry.tuned:
        raise ConfigError(f"'{world.name}' has no players made of numbers.", field="seats")
    try:
        values = cast.tuned[pilot.sha256]
    except KeyError:
        raise ConfigError(f"tuned: the values {pilot.sha256} are missing.", field="tuned") from None
    player: Player = registry.load(world.entry.tuned)(values, pilot.name, world.config)
    return player


def _genome_player(pilot: GenomePilot, cast: Cast, world: OpenWorld) -> Player:
    entry = registry.system(pilot.system)
    if not entry.genome:
        raise ConfigError(f"'{pilot.system}' breeds no genomes.", field="seats")
    try:
        document = cast.genomes[pilot.sha256]
    except KeyError:
        raise ConfigError(f"genomes: the genome {pilot.sha256} is missing.", field="genomes") from None
    try:
        player: Player = registry.load(entry.genome)(document, world.envs.single_action_space)
        player.reset(1, 0)
        player.act(np.zeros((1, *(world.envs.single_observation_space.shape or ())), np.float32), None)
    except ConfigError as error:  # it is no genome, or was bred for another world
        raise ConfigError(f"{pilot.name}: {error.message}", field="seats", hint=error.hint) from error
    return player
