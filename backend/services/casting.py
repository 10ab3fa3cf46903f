"""Who flies a game: finds the runs, elites and genomes that are asked for, and the world they meet in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from backend.domain.run import Run
from backend.errors import NotFoundError
from backend.services.admission import NOTHING_ALLOWED, Admission
from backend.services.elites import Elites
from backend.services.player_files import PlayerFiles
from backend.services.run_settings import RunSettings, split_name
from backend.services.runs import Runs
from backend.store.base import RunFilter
from python_training import registry
from python_training.contracts.config import StrictModel, merge, validate
from python_training.contracts.errors import (
    CheckpointDamagedError,
    ConfigError,
    NoCheckpointError,
    PaddockError,
    UnknownNameError,
)
from python_training.contracts.names import Names
from python_training.policy import MAX_PLAYER_NAME
from python_training.runtime.plain_file import json_object
from python_training.runtime.seats import (
    MAX_SEATS,
    MAX_TEAMS,
    Cast,
    GenomePilot,
    Label,
    PersonPilot,
    Pilot,
    PolicyPilot,
    RunId,
    ScriptedPilot,
    Seat,
    TunedPilot,
    document_hash,
)

NOBODY_BREEDS = "No training system here breeds genomes."


class WantedPolicy(StrictModel):
    """The policy of a run, of the newest one that has a checkpoint where none is named."""

    kind: Literal["policy"] = "policy"
    run: RunId | None = None
    step: int | None = Field(None, ge=0, description="Step of its checkpoint; left out, the newest at each bout.")


class WantedElite(StrictModel):
    """An elite of a run, of the newest one that has any where none is named."""

    kind: Literal["elite"] = "elite"
    run: RunId | None = None
    generation: int | None = Field(None, ge=0, description="Left out, the newest.")


class WantedGenome(StrictModel):
    """A genome that is given as it is: Paddock's own format, or neat-python's export."""

    kind: Literal["genome"] = "genome"
    genome: Annotated[dict[str, Any], Names.NOTHING]
    name: Label = "genome"


class WantedPreset(StrictModel):
    """A player of the world's own that is made of numbers, as shipped in config/presets."""

    kind: Literal["preset"] = "preset"
    name: Label = Field(description="Name of the preset.")


class WantedFile(StrictModel):
    """Such a player from a file of this server's folder of players."""

    kind: Literal["file"] = "file"
    path: Annotated[str, Names.PLAYER] = Field(
        max_length=MAX_PLAYER_NAME, description="Below the world's part of that folder, e.g. mine/best.yaml."
    )


class WantedSetting(StrictModel):
    """Such a player as a run that tunes it has it by now: its proved best, its best guess, or what it began with."""

    kind: Literal["setting"] = "setting"
    name: Annotated[str, Names.NOTHING] = Field(
        max_length=MAX_PLAYER_NAME, description="RUN:best, RUN:recommended, RUN:start, or RUN:3, its third accepted."
    )


WantedPilot = Annotated[
    WantedPolicy | WantedElite | WantedGenome | WantedPreset | WantedFile | WantedSetting | ScriptedPilot | PersonPilot,
    Field(discriminator="kind"),
]


class WantedSeat(StrictModel):
    """One seat of the game, in the order of the world's seats."""

    pilot: WantedPilot
    team: int = Field(0, ge=0, lt=MAX_TEAMS, description="Seats of equal team are friends.")


WantedSeats = Annotated[list[WantedSeat], Field(min_length=1, max_length=MAX_SEATS)]


@dataclass(slots=True)
class _Papers:
    """What is found while a cast is made.

    Attributes:
        genomes, tuned: documents by hash.
        found: pilots that were looked up already.
    """

    genomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tuned: dict[str, dict[str, Any]] = field(default_factory=dict)
    found: dict[WantedPolicy | WantedElite, Pilot] = field(default_factory=dict)


