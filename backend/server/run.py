"""The web process at work: from an open port until a signal."""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from typing import Any

from backend.app import Paddock, create_app
from backend.errors import PortInUseError
from backend.server import report, running_paddock, url_of
from backend.settings import Settings, load_settings
from python_training.contracts.errors import PaddockError

log = logging.getLogger("paddock")

LOOK_UP_S = 0.1
BACKLOG = 128

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
    http = _eventlet_http if settings.async_mode == "eventlet" else _threaded_http
    end = http(paddock, listening)
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


def _eventlet_http(paddock: Paddock, listening: socket.socket) -> Callable[[], None]:
    """Serve on green threads; returns what ends it."""
    import eventlet
    import eventlet.wsgi

    # Access logs would be one line for each poll; errors are logged where they happen.
    serving = eventlet.spawn(eventlet.wsgi.server, listening, paddock.app, log_output=False, keepalive=True)

    def end() -> None:
        serving.kill()
        listening.close()

    return end


def _threaded_http(paddock: Paddock, listening: socket.socket) -> Callable[[], None]:
    """Serve on threads; returns what ends it."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """No line for each request, and connections that stay open."""

        protocol_version = "HTTP/1.1"

        def log_request(self, *_: Any) -> None:
            pass

    host, port = listening.getsockname()[:2]
    server = make_server(host, port, paddock.app, threaded=True, request_handler=Quiet, fd=listening.fileno())
    serving = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    serving.start()

    def end() -> None:
        server.shutdown()
        serving.join()
        server.server_close()

    return end


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
