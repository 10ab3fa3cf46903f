"""Hosts a trainer: takes a run up where its newest good checkpoint left it, trains, and leaves it resumable."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Literal

from python_training import registry
from python_training.contracts.config import validate
from python_training.contracts.errors import CheckpointError, ConfigError, JournalError, PaddockError, RunLockedError
from python_training.contracts.events import Event, EventType
from python_training.contracts.status import RunStatus
from python_training.contracts.trainer import Trainer
from python_training.environments.imports import look_in
from python_training.environments.stopping import InterruptedWorkError, StopSignal, stopped_by
from python_training.runtime.checkpoint import CheckpointInfo
from python_training.runtime.checkpointing import Checkpointer
from python_training.runtime.commands import STOP, CommandDesk, Inbox, StatusLine
from python_training.runtime.contained_trainer import ContainedTrainer
from python_training.runtime.control import Reply
from python_training.runtime.control_server import Command, ControlServer
from python_training.runtime.event_lines import EventLog
from python_training.runtime.history import History, read_history
from python_training.runtime.journal import JournalWriter, read_events
from python_training.runtime.manifest import other_versions
from python_training.runtime.metric_guard import MetricGuard
from python_training.runtime.mlflow_companion import PATIENCE_S, MLflowCompanion
from python_training.runtime.mlflow_settings import MLflowSettings
from python_training.runtime.output import complain
from python_training.runtime.report import report_to
from python_training.runtime.run_folder import RunFolder, RunSpec, WorkerInfo, write_json
from python_training.runtime.stall_watch import StallWatch
from python_training.runtime.tensorboard import TensorBoardWriter
from python_training.runtime.threads import limit_threads
from python_training.runtime.training_loop import Outcome, TrainingLoop

Host = Literal["supervisor", "terminal"]

_LOCK_PATIENCE_S = 2.0 + PATIENCE_S  # a worker that has just stopped the run may still be on its way out
_MAX_TRACEBACK = 20_000


def host(
    folder: RunFolder,
    *,
    host: Host,
    on_event: Callable[[Event], None] | None = None,
    mlflow: MLflowSettings | None = None,
) -> RunStatus:
    """Train a run in this process until it is stopped or finished, or crashes.

    On the main thread SIGTERM and SIGINT mean `stop`; a SIGINT after that kills the process at once.

    Args:
        folder: a run that nobody else trains.
        host: who looks after the run. What a crashed run becomes is left to the supervisor; where there is none, it is
            journalled as failed.
        on_event: called with every event as it is journalled, from several threads. It must be quick.
        mlflow: the tracking store that the run is also logged to, if any.

    Returns:
        stopped, finished, or failed after a crash; the traceback is on stderr and in the journal then.

    Raises:
        RunLockedError: another process trains this run.
        ConfigError: a tracking store is set, and MLflow is not installed.
        PaddockError: the run cannot begin: its config, parent or checkpoint does not fit.
    """
    spec = folder.spec()
    look_in(spec.started_in)
    limit_threads(spec.threads)
    if mlflow is not None:
        mlflow.require_mlflow()
    log = EventLog(folder.log_path, spec.metrics, registry.unit_of(spec.system))

    def take(event: Event) -> None:
        log.take(event)
        if on_event is not None:
            on_event(event)

    with _open_journal(folder.path, take) as journal, contextlib.ExitStack() as stack:
        if mlflow is not None:
            stack.enter_context(contextlib.closing(MLflowCompanion(mlflow, folder, report_to(journal))))
        return _Worker(folder, spec, journal, host).run()


class _Worker:
    """One life of a run's worker: everything around the training loop."""

    def __init__(self, folder: RunFolder, spec: RunSpec, journal: JournalWriter, host: Host) -> None:
        self._folder = folder
        self._spec = spec
        self._journal = journal
        self._host = host
        self._report = report_to(journal)
        self._inbox = Inbox()
        self._stop = StopSignal()
        self._config = spec.typed_config()
        self._loop: TrainingLoop | None = None

    def run(self) -> RunStatus:
        history = read_history(read_events(self._folder.path))
        status = StatusLine(self._journal, history.status)
        desk = CommandDesk(status, self._inbox, lambda: self._loop.config if self._loop else self._config, self._stop)
        with contextlib.ExitStack() as stack:
            server = ControlServer(self._folder.socket_path, desk.take, on_reply=self._acknowledge)
            stack.callback(server.close)
            stack.enter_context(_signals(self._inbox, self._stop, tell=self._host == "terminal"))
            write_json(self._folder.worker_path, WorkerInfo.of_this_process(self._host, server.path).to_dict())
            if history.status is not None and history.status.has_worker:
                # The last worker died, and there was no supervisor to say so.
                status.become(RunStatus.RESTARTING, reason="its worker died", attempt=history.attempt, delay_s=0)
            status.become(RunStatus.STARTING, pid=os.getpid(), host=self._host, attempt=history.attempt)
            try:
                with stopped_by(self._stop):
                    outcome = self._train(history, status, server)
            except InterruptedWorkError:  # before there was anything to train
                outcome = self._stopped_early(status)
            except Exception as error:  # a trainer is foreign code: whatever it raises is the end of this life only
                permanent = self._would_come_again(error)
                self._crashed(error, status, permanent=permanent)
                if self._loop is None and isinstance(error, PaddockError) and not permanent:
                    raise
                return RunStatus.FAILED
            self._folder.worker_path.unlink(missing_ok=True)
            outcome.answer()
        return outcome.status

    def _train(self, history: History, status: StatusLine, server: ControlServer) -> Outcome:
        spec, entry = self._spec, registry.system(self._spec.system)
        checkpointer = Checkpointer(self._folder, spec, self._journal, self._report)
        newest = checkpointer.find(history)
        start = newest or self._parent()
        if newest is not None:
            self._config = validate(entry.config_class(), newest.config)
        step = start.step if start else 0
        # What was saved before the first point precedes the points of its own step, too.
        rewound_to = step if start is not None and start.metrics else -1
        with contextlib.ExitStack() as stack:
            trainer = ContainedTrainer.built(registry.load(entry.trainer), self._config, threads=spec.threads)
            stack.callback(_close, trainer)
            if start is not None:
                self._take_up(trainer, start)
            rewinds = history.last_step is not None and history.last_step > rewound_to
            if rewinds:
                self._journal.append(EventType.REWOUND, to_step=rewound_to)
            if history.attempt:
                self._report("info", "recovered", f"The run goes on from {entry.unit.one} {step}.", step)
            tensorboard = TensorBoardWriter(self._folder.tensorboard_path, rewound_to=rewound_to if rewinds else None)
            stack.callback(tensorboard.close)
            stall = StallWatch(self._report)
            stack.callback(stall.close)
            self._loop = TrainingLoop(
                trainer,
                self._config,
                step,
                saved=newest is not None,
                changes=[(at, changes) for at, changes in history.changes if at >= step],
                journal=self._journal,
                status=status,
                inbox=self._inbox,
                server=server,
                checkpointer=checkpointer,
                tensorboard=tensorboard,
                guard=MetricGuard(spec.metrics, self._report),
                stall=stall,
                report=self._report,
            )
            with status.lock:
                if status.current is not RunStatus.STOPPING:
                    status.become(RunStatus.RUNNING, step=step)
            return self._loop.run()

    def _stopped_early(self, status: StatusLine) -> Outcome:
        """The run was stopped while its world was being opened, or played again up to where it was."""
        why = "it was stopped before it had begun"
        with status.lock:
            self._journal.append(EventType.RESULT, status=RunStatus.STOPPED, step=0, metrics={}, reason=why)
            status.become(RunStatus.STOPPED, reason=why)
        waiting: list[Command] = []
        while not self._inbox.empty():
            command = self._inbox.get_nowait()
            if command is not STOP:
                waiting.append(command)
        stops = tuple(each for each in waiting if each.name == "stop")
        return Outcome(RunStatus.STOPPED, 0, stops, tuple(each for each in waiting if each.name != "stop"))

    def _take_up(self, trainer: Trainer, start: CheckpointInfo) -> None:
        """Load a checkpoint, and say what may differ from the run that never stopped.

        Raises:
            ConfigError: it is of another world, or another setting differs that a run cannot change on its way.
            CheckpointError: it does not fit the config, or is damaged.
        """
        registry.system(self._spec.system).require_same_run(self._config, start.config)
        try:
            trainer.load(start.path)
        except CheckpointError as error:
            differing = self._differing(start)
            if not differing:
                raise
            raise CheckpointError(f"{error.message} {differing}", hint="Leave those settings as they were.") from error
        others = other_versions(start.versions)
        if others:
            message = f"Checkpoint {start.step} was written with {others}. What follows may differ in the last digits."
            self._report("warning", "other_versions", message, start.step)

    def _differing(self, start: CheckpointInfo) -> str:
        """Which settings are not those that a checkpoint was written with; "" if all are."""
        plain = self._config.model_dump(mode="json")
        told = [
            f"{name} was {start.config[name]!r:.100} and is {value!r:.100}"
            for name, value in plain.items()
            if name in start.config and start.config[name] != value
        ]
        return f"Since it was written, {'; '.join(told[:5])}." if told else ""

    def _parent(self) -> CheckpointInfo | None:
        """The verified checkpoint of another run that this one was forked from, if it was."""
        parent = self._spec.parent
        if parent is None:
            return None
        store = RunFolder(self._folder.logs_dir, self._folder.checkpoints_dir, str(parent["run"])).checkpoints()
        info = store.get(int(parent["step"]))
        store.verify(info)
        return info

    def _would_come_again(self, error: Exception) -> bool:
        """Whether another life of the run would end like this one: its config and its seed are the same."""
        if self._loop is not None and isinstance(error, ConfigError):
            return True
        return isinstance(error, PaddockError) and error.permanent

    def _acknowledge(self, reply: Reply) -> None:
        with contextlib.suppress(JournalError):  # closed: the command came in the moment when everything ends
            self._journal.append(EventType.ACK, **reply.to_dict())

    def _crashed(self, error: Exception, status: StatusLine, *, permanent: bool) -> None:
        """Say what happened. A `permanent` fault would come again: nobody restarts the run by itself then."""
        text = "".join(traceback.format_exception(error))
        complain(text)
        reason = f"{type(error).__name__}: {error}"[:1000]
        self._report("error", "crashed", reason, self._loop.step if self._loop else None)
        self._journal.append(EventType.LOG, level="error", message=text[-_MAX_TRACEBACK:])
        if permanent or self._host == "terminal":
            status.become(RunStatus.FAILED, reason=reason, permanent=permanent)
            self._folder.worker_path.unlink(missing_ok=True)
        waiting = self._loop.unanswered() if self._loop else []
        while not self._inbox.empty():
            waiting.append(self._inbox.get_nowait())
        for command in waiting:
            if command is not STOP:
                command.fail(f"The run crashed: {reason}")


def _open_journal(run_dir: Path, on_event: Callable[[Event], None]) -> JournalWriter:
    deadline = time.monotonic() + _LOCK_PATIENCE_S
    while True:
        try:
            return JournalWriter(run_dir, on_event=on_event)
        except RunLockedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _close(trainer: Trainer) -> None:
    """Close a trainer; what it raises then cannot change how the run ended."""
    try:
        trainer.close()
    except Exception:  # foreign code, see above
        traceback.print_exc()


@contextlib.contextmanager
def _signals(inbox: Inbox, asked: StopSignal, *, tell: bool) -> Iterator[None]:
    """Make SIGTERM and SIGINT put STOP in line; a SIGINT after that has its default effect, even within C code."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        inbox.put(STOP)
        asked.ask()
        if tell:
            os.write(2, b"\nFinishing this update, then saving. Press Ctrl+C again to quit at once.\n")

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
