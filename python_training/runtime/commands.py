"""Accepts or refuses commands at once, on the socket's threads, and puts them in line for the training loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import PaddockError, UnknownNameError
from python_training.contracts.events import EventType
from python_training.contracts.status import ENDED, RunStatus, check_transition
from python_training.environments.stopping import StopSignal
from python_training.runtime.control_server import Command
from python_training.runtime.journal import JournalWriter

NAMES = ("pause", "resume", "save", "set", "stop")
"""What a worker takes, beside watch, unwatch and ping. The args of `set` are the fields to change; others take none."""

STOP = None
"""What a signal puts in line in place of a command."""

Inbox = SimpleQueue[Command | None]
"""Commands in line. A SimpleQueue may be put to from a signal handler, whatever the interrupted code holds."""


class StatusLine:
    """The run's status as this worker journals it; used by the loop and by the socket's threads."""

    def __init__(self, journal: JournalWriter, status: RunStatus | None) -> None:
        self._journal = journal
        self._status = status
        self.lock = threading.RLock()

    @property
    def current(self) -> RunStatus | None:
        """The latest status, None for a run that never had one."""
        return self._status

    def become(self, status: RunStatus, **data: Any) -> None:
        """Journal a new status; nothing happens if it is the old one. Raises TransitionError."""
        with self.lock:
            if status is self._status:
                return
            check_transition(self._status, status)
            self._status = status
            self._journal.append(EventType.STATUS, status=status, **data)


class CommandDesk:
    """Answers each command with accepted or refused.

    Args:
        config: gives the config that holds at the moment, to judge `set` by.
        stop: asked when a stop was accepted.
    """

    def __init__(self, status: StatusLine, inbox: Inbox, config: Callable[[], SystemConfig], stop: StopSignal) -> None:
        self._status = status
        self._inbox = inbox
        self._config = config
        self._stop = stop

    def take(self, command: Command) -> None:
        """Called by the control server for every command; takes microseconds."""
        try:
            self._judge(command)
        except PaddockError as error:
            command.refuse(f"{error.message} {error.hint or ''}".strip(), field=error.field)

    def _judge(self, command: Command) -> None:
        name = command.name
        if name not in NAMES:
            raise UnknownNameError.among("command", name, (*NAMES, "watch", "unwatch", "ping"), field="name")
        if name == "set":
            if not command.args:
                raise PaddockError("set takes the fields to change, got none.")
            self._config().changed(command.args)
        elif command.args:
            raise PaddockError(f"{name} takes no arguments, got {', '.join(command.args)[:100]}.")
        with self._status.lock:
            status = self._status.current
            if status in ENDED:
                raise PaddockError(f"The run is {status}.")
            if status is RunStatus.STOPPING and name not in ("stop", "save"):
                raise PaddockError("The run is stopping.")
            # The status first: whoever hears "accepted" and looks finds it changed.
            if name == "stop":
                self._status.become(RunStatus.STOPPING)
            elif name == "pause" and status is RunStatus.RUNNING:
                self._status.become(RunStatus.PAUSING)
            command.accept()
            self._inbox.put(command)
            if name == "stop":
                self._stop.ask()
