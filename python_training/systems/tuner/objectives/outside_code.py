"""A class that a config names as "module:Class". It is imported only where the policy in force allows its module."""

from __future__ import annotations

import importlib
import re

from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.foreign_code import contained
from python_training.policy import in_force

_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def load_class(target: str, field: str) -> type:
    """Import the class that "module:Class" names.

    Raises:
        NotAllowedError: a config from the network must not name its module.
        ConfigError: the name is not of that form, or nothing of that name can be imported.
    """
    if not _TARGET.fullmatch(target):
        raise ConfigError(f"{field}: expected module:Class, got '{target}'.", field=field)
    in_force().require(Names.MODULE, target, field)
    module, _, name = target.partition(":")
    try:
        with contained(f"the import of {module}"):
            found = getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever stands at the top of a user's module is run now
        raise ConfigError(
            f"{field}: '{target}' cannot be imported: {type(error).__name__}: {str(error).rstrip('.')}.",
            field=field,
            hint="Is its folder in PYTHONPATH?",
        ) from error
    if not isinstance(found, type):
        raise ConfigError(f"{field}: '{target}' must be a class, got {type(found).__name__}.", field=field)
    return found