@contextmanager
def _of_seat(number: int) -> Iterator[None]:
    """Let errors name the seat."""
    try:
        yield
    except PaddockError as error:
        error.field = ".".join(filter(None, ("seats", str(number), "pilot", error.field)))
        raise


class Casting:
    """Makes a cast of what is wanted. Safe to use from several threads or greenlets."""

    def __init__(self, runs: Runs, elites: Elites, files: PlayerFiles, admission: Admission = NOTHING_ALLOWED) -> None:
        self.admission = admission
        self._runs = runs
        self._elites = elites
        self._files = files
        self._settings = RunSettings(runs)

    def cast(
        self, seats: Sequence[WantedSeat], world: str | None, config: Mapping[str, Any], run: str | None = None
    ) -> Cast:
        """The cast that `seats` ask for.

        The world is the one named, else that of `run`, else that of the first policy, elite or tuned player, else the
        first that knows nudges. Where it is the run's own, the run's settings hold, with `config` on top.

        Raises:
            NotFoundError, UnknownNameError, NoCheckpointError: something named is not there.
            NotAllowedError: `config` names something that the operator does not allow.
            ConfigError: a value is not what its field takes.
            CheckpointDamagedError: an elite's genome is not the one that its run wrote.
        """
        papers = _Papers()
        pilots: list[Pilot | None] = []
        for number, seat in enumerate(seats):
            with _of_seat(number):
                pilots.append(self._pilot(seat.pilot, papers))
                run = run or _home(pilots[-1], seat.pilot)
        chosen, settings = self.world(self._runs.get(run) if run else None, world)
        if config:
            self.admission.world(registry.load(chosen.config), merge(settings, config), settings)
        flying: list[Seat] = []
        for number, (seat, pilot) in enumerate(zip(seats, pilots, strict=True)):
            with _of_seat(number):
                flying.append(Seat(pilot=pilot or self._tuned(seat.pilot, chosen, papers), team=seat.team))
        return validate(
            Cast,
            {
                "world": chosen.name,
                "world_config": merge(settings, config),
                "seats": flying,
                "genomes": papers.genomes,
                "tuned": papers.tuned,
            },
        )

    def world(self, run: Run | None, name: str | None) -> tuple[registry.WorldEntry, Mapping[str, Any]]:
        """The world that is meant and its settings; without a run or a name, the first one that is a game."""
        if run is None and name is None:
            return next(entry for entry in registry.WORLDS.values() if entry.nudges), {}
        return world_of(run, name)

    def newest_with_policy(self) -> Run:
        """The newest run whose policy can be watched; raises NoCheckpointError."""
        for run in self._newest_first():
            if run.checkpoint_step is not None and registry.system(run.system).leaves_policy(run.config):
                return run
        raise NoCheckpointError("No run has a checkpoint yet.", hint="Save one, or watch a scripted player.")

    def _pilot(self, wanted: WantedPilot, papers: _Papers) -> Pilot | None:
        """The pilot, None for one that only a world knows."""
        match wanted:
            case WantedGenome():
                return self._given(wanted, papers)
            case WantedPolicy() | WantedElite():  # once for a whole squad, which must not come to differ
                if wanted not in papers.found:
                    found = self._policy(wanted) if wanted.kind == "policy" else self._elite(wanted, papers)
                    papers.found[wanted] = found
                return papers.found[wanted]
            case ScriptedPilot() | PersonPilot():
                return wanted
            case WantedSetting():
                self._runs.get(split_name(wanted.name)[0])  # its run says in which world this is
                return None
            case WantedPreset() | WantedFile():
                return None

    def _tuned(self, wanted: WantedPilot, world: registry.WorldEntry, papers: _Papers) -> TunedPilot:
        run = None
        match wanted:
            case WantedPreset():
                name, values = wanted.name, self._files.preset(world, wanted.name)
            case WantedSetting():
                (run, _), name, values = split_name(wanted.name), wanted.name, self._settings.get(world, wanted.name)
            case _:
                assert isinstance(wanted, WantedFile)  # noqa: S101  # for mypy: all others are pilots already
                name, values = wanted.path, self._files.file(world, wanted.path)
        key = document_hash(values)
        papers.tuned[key] = values
        return TunedPilot(sha256=key, name=name, run=run)

    def _policy(self, wanted: WantedPolicy) -> PolicyPilot:
        run = self._runs.get(wanted.run) if wanted.run else self.newest_with_policy()
        check_checkpoint(self._runs, run, wanted.step)
        return PolicyPilot(run=run.id, step=wanted.step)

    def _elite(self, wanted: WantedElite, papers: _Papers) -> GenomePilot:
        run = self._runs.get(wanted.run) if wanted.run else self._newest_with_elites()
        known = self._elites.of_run(run.id)
        if not known:
            raise NotFoundError(f"{run.id} has no elite yet.", field="run", hint="Let it train a little longer.")
        generation = known[0].generation if wanted.generation is None else wanted.generation
        elite = self._elites.get(run.id, generation)
        file, content = self._elites.genome(run.id, generation)
        if elite.sha256 and hashlib.sha256(content).hexdigest() != elite.sha256:
            raise CheckpointDamagedError(f"{file} is not the genome that {run.id} wrote.", field="generation")
        document = json_object(file, content)
        key = document_hash(document)
        papers.genomes[key] = document
        return GenomePilot(
            system=run.system,
            sha256=key,
            name=f"Generation {generation}",
            run=run.id,
            generation=generation,
        )

    def _given(self, wanted: WantedGenome, papers: _Papers) -> GenomePilot:
        system = next((entry.name for entry in registry.SYSTEMS.values() if entry.genome), None)
        if system is None:
            raise NotFoundError(NOBODY_BREEDS)
        key = document_hash(wanted.genome)
        papers.genomes[key] = wanted.genome
        return GenomePilot(system=system, sha256=key, name=wanted.name, run=None, generation=None)

    def _newest_with_elites(self) -> Run:
        newest = self._elites.newest(1)
        if not newest:
            raise NotFoundError("No run has left an elite yet.", hint="Breed some: paddock train neat")
        return self._runs.get(newest[0].run)

    def _newest_first(self) -> list[Run]:
        return sorted(self._runs.find(RunFilter())[0], key=lambda each: each.created, reverse=True)


