"""Opens what is played: a world of Paddock's own, or any Gymnasium environment by id, class or entry point."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gymnasium
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.environments.foreign_envs import ForeignEnvs, Step
from python_training.environments.imports import ForeignWorld, foreign_world, limit_of
from python_training.environments.pictures import picture_frame
from python_training.environments.stopping import StopSignal, current_stop
from python_training.registry import WorldEntry

UNLIMITED_EPISODE = 10_000
"""Steps after which an episode is cut off in an environment that declares no limit."""

LONGEST_EPISODE = 1_000_000
"""No limit may be higher: the actions of an episode are kept, and played again when a run is resumed."""

PICTURES = "rgb_array"


class Envs(Protocol):
    """A batch of N copies of a world: a Gymnasium VectorEnv whose complete state can be kept."""

    num_envs: int
    metadata: dict[str, Any]
    single_observation_space: gymnasium.Space[Any]
    single_action_space: gymnasium.Space[Any]

    @property
    def unwrapped(self) -> Any:
        """The world itself."""
        ...

    def reset(
        self, *, seed: Sequence[int], options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin an episode in every copy, each at its own seed."""
        ...

    def step(self, actions: NDArray[Any]) -> Step:
        """One step of every copy."""
        ...

    def get_state(self) -> dict[str, NDArray[Any]]:
        """Everything that the future depends on."""
        ...

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


@dataclass(frozen=True, slots=True)
class OpenWorld:
    """A batched world that is ready to be reset.

    Attributes:
        name: the registry's name of the world, or what the config calls it.
        envs: the vector env. Observations are float rows (N, size) of finite numbers.
        entry: what the registry says of it, None for a world that is not Paddock's own.
        config: its validated config, None for a world that is not Paddock's own.
        stop: what ends loops over it.
    """

    name: str
    envs: Envs
    entry: WorldEntry | None
    config: Any
    stop: StopSignal

    @property
    def observation_size(self) -> int:
        """Numbers in one observation."""
        shape = self.envs.single_observation_space.shape
        return int(shape[0]) if shape else 1

    @property
    def leaves_ended(self) -> bool:
        """Whether a copy whose episode is over stands still, rather than begin the next one."""
        return self.envs.metadata.get("autoreset_mode") is AutoresetMode.DISABLED

    def reset(self, seeds: Sequence[int], options: dict[str, Any] | None = None) -> NDArray[Any]:
        """Begin a new episode in every copy, each at its own seed; returns the observations."""
        observations, _ = self.envs.reset(seed=list(seeds), options=options)
        return observations

    def draw(self, index: int = 0) -> ViewFrame:
        """A picture of copy `index`; one that says why, where the world draws none."""
        if self.entry is None:
            return picture_frame(self._foreign(), index, self.step_seconds())
        frame: ViewFrame = registry.load(self.entry.view)(self.envs, index)
        return frame

    def require_pictures(self) -> None:
        """Raise ConfigError if the world draws no pictures; it must have been reset."""
        if self.entry is None and self._foreign().picture(0) is None:
            raise ConfigError(
                f"'{self.name}' draws no pictures: expected '{PICTURES}' among its render_modes, "
                f"got {self.envs.metadata.get('render_modes') or 'none'}.",
                field="world",
            )

    def step_seconds(self) -> float:
        """World time that one step takes, from the env's declared `render_fps`; 1/30 s where none is declared."""
        declared = self.envs.metadata.get("render_fps") or 30
        return 1.0 / float(declared)

    def close(self) -> None:
        """Release the envs."""
        self.envs.close()

    def _foreign(self) -> ForeignEnvs:
        assert isinstance(self.envs, ForeignEnvs)  # noqa: S101  # for mypy: worlds without an entry are
        return self.envs


