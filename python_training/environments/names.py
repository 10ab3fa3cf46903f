"""What a world is called in a config, and whether there can be one of that name. Light to import, and imports no world.

    arena, paddock/Arena-v0     a world of Paddock's own
    CartPole-v1                 an environment that is registered with Gymnasium
    pong                        an entry point of an installed package, in the group paddock.worlds
    my_package.worlds:Pong-v0   a module that registers an environment, and its id (Gymnasium's own way of writing it)
    my_package.worlds:Pong      a module, and a class or function of it that gives an environment

A name with a colon makes whoever opens it import a module, so it is not looked up here.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from python_training import registry
from python_training.contracts.errors import ConfigError, UnknownNameError

RANDOM = "random"
"""The player that every world has: it draws each action at random."""

GROUP = "paddock.worlds"
"""Entry points of this group are worlds: name = "module:class or function"."""

_MODULE_NAME = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<attribute>[\w.-]+(/[\w.-]+)?)")


def split_module(name: str) -> tuple[str, str] | None:
    """Module and attribute, or module and Gymnasium id, of a name with a colon; None for one without.

    Raises:
        ConfigError: there is a colon, and the rest does not fit.
    """
    if ":" not in name:
        return None
    found = _MODULE_NAME.fullmatch(name)
    if found is None:
        raise ConfigError(
            f"env: expected module:Class or module:Id-v0, got '{name[:200]}'.",
            field="env",
            hint="For example my_package.my_module:MyEnv-v0.",
        )
    return found["module"], found["attribute"]


@cache
def installed_worlds() -> dict[str, EntryPoint]:
    """The entry points of the group paddock.worlds by name; none of them is imported."""
    return {each.name: each for each in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value))}


def is_world(name: str) -> bool:
    """Whether `name` is, or may be, that of a world."""
    try:
        check_name(name)
    except (ConfigError, UnknownNameError):
        return False
    return True


def check_name(name: str) -> None:
    """Make sure that a world of this name can be looked for.

    Raises:
        UnknownNameError: nothing is registered or installed under it.
        ConfigError: it has a colon, and is not of the form module:attribute.
    """
    if registry.world(name) is not None or split_module(name) is not None or name in installed_worlds():
        return
    import gymnasium  # not needed for Paddock's own worlds

    if name not in gymnasium.registry:
        known = [*registry.WORLDS, *installed_worlds(), *gymnasium.registry]
        raise UnknownNameError.among("world", name, known, field="env")
