"""HTTP over the connections: eventlet's server or werkzeug's, each with our limits in place of its own."""

from __future__ import annotations

import errno
import io
import logging
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote, urlsplit

from backend.server.connections import Connection, Connections

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("paddock")

NO_ROOM_S = 0.1
"""How long a server waits that can accept nothing because all files are taken."""


MAX_REQUEST_LINE = 65_536
"""As http.server has it; the app refuses less, and says so in JSON."""


class _WithinLimits:
    """Mixin for request handlers of http.server's kind: they read and write through a Connection."""

    connections: ClassVar[Connections]
    connection: socket.socket
    client_address: Any
    wbufsize: int
    rfile: Any
    wfile: Any
    limited: Connection

    def setup(self) -> None:
        super().setup()  # type: ignore[misc]  # the handler that this is mixed into
        self.rfile.close()
        self.wfile.close()
        self.limited = self.connections.admit(self.connection, self.client_address[0])
        self.rfile = io.BufferedReader(self.limited)
        self.wfile = io.BufferedWriter(self.limited, self.wbufsize) if self.wbufsize else self.limited

    def handle_one_request(self) -> None:
        self.connections.await_request(self.limited)
        super().handle_one_request()  # type: ignore[misc]  # as above

    def finish(self) -> None:
        self.connections.release(self.limited)
        super().finish()  # type: ignore[misc]  # as above


def serve_on_green_threads(app: Flask, listening: socket.socket, connections: Connections) -> Callable[[], None]:
    """Serve with eventlet; returns what ends it."""
    import eventlet
    import eventlet.wsgi

    class Handler(_WithinLimits, eventlet.wsgi.HttpProtocol):  # type: ignore[misc]  # eventlet has no types
        """One connection."""

        def get_environ(self) -> dict[str, Any]:
            environ: dict[str, Any] = super().get_environ()
            _take_absolute_form(environ, self.path)
            environ["wsgi.input_terminated"] = environ["wsgi.input"].chunked_input  # it finds the end of chunks itself
            self.limited.begin_request(environ)
            return environ

    Handler.connections = connections
    # Access logs would be one line for each poll; errors are logged where they happen, and told to nobody else.
    server = eventlet.wsgi.Server(
        listening,
        listening.getsockname(),
        app,
        protocol=Handler,
        log_output=False,
        debug=False,
        url_length_limit=MAX_REQUEST_LINE,
    )

    def attend(line: socket.socket, address: Any) -> None:
        try:
            server.process_request([address, line, eventlet.wsgi.STATE_IDLE])
        except OSError as error:
            log.debug("A connection of %s broke: %s", address[0], error)
        finally:
            line.close()

    def accept() -> None:
        while True:
            try:
                line, address = listening.accept()
            except OSError as error:
                if error.errno in (errno.EBADF, errno.EINVAL, errno.ENOTSOCK):
                    return  # it was closed
                log.warning("A connection could not be accepted: %s", error)
                eventlet.sleep(NO_ROOM_S)
                continue
            eventlet.spawn_n(attend, line, address)

    accepting = eventlet.spawn(accept)

    def end() -> None:
        accepting.kill()
        listening.close()
        connections.close_waiting()

    return end


def serve_on_threads(app: Flask, listening: socket.socket, connections: Connections) -> Callable[[], None]:
    """Serve with werkzeug; returns what ends it."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(_WithinLimits, WSGIRequestHandler):
        """One connection, without a line for each request."""

        protocol_version = "HTTP/1.1"

        def make_environ(self) -> dict[str, Any]:
            environ = super().make_environ()
            self.limited.begin_request(environ)
            return environ

        def log_request(self, *_: Any) -> None:
            pass

    Handler.connections = connections
    host, port = listening.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=Handler, fd=listening.fileno())
    serving = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    serving.start()

    def end() -> None:
        server.shutdown()
        serving.join()
        server.server_close()
        connections.close_waiting()

    return end


def _take_absolute_form(environ: dict[str, Any], target: str) -> None:
    """`GET http://host/path`: what the target says counts, not the header Host (RFC 9112, 3.2.2). Werkzeug does so."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return
    if target.startswith("/") or not (parts.scheme and parts.netloc):
        return
    environ["HTTP_HOST"] = parts.netloc
    environ["RAW_PATH_INFO"] = parts.path or "/"
    environ["PATH_INFO"] = unquote(parts.path or "/", encoding="latin1")
