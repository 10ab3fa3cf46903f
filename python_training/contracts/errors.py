"""The exceptions of Paddock's training side.

PaddockError
├── ConfigError             a value in a config, with its field, what was expected and what came
├── UnknownNameError        no system, world, player, metric or run of that name ("Did you mean ...?"), or several
├── JournalError            a journal that cannot be read or written
├── RunDamagedError         a run's own files are not what they should be
├── StorageError            nothing can be written: the disk is full or refuses
├── RunLockedError          another process writes this run
├── CheckpointError
│   ├── NoCheckpointError       there is none that could be loaded
│   └── CheckpointDamagedError  a file is missing or its hash differs from the manifest
├── NotFiniteError          a number that is NaN or infinite where only finite ones can be used
├── ForeignExitError        foreign code asked the process to end (SystemExit, KeyboardInterrupt, ...)
├── WorldError              an environment from outside breaks Gymnasium's API, or a number of it is not finite
├── ExecutorError           work cannot be carried to the machines that should do it
├── ControlError
│   ├── WorkerUnreachableError  nobody answers on the control socket
│   └── CommandRefusedError     the worker answered "refused" or "failed"
└── TransitionError         a status change that the transition table does not have
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable
from typing import Any

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_MAKE_ROOM = "Free some space (paddock runs delete), then try again."


class PaddockError(Exception):
    """An error that a user can act on.

    `code` is a stable snake_case word for programs, `field` the dotted path of the offending value if there is one,
    `hint` a sentence that says what to try. `permanent` is true of an error that the same run would come to again, so
    that there is no use in restarting it by itself.
    """

    code = "error"
    permanent = False

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.hint = hint

    def to_dict(self) -> dict[str, Any]:
        """`{code, message, field?, hint?, more?}`, the shape that REST, Socket.IO and `--json` show."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            shown["field"] = self.field
        if self.hint is not None:
            shown["hint"] = self.hint
        return shown


class ConfigError(PaddockError):
    """A config value is not what the field takes; `more` are the errors of other fields of the same config."""

    code = "invalid_config"
    more: tuple[ConfigError, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The error, and under `more` those of other fields."""
        shown = super().to_dict()
        return {**shown, "more": [each.to_dict() for each in self.more]} if self.more else shown

    def beneath(self, field: str) -> ConfigError:
        """The same errors of the values in `field`, whose name comes before theirs."""
        error = ConfigError(
            f"{field}.{self.message}" if self.field else f"{field}: {self.message}",
            field=f"{field}.{self.field}" if self.field else field,
            hint=self.hint,
        )
        error.more = tuple(each.beneath(field) for each in self.more)
        return error

    def within(self, field: str) -> ConfigError:
        """The same error of a value that is a part of `field`."""
        where = f"{field}.{self.field}" if self.field else field
        return ConfigError(f"{field}: {self.message}", field=where, hint=self.hint)


class UnknownNameError(PaddockError):
    """A name that no registry or store knows, or that does not say which of several is meant."""

    code = "unknown_name"

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str], *, field: str | None = None) -> UnknownNameError:
        """Build the error for `name`, which is not one of `known`, proposing the nearest spelling."""
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(names) or 'none'}."
        return cls(f"There is no {kind} named '{name}'.", field=field, hint=hint)

    @classmethod
    def several(cls, kind: str, name: str, candidates: Iterable[str], *, field: str | None = None) -> UnknownNameError:
        """Build the error for `name`, which fits each of `candidates`; it names the last ten of them."""
        names = list(candidates)
        shown = ", ".join(names[-10:])
        return cls(f"'{name}' fits {len(names)} {kind}s.", field=field, hint=f"Name one of them in full: {shown}.")


class JournalError(PaddockError):
    """A journal cannot be read or written as it should."""

    code = "journal"


class RunDamagedError(PaddockError):
    """A file of a run is missing, or not what it should be; the message names the file and what is wrong with it."""

    code = "run_damaged"


class StorageError(PaddockError):
    """Nothing can be written, since the disk is full or refuses; what was there before is there still."""

    code = "storage"

    @classmethod
    def of(cls, error: BaseException) -> StorageError | None:
        """What to tell of an error that came of a disk without room; None if it came of something else."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError) and cause.errno in _NO_ROOM:
                return cls(f"Nothing can be written: {os.strerror(cause.errno)}.", hint=_MAKE_ROOM)
            if "disk is full" in str(cause):  # as SQLite says it
                return cls("Nothing can be written: the disk is full.", hint=_MAKE_ROOM)
            cause = cause.__cause__
        return None


class RunLockedError(PaddockError):
    """Another process holds the run's journal lock: a run has one writer."""

    code = "run_locked"


class CheckpointError(PaddockError):
    """A checkpoint cannot be written, found or used."""

    code = "checkpoint"


class NoCheckpointError(CheckpointError):
    """There is no checkpoint that could be loaded."""

    code = "no_checkpoint"


class CheckpointDamagedError(CheckpointError):
    """A checkpoint's files do not agree with its manifest."""

    code = "checkpoint_damaged"


class NotFiniteError(PaddockError):
    """A number is NaN or infinite where only finite ones can be used."""

    code = "not_finite"
    permanent = True


class ForeignExitError(PaddockError):
    """Foreign code raised what ends a process (SystemExit, KeyboardInterrupt, GeneratorExit) or called os._exit."""

    code = "foreign_exit"
    permanent = True


class WorldError(PaddockError):
    """An environment from outside does not keep to Gymnasium's API or to its own spaces, or a number is not finite."""

    code = "world"
    permanent = True


class ExecutorError(PaddockError):
    """Work cannot be carried to the machines that should do it."""

    code = "executor"


class ControlError(PaddockError):
    """A command could not be carried out."""

    code = "control"


class WorkerUnreachableError(ControlError):
    """Nobody answers on the run's control socket."""

    code = "worker_unreachable"


class CommandRefusedError(ControlError):
    """The worker refused the command, or tried it and failed."""

    code = "command_refused"


class TransitionError(PaddockError):
    """A run cannot go from the status it has to the one asked for."""

    code = "invalid_transition"
