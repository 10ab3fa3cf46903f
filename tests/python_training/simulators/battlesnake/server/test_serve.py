"""The served snakes as the outside sees them: a real process, asked over real connections."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import time
from contextlib import ExitStack, closing

import pytest
import requests

from python_training.testing.runs import wait_for


def points(*cells):
    """Cells as the API writes them."""
    return [{"x": x, "y": y} for x, y in cells]


def request(**changes):
    """A sound request, with top-level parts replaced."""
    snakes = [
        {"id": "a", "health": 80, "body": points((0, 0), (0, 1), (0, 2))},
        {"id": "b", "health": 70, "body": points((8, 1), (8, 2), (8, 3))},
    ]
    board = {"width": 11, "height": 11, "food": points((5, 5)), "hazards": [], "snakes": snakes}
    return {"game": {"id": "g", "timeout": 500}, "turn": 3, "board": board, "you": {"id": "a"}, **changes}


@pytest.fixture(scope="module")
def server(make_snake_server):
    """Two snakes on one port."""
    return make_snake_server("--config", "territorial", "--config", "random_safe", "--author", "me", "--tail", "hook")


def test_each_snake_introduces_itself_below_its_path(server):
    """The official API's fields, with or without a slash at the end; the first snake is at / too."""
    first = requests.get(f"{server.url}/", timeout=10).json()
    assert set(first) == {"apiversion", "author", "color", "head", "tail", "version"}
    assert (first["apiversion"], first["author"], first["tail"]) == ("1", "me", "hook")
    assert requests.get(f"{server.url}/territorial", timeout=10).json() == first
    second = requests.get(f"{server.url}/random_safe/", timeout=10).json()
    assert second["version"] != first["version"]
    assert second["color"] != first["color"]


def test_a_game_goes_from_start_to_end(server):
    """Start and end are acknowledged, moves answered by the snake whose path was asked, and the game is forgotten."""
    for path in ("", "/territorial", "/random_safe"):
        assert requests.post(f"{server.url}{path}/start", json=request(turn=0), timeout=10).json() == {}
        answer = requests.post(f"{server.url}{path}/move", json=request(), timeout=10)
        assert answer.json() == {"move": "right"}
        assert answer.headers["Content-Type"].startswith("application/json")
    assert server.health()["games"] == 2
    last = request(you={"id": "a"})
    last["board"]["snakes"] = last["board"]["snakes"][1:]
    for path in ("/territorial", "/random_safe"):
        assert requests.post(f"{server.url}{path}/end", json=last, timeout=10).json() == {}
    assert server.health()["games"] == 0
    assert "ended after 2 moves" in server.output


WELL_FORMED = json.dumps(request()).encode()
JSON = "application/json"


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status", "code"),
    [
        ("POST", "/move", "text/plain", WELL_FORMED, 415, "unsupported_media_type"),
        ("POST", "/move", None, WELL_FORMED, 415, "unsupported_media_type"),
        ("POST", "/move", JSON, b"", 400, "invalid_request"),
        ("POST", "/move", JSON, b"{", 400, "invalid_request"),
        ("POST", "/move", JSON, b"\xff\xfe", 400, "invalid_request"),
        ("POST", "/move", JSON, b"[" * 100_000, 400, "invalid_request"),
        ("POST", "/move", JSON, b'{"turn": NaN}', 400, "invalid_request"),
        ("POST", "/move", JSON, b"9" * 5_000, 400, "invalid_request"),
        ("POST", "/move", JSON, b"[]", 400, "invalid_request"),
        ("POST", "/move", JSON, b"{}", 400, "invalid_request"),
        ("POST", "/territorial/move", JSON, b'{"game": {"id": "g"}}', 400, "invalid_request"),
        ("POST", "/start", JSON, b"{}", 400, "invalid_request"),
        ("POST", "/end", JSON, b"{}", 400, "invalid_request"),
        ("POST", "/end", JSON, b'{"game": {"id": "g"}, "you": 3}', 400, "invalid_request"),
        ("POST", "/move", JSON, json.dumps(request(you={"id": "nobody"})).encode(), 400, "invalid_request"),
        ("POST", "/move", JSON, b" " * 4_000_001, 413, "body_too_large"),
        ("GET", "/move", None, None, 405, "method_not_allowed"),
        ("PUT", "/random_safe/move", JSON, WELL_FORMED, 405, "method_not_allowed"),
        ("POST", "/", JSON, WELL_FORMED, 405, "method_not_allowed"),
        ("DELETE", "/health", None, None, 405, "method_not_allowed"),
        ("POST", "/nobody/move", JSON, WELL_FORMED, 404, "not_found"),
        ("GET", "/../etc/passwd", None, None, 404, "not_found"),
        ("POST", "/move/", JSON, WELL_FORMED, 404, "not_found"),
    ],
)
def test_what_is_no_request_is_refused(server, method, path, kind, body, status, code):
    """With a status of the 4xx kind and an error in JSON; the server answers the next request as ever."""
    with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        error = json.loads(answer.read())["error"]
    assert (answer.status, error["code"]) == (status, code)
    assert error["message"]
    assert "Traceback" not in server.output
    if status == 405:
        assert answer.headers["Allow"]
    assert requests.post(f"{server.url}/move", json=request(), timeout=10).json() == {"move": "right"}


