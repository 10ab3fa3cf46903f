"""What sessions are to show: a player in a world, a game, or a recording."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from backend.domain.run import Run
from backend.services.admission import Admitted
from backend.services.casting import Casting, WantedSeat, check_checkpoint, world_of
from backend.services.runs import Runs
from python_training import registry
from python_training.contracts.errors import UnknownNameError
from python_training.contracts.seeds import held_out_seeds
from python_training.environments.names import RANDOM, check_name, split_module
from python_training.runtime.recording import recording_of
from python_training.runtime.seats import Cast, shown_seats

POLICY = "policy"
WATCH_FPS, GAME_FPS = 30.0, 60.0
REPLAYED = "replay.json"
"""The recording that is replayed, in the session's folder."""

Kind = Literal["watch", "game", "replay"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one session is to show.

    Attributes:
        shown: the fields of a SessionSpec that say it.
        run, step: whose policy plays alone, None where none does.
        seats: who flies, as people see it.
        files: what the session finds in its folder.
        admitted: names that it may use beside what the settings allow, since the run it shows has them.
    """

    kind: Kind
    shown: Mapping[str, Any]
    world: str
    player: str
    seed: int
    fps: float
    run: str | None = None
    step: int | None = None
    seats: tuple[Mapping[str, Any], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    admitted: Admitted = ()


class SessionPlans:
    """Makes plans of what people ask for. Safe to use from several threads or greenlets."""

    def __init__(self, runs: Runs, casting: Casting) -> None:
        self._runs = runs
        self._casting = casting

    def watch(
        self,
        *,
        run: str | None = None,
        step: int | None = None,
        world: str | None = None,
        player: str = POLICY,
        seed: int | None = None,
    ) -> Plan:
        """One player in a world.

        A policy is that of `run` (of the newest run that has a checkpoint, if none is named) at `step` (following the
        newest checkpoint, if none is named); the world is then the run's own unless another one is named. Any other
        player is one of the world's scripted players.

        Raises:
            NotFoundError, UnknownNameError, NoCheckpointError: something named is not there.
            ConfigError: a value is not what its field takes.
        """
        known = self._runs.get(run) if run else self._casting.newest_with_policy() if player == POLICY else None
        chosen, config, players = _watched(known, world)
        folder = self._runs.folder(known.id).spec().started_in if known else ""
        return Plan(
            kind="watch",
            shown={
                "world": chosen,
                "world_config": config,
                "world_folder": folder,
                "player": self._player(known, step, players, player),
            },
            world=chosen,
            player=player,
            seed=_seed(seed),
            fps=WATCH_FPS,
            run=known.id if known and player == POLICY else None,
            step=step,
            admitted=self._runs.named_by(known.id).pairs if known else (),
        )

    def game(
        self,
        seats: Sequence[WantedSeat],
        *,
        run: str | None = None,
        world: str | None = None,
        world_config: Mapping[str, Any] | None = None,
        seed: int | None = None,
    ) -> Plan:
        """A game for whoever is wanted in its seats; Casting.cast tells what is taken and raised."""
        cast = self._casting.cast(seats, world, world_config or {}, run)
        admitted = self._runs.named_by(run).pairs if run else ()
        return self._of_cast("game", cast, _seed(seed), {"cast": cast.model_dump(mode="json")}, admitted=admitted)

    def replay(self, recording: Any) -> Plan:
        """A recorded game, given as its JSON data.

        Raises:
            ConfigError: it is no recording.
            NotAllowedError: it names what the operator does not allow.
        """
        checked = recording_of(recording)
        self._casting.admission.body(checked)
        files = {REPLAYED: json.dumps(recording)}
        return self._of_cast("replay", checked.cast, checked.bouts[0].seed, {"replay": REPLAYED}, files)

    def _of_cast(
        self,
        kind: Kind,
        cast: Cast,
        seed: int,
        shown: Mapping[str, Any],
        files: Mapping[str, str] | None = None,
        admitted: Admitted = (),
    ) -> Plan:
        return Plan(
            kind=kind,
            shown={**shown, "runs": self._runs.whereabouts},
            world=cast.world,
            player=kind,
            seed=seed,
            fps=GAME_FPS,
            seats=tuple(shown_seats(cast)),
            files=files or {},
            admitted=admitted,
        )

    def _player(self, run: Run | None, step: int | None, players: Sequence[str], player: str) -> dict[str, Any]:
        if player != POLICY:
            if player not in players:
                raise UnknownNameError.among("player", player, (POLICY, *players), field="player")
            return {"kind": "scripted", "name": player}
        assert run is not None  # noqa: S101  # for mypy: watch looked one up
        check_checkpoint(self._runs, run, step)
        folder = self._runs.folder(run.id)
        return {
            "kind": "policy",
            "run_dir": str(folder.path),
            "checkpoints_dir": str(folder.checkpoints_dir),
            "step": step,
        }


def _watched(run: Run | None, name: str | None) -> tuple[str, Mapping[str, Any], Sequence[str]]:
    """The name of the world that is to be watched, its config, and who plays in it without having learned.

    A run's own may be one of a user's module; any other must be registered or installed.
    """
    env, config = (registry.system(run.system).task_of(run.config) if run else None) or (None, {})
    wanted = name or env
    if wanted is None or registry.world(wanted) is not None:
        chosen, settings = world_of(run, name)
        return chosen.name, settings, tuple(chosen.players)
    if wanted == env:
        return wanted, config, (RANDOM,)
    if split_module(wanted) is not None:
        raise UnknownNameError.among("world", wanted, registry.WORLDS, field="world")
    try:
        check_name(wanted)
    except UnknownNameError as error:
        raise UnknownNameError(error.message, field="world", hint=error.hint) from None
    return wanted, {}, (RANDOM,)


def _seed(wanted: int | None) -> int:
    return held_out_seeds(1)[0] if wanted is None else wanted
