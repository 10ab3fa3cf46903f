"""Worlds that users bring: classes, functions and registered environments of modules of theirs."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import gymnasium

from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.names import Names
from python_training.environments.names import check_name, installed_worlds, split_module
from python_training.foreign_code import contained
from python_training.policy import in_force

FOLDER = "PADDOCK_WORLD_FOLDER"
"""Where modules of the user are looked for, beside Python's path and the current folder; inherited by processes."""


@dataclass(frozen=True, slots=True)
class ForeignWorld:
    """How an environment from outside is made.

    Attributes:
        make: gives one copy; called with keyword arguments.
        limit: steps of an episode that its registration declares, None where it declares none.
        registered: whether `make` is Gymnasium's, which takes its arguments beside those of the environment.
    """

    make: Callable[..., Any]
    limit: int | None
    registered: bool


def look_in(folder: str) -> None:
    """Have modules looked for in `folder`, too, from now on: here and in processes that this one starts."""
    if folder:
        os.environ[FOLDER] = folder


def foreign_world(name: str) -> ForeignWorld:
    """The environment called `name`, which is none of Paddock's own.

    Raises:
        UnknownNameError: there is none of that name.
        NotAllowedError: the config came from the network, and the operator does not allow the module.
        ConfigError: its module cannot be imported.
    """
    check_name(name)
    parts = split_module(name)
    if parts is None:
        entry = installed_worlds().get(name)
        if entry is None:
            return _registered(name)
        with _importing(name, entry.module, "where it is installed"):
            return _of(entry.load(), name)
    module_name, attribute = parts
    in_force().require(Names.MODULE, name, "env")
    module = _imported(name, module_name)
    found = getattr(module, attribute, None)
    if found is not None:
        return _of(found, name)
    if attribute in gymnasium.registry:
        return _registered(attribute)
    mine = [each.id for each in gymnasium.registry.values() if _entry_module(each).startswith(module_name)]
    public = [each for each in vars(module) if not each.startswith("_")]
    raise UnknownNameError.among(f"class or registered id in {module_name}", attribute, [*mine, *public], field="env")


def _registered(env_id: str) -> ForeignWorld:
    spec = gymnasium.spec(env_id)

    def make(**settings: Any) -> Any:
        # Neither Gymnasium's checker, which only warns, nor its time limit: ForeignEnvs does both.
        return gymnasium.make(env_id, max_episode_steps=-1, disable_env_checker=True, **settings)

    return ForeignWorld(make, spec.max_episode_steps, registered=True)


def _of(found: Any, name: str) -> ForeignWorld:
    if not callable(found):
        raise ConfigError(
            f"env: '{name}' must be a class or a function that gives an environment, got {type(found).__name__}.",
            field="env",
        )
    return ForeignWorld(found, None, registered=False)


def _entry_module(spec: Any) -> str:
    entry = spec.entry_point
    return entry.partition(":")[0] if isinstance(entry, str) else getattr(entry, "__module__", "") or ""


def _imported(name: str, module_name: str) -> ModuleType:
    folders = _folders()
    for folder in folders:
        if folder not in sys.path:
            sys.path.append(folder)  # at the end: a file called random.py must not take the place of Python's own
    with _importing(name, module_name, f"in {' or '.join(folders)}, or on Python's path"):
        module = importlib.import_module(module_name)
    _refuse_another(name, module_name, module, folders[0])
    return module


def _folders() -> list[str]:
    """The folder that the run was begun in, and the current one."""
    named, here = os.environ.get(FOLDER, ""), ""
    with contextlib.suppress(OSError):  # the current folder may be gone
        here = str(Path.cwd())
    return list(dict.fromkeys(each for each in (named, here) if each))


def _refuse_another(name: str, module_name: str, module: ModuleType, folder: str) -> None:
    """Raise if Python took another module for one that lies in the user's folder."""
    top = Path(folder, module_name.partition(".")[0])
    mine = [path for path in (top.with_suffix(".py"), top) if path.exists()]
    place = getattr(module, "__file__", None)
    if mine and place and not Path(place).resolve().is_relative_to(Path(folder).resolve()):
        raise ConfigError(
            f"env: '{name}' means {mine[0]}, but Python has {place} under that name already.",
            field="env",
            hint="Give the file another name; or, if both are yours, one command to each.",
        )


@contextlib.contextmanager
def _importing(name: str, module_name: str, where: str) -> Any:
    """Errors of an import as ConfigErrors that name the module and where it was looked for."""
    try:
        with contained(f"the import of {module_name}"):
            yield
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            message = f"env: '{name}' needs the module '{error.name}', which is not installed."
            raise ConfigError(message, field="env") from error
        raise ConfigError(
            f"env: there is no module '{error.name}' {where}, which '{name}' is in.",
            field="env",
            hint="Give the command in the folder that holds it, or install it.",
        ) from error
    except Exception as error:  # a module of the user's may do anything while it is imported
        raise ConfigError(
            f"env: '{module_name}' cannot be imported: {type(error).__name__}: {error}.", field="env"
        ) from error


def limit_of(world: ForeignWorld, settings: Mapping[str, Any], unlimited: int, most: int) -> int:
    """Steps after which an episode of `world` is cut off.

    `max_episode_steps` in the settings, else what the registration declares; where either means none (None, 0, -1),
    `unlimited`. Raises ConfigError unless it is an integer up to `most`.
    """
    wanted = settings.get("max_episode_steps", world.limit)
    if wanted is None or (isinstance(wanted, int) and not isinstance(wanted, bool) and wanted in (0, -1)):
        return unlimited
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 1 <= wanted <= most:
        raise ConfigError(
            f"env_config.max_episode_steps: expected a whole number from 1 to {most}, or -1 for {unlimited}, "
            f"got {wanted!r}.",
            field="env_config.max_episode_steps",
        )
    return wanted