def _home(pilot: Pilot | None, wanted: WantedPilot) -> str | None:
    """The run that a pilot comes from, None if it comes from none."""
    if isinstance(wanted, WantedSetting):
        return split_name(wanted.name)[0]
    return pilot.run if isinstance(pilot, PolicyPilot | GenomePilot) else None


def world_of(run: Run | None, name: str | None) -> tuple[registry.WorldEntry, Mapping[str, Any]]:
    """The world that is meant, and its config: the run's own if that is the run's world."""
    task = registry.system(run.system).played_in(run.config) if run else None
    env, config = task or (None, {})
    own = registry.world(env) if env else None
    chosen = registry.world(name) if name else own or (next(iter(registry.WORLDS.values())) if run is None else None)
    if chosen is None:
        wanted = name or env
        raise UnknownNameError.among("world", str(wanted), registry.WORLDS, field="world")
    return chosen, config if chosen is own else {}


def check_checkpoint(runs: Runs, run: Run, step: int | None) -> None:
    """Make sure that `run` has a policy at `step`, or any; raises ConfigError, NoCheckpointError."""
    if not registry.system(run.system).leaves_policy(run.config):
        raise ConfigError(f"run: {run.id}, of '{run.system}', leaves no policy that could play.", field="run")
    checkpoints = runs.folder(run.id).checkpoints()
    if step is not None:
        checkpoints.get(step)
    elif not checkpoints.list():
        raise NoCheckpointError(f"{run.id} has no checkpoint yet.", field="run", hint="Save one first.")
