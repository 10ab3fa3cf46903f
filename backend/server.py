"""Serving: `serve(settings)` until SIGTERM or Ctrl+C. Also `python -m backend.server`.

With eventlet the standard library must be patched before anything else imports it, so nothing of the web process is
imported at the top of this module. Import it first, and call `serve` before importing `backend.app`.
"""

from __future__ import annotations

import errno
import json
import logging
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backend.errors import PortInUseError
from backend.settings import Settings, load_settings
from python_training.contracts.errors import PaddockError

if TYPE_CHECKING:
    from backend.app import Paddock

log = logging.getLogger("paddock")

PROBE_TIMEOUT_S = 2.0
LOOK_UP_S = 0.1
BACKLOG = 128


def serve(
    settings: Settings,
    *,
    ensure_preset: tuple[str, str] | None = None,
    ready: Callable[[str], None] = lambda url: print(f"Paddock is at {url}", flush=True),
) -> int:
    """Serve until a signal comes, then end sessions and leave runs running. Returns the process's exit code.

    When a Paddock serves on that port already, there is nothing to do: its URL is printed.

    Args:
        settings: the settings in force.
        ensure_preset: (system, preset) of a run to begin unless one is active already.
        ready: called with the URL once the port is open.

    Raises:
        PortInUseError: something else listens on the port.
    """
    running = running_paddock(settings)
    if running is not None:
        print(f"Paddock is at {running} already.", flush=True)
        return 0
    if settings.async_mode == "eventlet":
        patch()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    listening = _listen(settings)
    stop = _StopSignal()
    # Only now: what is imported here must find the patched standard library.
    from backend.app import create_app

    paddock = create_app(settings)
    if ensure_preset is not None:
        _ensure_run(paddock, *ensure_preset)
    paddock.start()
    http = _eventlet_http if settings.async_mode == "eventlet" else _threaded_http
    end = http(paddock, listening)
    ready(url_of(settings, listening.getsockname()[1]))
    while not stop.is_set:
        paddock.socketio.sleep(LOOK_UP_S)
    log.info("Stopping; runs go on.")
    end()
    paddock.close()
    return 0


def patch() -> None:
    """Make the standard library cooperative; without effect the second time."""
    import eventlet

    eventlet.monkey_patch()


def url_of(settings: Settings, port: int) -> str:
    """Where a browser on this machine finds the server."""
    host = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1") else settings.host  # noqa: S104  # a comparison
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def running_paddock(settings: Settings) -> str | None:
    """The URL of a Paddock that listens on the port of `settings`, None if there is none."""
    if settings.port == 0:
        return None
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "localhost") else settings.host  # noqa: S104  # a comparison
    bracketed = f"[{'::1' if host == '::' else host}]" if ":" in host else host
    # A proxy of the environment has no business between two processes of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{bracketed}:{settings.port}/health", timeout=PROBE_TIMEOUT_S) as answer:
            told = json.loads(answer.read(10_000))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(told, dict) and told.get("app") == "paddock"
    return url_of(settings, settings.port) if is_ours else None


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
    if not any(run.status.is_active for run in paddock.runs.find()[0]):
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


def main() -> int:
    """Serve with the settings of the environment."""
    try:
        return serve(load_settings())
    except PaddockError as error:
        print(f"{error.message} {error.hint or ''}".strip(), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
