"""Exit codes of `paddock`, and which error ends with which. Scripts rely on them; every --help names them."""

from __future__ import annotations

from enum import IntEnum

from python_training.contracts.errors import (
    ConfigError,
    ControlError,
    NoCheckpointError,
    PaddockError,
    RunLockedError,
    TransitionError,
    UnknownNameError,
)


class ExitCode(IntEnum):
    """What the shell sees."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    INVALID_CONFIG = 3
    NOT_FOUND = 4
    REFUSED = 5
    INTERRUPTED = 130


EXIT_CODES = (
    "\b\nExit codes:\n"
    "  0  done\n"
    "  1  failed\n"
    "  2  not a valid command line\n"
    "  3  a config value is invalid; the message names the field\n"
    "  4  no such run, system, world, preset or checkpoint\n"
    "  5  the run's worker cannot be reached, or refused"
)
"""Ends the help of every command."""

_BY_ERROR: tuple[tuple[type[PaddockError], ExitCode], ...] = (
    (ConfigError, ExitCode.INVALID_CONFIG),
    (UnknownNameError, ExitCode.NOT_FOUND),
    (NoCheckpointError, ExitCode.NOT_FOUND),
    (ControlError, ExitCode.REFUSED),
    (RunLockedError, ExitCode.REFUSED),
    (TransitionError, ExitCode.REFUSED),
)


def exit_code(error: PaddockError) -> ExitCode:
    """The code that a program which ends with `error` reports."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), ExitCode.FAILURE)


def help_end(*examples: str) -> str:
    """The end of a command's help: its examples, one a line, and the exit codes."""
    lines = "\n".join(f"  {example}" for example in examples)
    return f"\b\nExamples:\n{lines}\n\n{EXIT_CODES}"
