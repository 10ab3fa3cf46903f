"""A server of the OpenAI protocol that nobody can rely on: it answers, errs, drips, talks nonsense, never answers."""

from __future__ import annotations

import contextlib
import http.server
import json
import random
import threading
from collections import Counter
from typing import Any

WAYS = {"answer": 0.55, "hang": 0.15, "drip": 0.1, "nonsense": 0.1, "error": 0.1}
"""What it does with a question, and how often."""
_DRIP_S = 0.5


class UnreliableEndpoint(http.server.ThreadingHTTPServer):
    """Listens on a free port of this machine. An answer moves one real parameter by chance.

    Args:
        seed: of what it does with which question.
    """

    daemon_threads = True

    def __init__(self, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.did: Counter[str] = Counter()
        self.ended = threading.Event()
        self._random = random.Random(f"{seed}-endpoint")  # noqa: S311  # a test's faults are no secret
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, name="endpoint", daemon=True)
        self._thread.start()

    def way(self) -> str:
        """What becomes of the next question."""
        with self._lock:
            (chosen,) = self._random.choices(list(WAYS), list(WAYS.values()))
            self.did[chosen] += 1
        return chosen

    def suggestion(self, schema: Any) -> str:
        """An answer of the form that is asked for."""
        forms = schema["properties"]["changes"]["items"]["anyOf"]
        with self._lock:
            chosen = self._random.choice([form for form in forms if form["properties"]["value"]["type"] == "number"])
            value = round(self._random.uniform(0.4, 0.9), 3)
        change = {"parameter": chosen["properties"]["parameter"]["const"], "value": value}
        return json.dumps({"reason": "it may help", "changes": [change]})

    def close(self) -> None:
        """Let go of everybody who waits, and of the port."""
        self.ended.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who hung up: they are killed all the time."""


class _Conversation(http.server.BaseHTTPRequestHandler):
    server: UnreliableEndpoint

    def do_POST(self) -> None:
        """Answer a question, or do something worse."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        way = self.server.way()
        if way == "hang":
            self.server.ended.wait()
            return
        self.send_response(500 if way == "error" else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        body = b"\xff{[" * 50 if way == "nonsense" else _completion(self.server.suggestion(_schema(asked)))
        with contextlib.suppress(OSError):
            if way != "drip":
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                if self.server.ended.wait(_DRIP_S):
                    return

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _schema(asked: Any) -> Any:
    return asked["response_format"]["json_schema"]["schema"]


def _completion(text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 300, "completion_tokens": 30, "total_tokens": 330}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}).encode()
