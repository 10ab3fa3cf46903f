"""Code that a config names: a class "module:Class", or a command. It is run only where the config can be trusted.

Whoever types `paddock train` could run the code anyway. A config that came through the server is another matter: there
the operator decides, once, by starting the server with PADDOCK_ALLOW_CODE=1; without it the server's workers are given
PADDOCK_REFUSE_CODE=1.
"""

from __future__ import annotations

import importlib
import os
import re

from python_training.contracts.errors import ConfigError
from python_training.foreign_code import contained

REFUSED = "PADDOCK_REFUSE_CODE"
_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")
_OWN = "python_training."


def require_allowed(what: str, field: str) -> None:
    """Raise ConfigError at `field` if this process must not run `what` because a config says so."""
    if os.environ.get(REFUSED, "") not in ("", "0"):
        raise ConfigError(
            f"{field}: {what} is not run for a config that came through the server.",
            field=field,
            hint="Start the run with `paddock train`, or the server with PADDOCK_ALLOW_CODE=1.",
        )


def load_class(target: str, field: str) -> type:
    """Import the class that "module:Class" names; Paddock's own need no permission.

    Raises:
        ConfigError: the name is not of that form, nothing of that name can be imported, or it must not be.
    """
    if not _TARGET.fullmatch(target):
        raise ConfigError(f"{field}: expected module:Class, got '{target}'.", field=field)
    if not target.startswith(_OWN):
        require_allowed(f"'{target}'", field)
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
