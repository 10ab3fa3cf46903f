"""Battlesnake servers that behave badly: real ones, on real ports, answering as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = tuple[int, dict[str, str], bytes]


class OddServer:
    """Introduces itself properly and answers /move by a function of the request; keeps all that it was sent."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer], introduction: Answer | None = None) -> None:
        """Serve until `close`; `answer` may wait for `closing`."""
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.closing = threading.Event()
        outer = self
        introduced = introduction or (200, {}, b'{"apiversion": "1"}')

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._send(*introduced)

            def do_POST(self) -> None:
                document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.sent.append((self.path, document))
                self._send(*(answer(document) if self.path.endswith("/move") else (200, {}, b"")))

            def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                try:
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(body)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:  # whoever asked has gone
                    self.close_connection = True

            def log_message(self, format: str, *arguments: Any) -> None:
                """Keep the tests' output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Let go of whoever waits, and end."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def moves(self) -> list[dict[str, Any]]:
        """The requests for moves."""
        return [document for path, document in self.sent if path.endswith("/move")]


@pytest.fixture
def make_odd_server() -> Iterator[Callable[..., OddServer]]:
    """`make_odd_server(answer)`: gone after the test."""
    made: list[OddServer] = []

    def make(answer: Callable[[dict[str, Any]], Answer], introduction: Answer | None = None) -> OddServer:
        made.append(OddServer(answer, introduction))
        return made[-1]

    yield make
    for server in made:
        server.close()