def test_a_refusal_names_the_field(server):
    """What was expected and what came, as everywhere in Paddock."""
    asked = request(you={"id": "a", "body": []})
    asked["board"]["width"] = "three"
    answer = requests.post(f"{server.url}/move", json=asked, timeout=10)
    assert answer.json()["error"] == {
        "code": "invalid_request",
        "message": 'board.width: expected an integer from 1 to 25, got "three".',
        "field": "board.width",
    }


@pytest.mark.parametrize(("width", "height"), [(25, 25), (25, 7), (1, 1), (1, 25)])
def test_the_greatest_requests_are_answered_in_the_game_s_time(server, width, height):
    """Sixteen snakes and fifty thousand hazards, most of them off the board; what a name holds does not matter."""
    snakes = [
        {"id": str(k), "name": "\x00", "health": 90, "body": points(*[(k % width, (y + k) % height) for y in range(3)])}
        for k in range(16)
    ]
    hazards = points(*((k % 60, k // 60 % 60) for k in range(50_000)))
    board = {"width": width, "height": height, "snakes": snakes, "food": points((0, 0), (99, 99)), "hazards": hazards}
    body = json.dumps(request(board=board, you={"id": "3", "latency": 12})).encode().replace(b"\\u0000", b"\xff\xfe")
    for path in ("/territorial", "/random_safe"):
        answer = requests.post(f"{server.url}{path}/move", body, headers={"Content-Type": JSON}, timeout=10)
        assert answer.status_code == 200, answer.text
        assert answer.json()["move"] in ("up", "down", "left", "right")


def test_more_large_bodies_than_fit_are_refused_at_once(server):
    """Who does not say how much will come counts as large; the small requests of games are answered meanwhile."""
    host, port = server.url.removeprefix("http://").split(":")
    head = b"POST /move HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n{"
    with ExitStack() as stack:
        waiting = [stack.enter_context(socket.create_connection((host, int(port)), timeout=20)) for _ in range(20)]
        for connection in waiting:
            connection.sendall(head)
        assert requests.post(f"{server.url}/move", json=request(), timeout=10).json() == {"move": "right"}
        answers = [connection.recv(100).split(b" ")[1] for connection in waiting]
    assert sorted(answers) == [b"408"] * 16 + [b"503"] * 4


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"POST /move HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /move HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nLong: " + b"a" * 20_000 + b"\r\n\r\n",
        b"POST /move HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: 2\r\n\r\n{}",
    ],
)
def test_what_is_no_http_is_refused(server, sent):
    """Broken lines, lengths and codings, endless headers: a 4xx status, and no traceback in the log."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        assert connection.recv(1000).startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert "Traceback" not in server.output


def test_a_body_that_does_not_come_is_given_up(server):
    """Whoever sends half a request holds nothing for long."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = b"POST /move HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")


def test_a_signal_ends_the_server_after_what_is_in_hand(make_snake_server):
    """SIGTERM: a request half sent is answered, a connection kept open holds nothing up; exit code 0, nobody there."""
    server = make_snake_server("--config", "hungry")
    host, port = server.url.removeprefix("http://").split(":")
    head = "POST /move HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(WELL_FORMED)}\r\n\r\n"
    with requests.Session() as session, socket.create_connection((host, int(port)), timeout=10) as half:
        half.sendall(head.encode() + WELL_FORMED[:10])
        assert session.get(f"{server.url}/", timeout=10).status_code == 200
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        wait_for(lambda: "stopping" in server.output, "the server to stop listening")
        half.sendall(WELL_FORMED[10:])
        assert half.recv(10_000).startswith(b"HTTP/1.1 200")
        assert server.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 10
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/", timeout=5)
