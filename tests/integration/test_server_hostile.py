"""Requests that no honest client sends: none is an error of the server, each gets an answer that says what is wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

LONG, ENDLESS = "9" * 40, "9" * 5000
HALF = "\\ud800"
"""Half of a surrogate pair, as JSON escapes it."""

NUMBERS = (LONG, ENDLESS, "-1", "nan", "1e3", "true", "%ff", "%00", "%ed%a0%80", "9007199254740993")
TEXTS = ("%ff", "%00", "%ed%a0%80", "..%2f..", "%0d%0aX:y", "a" * 300)


def nested(depth: int) -> str:
    """Lists within lists, then mappings within mappings."""
    return "[" * depth + '{"a":' * depth + "1" + "}" * depth + "]" * depth


def requests_with_numbers(run: str) -> Iterator[tuple[str, str, str | None]]:
    """Every integer parameter of paths and queries, with what is none."""
    for number in NUMBERS:
        for path in ("runs?limit=", "runs?offset=", "elites?limit=", "systems?all="):
            yield "GET", f"/api/v1/{path}{number}", None
        yield "GET", f"/history?limit={number}", None
        for path in ("events?since=", "events?limit=", "metrics?from=", "metrics?to=", "metrics?points=", "log?tail="):
            yield "GET", f"{run}/{path}{number}", None
        for path in ("log?offset={}", "checkpoints/{}/download", "elites/{}", "elites/{}/genome", "elites/{}/lineage"):
            yield "GET", f"{run}/{path.format(number)}", None
        yield "DELETE", f"{run}/checkpoints/{number}", "{}"
        yield "PATCH", f"{run}/checkpoints/{number}", '{"pinned": true}'
        yield "POST", f"{run}/commands?timeout={number}", '{"name": "stop"}'


def requests_with_texts(run: str) -> Iterator[tuple[str, str, str | None]]:
    """Every text parameter of paths and queries, with what is no text or leads elsewhere."""
    for text in TEXTS:
        for path in ("runs?q={}", "runs?tag={}", "runs?system={}", "runs?status={}", "runs/{}", "runs/{}/log"):
            yield "GET", f"/api/v1/{path.format(text)}", None
        for path in ("sessions/{}", "sessions/{}/recording", "no/such/{}"):
            yield "GET", f"/api/v1/{path.format(text)}", None
        yield "GET", f"{run}/metrics?names={text}", None
        yield "POST", f"/api/v1/systems/{text}/check", "{}"
        yield "GET", f"/login?next={text}", None
        yield "GET", f"/{text}", None


def requests_with_bodies(run: str) -> Iterator[tuple[str, str, str | None]]:
    """Every endpoint with a body, with JSON that is too deep, too large, ambiguous, or none."""
    values = (nested(150), nested(20_000), "NaN", "1e400", "-Infinity", LONG, ENDLESS, "true", '"7"', f'"{HALF}"')
    for value in values:
        for method, path, body in (
            ("POST", "/api/v1/runs", '{"system": "ppo", "config": {"env_config": {"x": %s}}}'),
            ("POST", "/api/v1/runs", '{"system": "scripted", "config": {"total_steps": %s}}'),
            ("POST", "/api/v1/runs", '{"system": "scripted", "from_checkpoint": {"run": "x", "step": %s}}'),
            ("POST", "/api/v1/systems/tuner/check", '{"config": {"objective": %s}}'),
            ("POST", "/api/v1/genomes/check", '{"genome": {"x": %s}}'),
            ("POST", "/api/v1/sessions", '{"replay": {"recording": {"x": %s}}}'),
            ("POST", "/api/v1/sessions", '{"seats": [{"pilot": {"kind": "elite", "generation": %s}}]}'),
            ("POST", "/api/v1/sessions", '{"world": "arena", "player": "ace", "seed": %s}'),
            ("POST", f"{run}/commands", '{"name": "set", "args": {"x": %s}}'),
            ("POST", "/config", '{"drift": %s}'),
            ("POST", "/control/start", '{"config": {"a": %s}}'),
            ("PATCH", run, '{"pinned": %s}'),
        ):
            if not (value == "true" and method == "PATCH"):
                yield method, path, body % value
    for body in (
        "",
        "null",
        "[]",
        "1",
        '"x"',
        "{",
        "{}\0",
        "\ufeff{}",
        '{"a": 1, "a": 2}',
        '{"": 1}',
        f'{{"{HALF}": 1}}',
    ):
        for path in ("/api/v1/runs", "/api/v1/sessions", "/api/v1/genomes/check", f"{run}/commands"):
            yield "POST", path, body


@pytest.fixture(scope="module")
def run(server: Any) -> str:
    """Path of a run that has finished."""
    made = server.begin(total_steps=10)
    server.wait_for_status(made, "finished")
    return f"/api/v1/runs/{made}"


@pytest.mark.parametrize("kind", [requests_with_numbers, requests_with_texts, requests_with_bodies])
def test_no_value_is_an_error_of_the_server(server: Any, run: str, kind: Any) -> None:
    """Numbers without end, bottomless nesting, text that is none: refused with a status below 500, as JSON."""
    for method, path, body in kind(run):
        answer = server.ask(method, path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, (method, path[:200], body and body[:200], answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"]["message"], (method, path[:200])
    assert "Traceback" not in server.output


@pytest.mark.parametrize(
    ("body", "field"), [({"pinned": 0}, "pinned"), ({"pinned": "true"}, "pinned"), ({"name": 5}, "name")]
)
def test_one_type_is_not_taken_for_another(server: Any, run: str, body: dict[str, Any], field: str) -> None:
    """0 is no false, and a number no text; the error says what came."""
    answer = server.ask("PATCH", run, json=body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    assert json.dumps(body[field]).strip('"') in answer.json()["error"]["message"]


HEADERS = (
    b"Content-Encoding: gzip\r\n",
    b"Cookie: paddock_login=\xff\xff; =;;;\r\n",
    b"Cookie: " + b"a=b; " * 1500 + b"\r\n",
    b"Authorization: Bearer \xff\r\n",
    b"X: " + b"y" * 9000 + b"\r\n",
    b"X: y\r\n" * 500,
    b"Range: bytes=0-9999999999999999999999\r\n",
    b"If-Modified-Since: x\xff\r\n",
    b'If-None-Match: "\xff\r\n',
    b"Accept-Encoding: gzip;q=x, \xff\r\n",
    b"Accept: \xff\r\n",
    b"Origin: \xff\r\n",
    b"Content-Length: -5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"X-Forwarded-For: \xff,,,\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
)
METHODS = tuple(
    f"{method} {path}".encode()
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND", "get", "X" * 300)
    for path in ("/", "/health", "/api/v1/runs", "/control/stop", "/login", "/socket.io/?EIO=4", "*")
)
TARGETS = (
    b"GET /\xff",
    b"GET /api/v1/runs/\xed\xa0\x80",
    b"GET /%",
    b"GET //evil.example/x",
    b"GET /\\evil",
    b"GET /" + b"a/" * 3000,
    b"GET /" + b"a" * 9000,
    b"GET /" + b"a" * 70_000,
    b"GET /api/v1/runs?" + b"a=1&" * 1500,
    b"GET /socket.io/?EIO=99&transport=polling",
    b"GET /socket.io/?EIO=4&transport=\xff",
    b"GET /socket.io/?EIO=4&transport=polling&sid=\xff",
    b"GET http://[/",
    b"CONNECT localhost:5000",
)


def test_no_form_of_request_is_an_error_of_the_server(server: Any) -> None:
    """Odd methods, targets, headers and handshakes are answered, and /health goes on to answer."""
    for line in (*METHODS, *TARGETS):
        assert status(server.url, line, b"") < 500 or line.startswith(b"X"), line[:200]
    for header in HEADERS:
        for line in (b"GET /health", b"GET /api/v1/runs", b"GET /socket.io/?EIO=4&transport=websocket"):
            assert status(server.url, line, header) < 500, (line, header[:200])
    assert server.get("/health").status_code == 200
    assert "Traceback" not in server.output


def status(url: str, line: bytes, header: bytes) -> int:
    """The status of the answer to a request that is written by hand."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(line + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + b"\r\n")
        connection.settimeout(20)
        return int(connection.recv(1000).split(b" ", 2)[1])


def test_another_method_is_told_so(server: Any) -> None:
    """405 with the methods that there are, where the dashboard's pages answer GET for everything else."""
    for path, method in (("/control/stop", "GET"), ("/api/v1/genomes/check", "GET"), ("/api/v1/runs", "PUT")):
        answer = server.ask(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
        assert "POST" in answer.headers["Allow"]


def test_text_that_is_no_json_ends_no_socket_of_others(server: Any) -> None:
    """Nesting without end over Socket.IO is refused like over REST."""
    listener, other = server.listen(), server.listen()
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    answer = listener.call("command", run="x", name="set", args={"x": deep})
    assert answer["state"] == "refused"
    assert other.call("join", run="nothing")["error"]["code"] == "not_found"
    for value in (10**40, -1, True, "5", 2**60):
        assert listener.call("join", run="nothing", since_seq=value)["error"], value