def open_world(
    name: str,
    settings: Mapping[str, Any],
    num_envs: int,
    *,
    evaluation: bool = True,
    autoreset: bool = True,
    pictures: bool = False,
) -> OpenWorld:
    """Open `num_envs` copies of the world `name`.

    Args:
        name: one of the forms that `names` lists.
        settings: the world's config as plain data; for other worlds, keyword arguments of the environment.
        num_envs: how many copies play side by side.
        evaluation: switch off what only training wants (curriculum, domain randomisation).
        autoreset: whether an episode that is over is followed by the next one (AutoresetMode.NEXT_STEP). A world that
            can leave ended copies alone does so if not, which saves their steps; in others they play on, unheeded.
        pictures: whether copies are going to be drawn, which environments want to know beforehand.

    Raises:
        ConfigError: `settings` do not fit the world, or its spaces are of a kind that no policy can deal with.
        UnknownNameError: nothing of that name.
    """
    stop = current_stop()
    entry = registry.world(name)
    if entry is None:
        foreign = _open_foreign(name, settings, num_envs, autoreset=autoreset, pictures=pictures, stop=stop)
        return OpenWorld(name, foreign, None, None, stop)
    try:
        config = validate(registry.load(entry.config), dict(settings))
    except ConfigError as error:
        field = f"env_config.{error.field}" if error.field else "env_config"
        raise ConfigError(error.message, field=field, hint=error.hint) from None
    if evaluation:
        config = config.evaluation()
    make = registry.load(entry.vector_env)
    disabled = {} if autoreset or "autoreset" not in inspect.signature(make).parameters else {"autoreset": "disabled"}
    return OpenWorld(entry.name, make(num_envs=num_envs, config=config, **disabled), entry, config, stop)


def open_game(name: str, settings: Mapping[str, Any], teams: Sequence[int]) -> tuple[OpenWorld, int]:
    """Open one copy of a world as a game, with a seat for each of `teams`; equal numbers are friends.

    A world that can be a game has a config with `game(teams)`, which makes ticks short enough to look at. Any other
    world is a game with one seat as it is.

    Returns the world, and for how many of its ticks a decision holds that was learned in the world as it is.

    Raises:
        ConfigError: `settings` do not fit, or the world has not so many seats.
        UnknownNameError: no such world.
    """
    if registry.world(name) is None:
        raise ConfigError(f"'{name}' is no game; expected one of {', '.join(registry.WORLDS)}.", field="world")
    usual = open_world(name, settings, 1)
    make_game = getattr(usual.config, "game", None)
    if make_game is None:
        if len(teams) != 1:
            raise ConfigError(f"seats: '{usual.name}' has 1 seat, got {len(teams)}.", field="seats")
        return usual, 1
    assert usual.entry is not None  # noqa: S101  # for mypy: looked up above
    config = make_game(teams)
    envs = registry.load(usual.entry.vector_env)(num_envs=1, config=config)
    world = OpenWorld(usual.name, envs, usual.entry, config, usual.stop)
    usual.close()
    return world, max(1, round(usual.step_seconds() / world.step_seconds()))


def _open_foreign(
    name: str, settings: Mapping[str, Any], num_envs: int, *, autoreset: bool, pictures: bool, stop: StopSignal
) -> ForeignEnvs:
    world = foreign_world(name)
    limit = limit_of(world, settings, UNLIMITED_EPISODE, LONGEST_EPISODE)
    arguments = _arguments(world, settings)
    try:
        if pictures and _draws(world, arguments):
            arguments["render_mode"] = PICTURES
        return ForeignEnvs(name, lambda: world.make(**arguments), num_envs, limit=limit, autoreset=autoreset, stop=stop)
    except (TypeError, ValueError, AssertionError) as error:
        raise ConfigError(
            f"env_config: '{name}' does not take {dict(settings)}: {error}.", field="env_config"
        ) from error
    except (gymnasium.error.Error, ImportError) as error:
        raise ConfigError(f"env: '{name}' cannot be opened: {error}.", field="env") from error


def _arguments(world: ForeignWorld, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of one copy: all settings but the time limit, unless that is an argument of its own."""
    wanted = dict(settings)
    if world.registered or not _takes(world.make, "max_episode_steps"):
        wanted.pop("max_episode_steps", None)
    return wanted


def _draws(world: ForeignWorld, arguments: Mapping[str, Any]) -> bool:
    """Whether copies can be asked for pictures when they are made."""
    if "render_mode" in arguments or not (world.registered or _takes(world.make, "render_mode")):
        return False
    probe = world.make(**arguments)
    try:
        return PICTURES in (probe.metadata or {}).get("render_modes", ())
    finally:
        probe.close()


def _takes(make: Any, argument: str) -> bool:
    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError):  # a class written in C tells none
        return False
    return argument in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())
