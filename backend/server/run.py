"""The web process at work: from an open port until a signal."""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import socket
import webbrowser
from collections.abc import Sequence

from backend.api.guard import LOGIN
from backend.app import Paddock, create_app
from backend.errors import PortInUseError
from backend.server import report, running_paddock, url_of
from backend.server.connections import Connections, Limits, files_allowed
from backend.server.http import serve_on_green_threads, serve_on_threads
from backend.settings import Settings, load_settings
from python_training.contracts.errors import PaddockError

log = logging.getLogger("paddock")

LOOK_UP_S = 0.1
BACKLOG = 128

OTHER_FILES = 512
"""Open files beside connections: journals, the database, control sockets, workers' pipes."""

SEND_BUFFER_BYTES = 512 * 1024
"""What the kernel holds for a client that does not read; left alone it would be up to 4 MB for each."""


def run(settings: Settings, ensure_run: Sequence[str] | None = None, *, open_browser: bool = False) -> int:
    """Serve until SIGTERM or Ctrl+C, then end sessions and leave runs running. Returns the process's exit code.

    Args:
        settings: the settings in force.
        ensure_run: system and preset of a run to begin unless one is active already.
        open_browser: show the dashboard in a browser.

    Raises:
        PortInUseError: something else listens on the port.
        StoreError: the database cannot be opened.
    """
    _log(settings)
    listening = _listen(settings)
    stop = _StopSignal()
    paddock = create_app(settings)
    if ensure_run:
        _ensure_run(paddock, *ensure_run)
    paddock.start()
    connections = Connections(_limits(settings))
    paddock.logins.ended.append(
        lambda ended: connections.close_where(lambda asked: LOGIN in asked and asked[LOGIN].id == ended)
    )
    serve = serve_on_green_threads if settings.async_mode == "eventlet" else serve_on_threads
    end = serve(paddock.app, listening, connections)
    url = url_of(settings.host, listening.getsockname()[1])
    print(f"Paddock is at {url}", flush=True)
    if open_browser:
        webbrowser.open(url)
    while not stop.is_set:
        paddock.socketio.sleep(LOOK_UP_S)
    log.info("Stopping; runs go on.")
    end()
    paddock.close()
    return 0


def _log(settings: Settings) -> None:
    """Our own loggers at the level that is set, those of libraries from warnings on."""
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("paddock", "backend"):
        logging.getLogger(name).setLevel(settings.log_level.upper())


class _StopSignal:
    """Set by SIGTERM or Ctrl+C; a second one ends the process at once, as if there were no handler."""

    def __init__(self) -> None:
        self.is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._take)

    def _take(self, number: int, _frame: object) -> None:
        self.is_set = True
        signal.signal(number, signal.SIG_DFL)


def _listen(settings: Settings) -> socket.socket:
    """Open the port before anything else is begun, so that a port in use costs nothing."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)  # connections inherit it
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Another program listens on port {settings.port}.",
                field="port",
                hint="Take another one: paddock serve --port 5001, or PADDOCK_PORT=5001.",
            ) from None
        raise PaddockError(f"{settings.host}:{settings.port} cannot be listened on: {error}.", field="host") from error
    return listening


def _limits(settings: Settings) -> Limits:
    """The limits that are set, on as many connections as this process may have files open."""
    most = files_allowed(settings.max_connections + OTHER_FILES) - OTHER_FILES
    if most < settings.max_connections:
        log.warning("The system allows %d connections; max_connections is %d.", most, settings.max_connections)
    total = max(1, min(settings.max_connections, most))
    return Limits(
        total=total,
        per_address=min(settings.max_connections_per_address, total),
        idle_s=settings.idle_timeout_s,
        header_s=settings.header_timeout_s,
        body_s=settings.body_timeout_s,
        send_s=settings.send_timeout_s,
    )


def _ensure_run(paddock: Paddock, system: str, preset: str) -> None:
    """Begin a run unless one is active. The journals are read first: the database may be new."""
    paddock.feed.scan()
    while paddock.feed.step():
        pass
    active = next((run for run in paddock.runs.find()[0] if run.status.is_active), None)
    if active is not None:
        log.info("%s is %s: no other run was begun.", active.id, active.status.value)
    else:
        run = paddock.runs.create(system, {}, preset=preset)
        log.info("Began %s.", run.id)


def main(arguments: Sequence[str]) -> int:
    """Serve with the settings of the environment; errors are one line on stderr and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m backend.server", description="Serve the control room.")
    parser.add_argument(
        "--ensure-run", nargs=2, metavar=("SYSTEM", "PRESET"), help="begin this run unless one is active"
    )
    parser.add_argument("--open", action="store_true", help="show the dashboard in a browser")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
        running = running_paddock(settings)
        if running is not None:
            print(f"Paddock is at {running} already.", flush=True)
            return 0
        return run(settings, options.ensure_run, open_browser=options.open)
    except PaddockError as error:
        return report(error)
