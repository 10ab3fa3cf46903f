"""`paddock stop | pause | resume | save`: commands to a run's worker through its own socket, server or not."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.cli.exits import ExitCode, exit_code, help_end
from backend.cli.locate import RunName, all_runs, find_run
from backend.cli.output import AsJson, emit, show_error
from python_training import registry
from python_training.contracts.errors import PaddockError, WorkerUnreachableError
from python_training.contracts.status import RunStatus

if TYPE_CHECKING:
    from python_training.runtime.run_folder import RunFolder, WorkerInfo

commands = typer.Typer()

Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds to wait until the command is done.")]

DONE_WORDS = {"stop": "stopped", "pause": "paused", "resume": "resumed", "save": "saved"}


@commands.command(
    epilog=help_end("paddock stop newest", "paddock stop ppo-20261121", "paddock stop --all --json"),
)
def stop(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="Id, beginning of one, or 'newest'.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Stop every run that is active.")] = False,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
) -> None:
    """Stop a run: it finishes its update, saves and ends.

    A process that does not answer is ended by SIGTERM, then SIGKILL; the run stays at its last checkpoint.
    """
    if everything == (run is not None):
        raise typer.BadParameter("Expected either RUN or --all.", param_hint="RUN")
    if run is not None:
        _command(find_run(run), "stop", timeout, as_json)
        return
    _stop_all(timeout, as_json)


@commands.command(epilog=help_end("paddock pause newest"))
def pause(run: RunName, timeout: Timeout = 120.0, as_json: AsJson = False) -> None:
    """Hold a run between two updates.

    Its process stays, so that `resume` goes on at once.
    """
    _command(find_run(run), "pause", timeout, as_json)


@commands.command(epilog=help_end("paddock resume newest"))
def resume(run: RunName, timeout: Timeout = 120.0, as_json: AsJson = False) -> None:
    """Go on with a paused run, or a stopped one.

    A stopped run is started again by the server, from its newest checkpoint; without a server this says what to type.
    """
    _command(find_run(run), "resume", timeout, as_json)


@commands.command(epilog=help_end("paddock save newest", "paddock save newest --json"))
def save(run: RunName, timeout: Timeout = 120.0, as_json: AsJson = False) -> None:
    """Have a run write a checkpoint now."""
    _command(find_run(run), "save", timeout, as_json)


def _command(folder: RunFolder, name: str, timeout: float, as_json: bool) -> None:
    result = _give(folder, name, timeout)
    if as_json:
        emit(result)
    else:
        print(_sentence(result, folder))


def _stop_all(timeout: float, as_json: bool) -> None:
    """Stop all at once, not one after the other: each may take as long as its update does."""
    from backend.cli.run_state import status_of

    def is_active(folder: RunFolder) -> bool:
        try:
            return folder.worker_alive() or status_of(folder).is_active
        except PaddockError:
            return False  # damaged, and nobody trains it

    active = [folder for folder in all_runs() if is_active(folder)]
    results: list[dict[str, Any]] = []
    folders = {folder.id: folder for folder in active}
    worst = ExitCode.OK
    with ThreadPoolExecutor(max_workers=max(1, len(active))) as pool:
        for folder, answer in [(folder, pool.submit(_give, folder, "stop", timeout)) for folder in active]:
            try:
                results.append(answer.result())
            except PaddockError as error:
                worst = exit_code(error)
                results.append({"run": folder.id, "command": "stop", "error": error.to_dict()})
                if not as_json:
                    print(f"{folder.id}: ", end="", file=sys.stderr)
                    show_error(error, as_json=False)
    if as_json:
        emit({"results": results})
    else:
        for result in results:
            if "error" not in result:
                print(_sentence(result, folders[result["run"]]))
        if not active:
            print("No run is active.")
    if worst is not ExitCode.OK:
        raise typer.Exit(worst)


def _give(folder: RunFolder, name: str, timeout: float) -> dict[str, Any]:
    """Give the command and wait until it is done; raises ControlError where it cannot be."""
    if not folder.worker_alive():
        return _without_worker(folder, name, timeout)
    from python_training.runtime.control import ControlClient

    worker, began = folder.worker(), time.monotonic()
    try:
        reply = ControlClient(folder.socket_path).request(name, {}, wait="done", timeout=timeout)
    except WorkerUnreachableError:
        if name != "stop" or worker is None or not worker.is_alive():
            raise
        return _end_silent(folder, worker, timeout - (time.monotonic() - began))
    return {"run": folder.id, "command": name, "state": reply.state, "step": reply.step, "message": reply.message}


def _end_silent(folder: RunFolder, worker: WorkerInfo, timeout: float) -> dict[str, Any]:
    """Stop a run whose worker does not answer, by force if it goes on so; each step is told on stderr."""
    from backend.cli.locate import local_settings
    from backend.cli.run_state import last_event, status_of
    from backend.workers.ending import StopPolicy, end_silent, mark_stop
    from python_training.contracts.events import EventType

    def tell(text: str) -> None:
        print(f"{folder.id}: {text}", file=sys.stderr)

    settings = local_settings()
    policy = StopPolicy(settings.stop_patience_s, settings.stop_grace_s)
    if status_of(folder) is not RunStatus.STOPPING:
        mark_stop(folder, worker)
    tell(f"Its process has not answered yet; if it goes on so, {policy.told}.")
    end_silent(folder, worker, policy, tell, timeout=timeout)
    said = last_event(folder.path, EventType.STATUS)
    message = said.data.get("reason", "") if said else ""
    return {"run": folder.id, "command": "stop", "state": "done", "step": None, "message": message}


def _without_worker(folder: RunFolder, name: str, timeout: float) -> dict[str, Any]:
    """What a command means for a run that no process trains."""
    from backend.cli import server_link
    from backend.cli.run_state import status_of

    status = status_of(folder)
    if name == "stop" and not status.is_active:
        return {
            "run": folder.id,
            "command": name,
            "state": "done",
            "step": None,
            "message": f"It was {status} already.",
        }
    if name in ("stop", "resume"):
        answer = server_link.command(folder.id, "start" if name == "resume" else name, timeout)
        if answer is not None:
            return answer | {"command": name}
    if name == "stop" and status in (RunStatus.QUEUED, RunStatus.RESTARTING):
        return _take_from_queue(folder)
    hint = {
        "resume": f"Go on in this terminal: paddock train --resume {folder.id}; or in the background: paddock serve.",
        "stop": f"Its process died. Go on with it: paddock train --resume {folder.id}",
    }.get(name, f"Go on with it first: paddock resume {folder.id}")
    raise WorkerUnreachableError(f"No process trains {folder.id}; its status is {status}.", hint=hint)


def _take_from_queue(folder: RunFolder) -> dict[str, Any]:
    """Stop a run that waits for a worker while no server is there to do it. The journal's lock keeps others out."""
    from python_training.contracts.events import EventType
    from python_training.runtime.journal import JournalWriter

    with JournalWriter(folder.path) as journal:
        journal.append(EventType.STATUS, status=RunStatus.STOPPED.value, reason="stopped before it began")
    return {"run": folder.id, "command": "stop", "state": "done", "step": None, "message": "It had not begun."}


def _sentence(result: dict[str, Any], folder: RunFolder) -> str:
    unit = registry.unit_of(folder.spec().system)
    step = f" at {unit.one} {result['step']:,}" if result.get("step") is not None else ""
    said = f" ({result['message']})" if result.get("message") else ""
    return f"{result['run']} {DONE_WORDS[result['command']]}{step}.{said}"
