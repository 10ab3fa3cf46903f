"""Clients that keep a server waiting: many, silent, slow; and logins that end while something goes on under them."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import socketio

from python_training.testing.runs import wait_for

TOKEN = "a-token-that-is-long-enough"  # noqa: S105  # a test's
BOUND_S = 2.0
MANY = 1100
HALF_A_REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /control/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
)


@pytest.fixture(autouse=True)
def _files() -> None:
    """Open files for the test's process, which holds the other ends of all connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))


@contextlib.contextmanager
def crowd(url: str, kinds: list[bytes], count: int) -> Iterator[list[socket.socket]]:
    """So many connections, in turn idle, with half a request, with half a body."""
    host, port = url.removeprefix("http://").split(":")
    lines: list[socket.socket] = []
    try:
        for number in range(count):
            line = socket.create_connection((host, int(port)), timeout=10)
            lines.append(line)
            line.sendall(kinds[number % len(kinds)])
        yield lines
    finally:
        for line in lines:
            line.close()


def is_over(line: socket.socket) -> bool:
    """Whether the server has ended a connection, with an answer or without."""
    line.setblocking(False)
    try:
        while line.recv(10_000):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


def trickle(lines: list[socket.socket]) -> None:
    """One more byte on each connection that is still open."""
    for line in lines:
        with contextlib.suppress(OSError):
            line.sendall(b"x")


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_crowd_of_silent_connections_keeps_nobody_out(make_server: Callable[..., Any], mode: str) -> None:
    """/health answers within two seconds to new clients, and a dashboard that is connected goes on."""
    server = make_server(async_mode=mode)
    run = server.begin(seconds_per_step=0.01, total_steps=100_000)
    dashboard = server.listen()
    assert dashboard.call("join", run=run)["ok"] is True
    with crowd(server.url, [b"", HALF_A_REQUEST, HALF_A_BODY], MANY) as lines:
        for _ in range(3):
            trickle([line for number, line in enumerate(lines) if number % 3])
            assert requests.get(f"{server.url}/health", timeout=BOUND_S).status_code == 200
        told = len(dashboard.told("metrics_update"))
        wait_for(lambda: len(dashboard.told("metrics_update")) > told, "further metrics")
        assert dashboard.client.connected
        closed = [is_over(line) for line in lines]
        assert any(closed[: MANY // 2]), "the oldest have gone"
        assert not any(closed[-MANY // 4 :]), "the newest have not"
    assert "Traceback" not in server.output


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_each_part_of_a_request_has_its_time(make_server: Callable[..., Any], mode: str) -> None:
    """Neither silence nor a byte now and then holds a connection longer than the settings say."""
    server = make_server(async_mode=mode, header_timeout_s="1", body_timeout_s="1", idle_timeout_s="1")
    with crowd(server.url, [b"", HALF_A_REQUEST, HALF_A_BODY], 9) as lines:

        def all_closed() -> bool:
            trickle([line for number, line in enumerate(lines) if number % 3])
            ended.update(number for number, line in enumerate(lines) if number not in ended and is_over(line))
            return len(ended) == len(lines)

        ended: set[int] = set()
        wait_for(all_closed, "all to be closed", 15)
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=15) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert line.recv(10_000).startswith(b"HTTP/1.1 200")
        while line.recv(10_000):
            pass
    assert server.get("/health").status_code == 200
    assert "Traceback" not in server.output


def test_a_body_that_does_not_come_is_told_so(make_server: Callable[..., Any]) -> None:
    """408, and not an error of the server."""
    server = make_server(body_timeout_s="1")
    with crowd(server.url, [HALF_A_BODY], 1) as (line,):
        line.settimeout(15)
        answer = line.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"request_timeout"' in answer


def test_an_answer_that_is_not_read_does_not_hold_its_connection(make_server: Callable[..., Any]) -> None:
    """A client that asks for much and reads nothing is let go."""
    server = make_server(send_timeout_s="1")
    host, port = server.url.removeprefix("http://").split(":")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(20)
        line.connect((host, int(port)))
        line.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40)
        time.sleep(2.5)
        read = 0
        with contextlib.suppress(ConnectionError):
            while piece := line.recv(100_000):
                read += len(piece)
    assert 0 < read < 40 * len(server.get("/api/v1/openapi.json").content)


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_logging_out_ends_all_that_went_on_under_the_login(make_server: Callable[..., Any], mode: str) -> None:
    """REST and Socket.IO over both transports, with the cookie as it was copied before; other logins go on."""
    server = make_server(async_mode=mode, token=TOKEN)

    def log_in() -> str:
        answer = requests.post(f"{server.url}/login", data={"token": TOKEN}, timeout=10, allow_redirects=False)
        return answer.headers["Set-Cookie"].split(";")[0]

    mine, other = log_in(), log_in()
    server.headers = {"Cookie": mine}
    session = requests.Session()
    session.headers["Cookie"] = mine  # the client sends headers of its own with its first poll only
    polling_client = socketio.Client(reconnection=False, http_session=session)
    polling_client.connect(server.url, transports=["polling"], wait_timeout=10)
    clients = (server.listen().client, polling_client)
    server.headers = {"Cookie": other}
    neighbour = server.listen()
    assert requests.post(f"{server.url}/logout", headers={"Cookie": mine}, timeout=10, allow_redirects=False).ok
    for client in clients:
        wait_for(lambda client=client: not client.connected, "the connection to be ended", 10)
    for path in ("/api/v1/runs", "/metrics", "/socket.io/?EIO=4&transport=polling", "/main.js"):
        assert requests.get(f"{server.url}{path}", headers={"Cookie": mine}, timeout=10).status_code == 401, path
    assert neighbour.client.connected
    assert server.get("/api/v1/runs").status_code == 200
    server.end()
    server.start()
    assert requests.get(f"{server.url}/api/v1/runs", headers={"Cookie": mine}, timeout=10).status_code == 401
    assert requests.get(f"{server.url}/api/v1/runs", headers={"Cookie": other}, timeout=10).status_code == 200


def test_logging_out_ends_a_download(make_server: Callable[..., Any]) -> None:
    """What still flows under a login that was ended is cut off."""
    server = make_server(token=TOKEN)
    answer = requests.post(f"{server.url}/login", data={"token": TOKEN}, timeout=10, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    run = server.begin(total_steps=10, state_bytes=200_000_000)
    server.wait_for_status(run, "finished")
    step = server.get(f"/api/v1/runs/{run}/checkpoints").json()["checkpoints"][0]["step"]
    path = f"/api/v1/runs/{run}/checkpoints/{step}/download"
    with requests.get(f"{server.url}{path}", headers={"Cookie": cookie}, timeout=10, stream=True) as download:
        assert download.raw.read(1000)
        requests.post(f"{server.url}/logout", headers={"Cookie": cookie}, timeout=10, allow_redirects=False)
        with pytest.raises(requests.exceptions.RequestException):
            for _ in download.iter_content(100_000):
                pass


def test_guesses_are_limited_everywhere(make_server: Callable[..., Any]) -> None:
    """With 429 and Retry-After on REST and Socket.IO alike, while the right token always opens."""
    server = make_server(token=TOKEN)
    wrong = {"Authorization": "Bearer guess"}
    answers = [server.get("/api/v1/runs", headers=wrong) for _ in range(12)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    for path in ("/api/v1/runs", "/health", "/socket.io/?EIO=4&transport=polling"):
        answer = server.get(path, headers=wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited"), path
        assert int(answer.headers["Retry-After"]) >= 1
    assert requests.post(f"{server.url}/login", data={"token": "guess"}, timeout=10).status_code == 429
    assert server.get("/api/v1/runs").status_code == 200
    right = requests.post(f"{server.url}/login", data={"token": TOKEN}, timeout=10, allow_redirects=False)
    assert right.status_code == 303


def test_a_guesser_behind_a_proxy_leaves_others_their_guesses(make_server: Callable[..., Any]) -> None:
    """Clients are told apart by what the proxy says, once the settings trust it, and only then."""
    server = make_server(token=TOKEN, trusted_proxies="127.0.0.1")

    def guess(client: str) -> int:
        headers = {"Authorization": "Bearer guess", "X-Forwarded-For": client}
        return server.get("/api/v1/runs", headers=headers).status_code

    assert [guess("192.0.2.1") for _ in range(12)][-1] == 429
    assert guess("192.0.2.2") == 401
    assert guess("203.0.113.5, 192.0.2.1") == 429, "what the client itself wrote does not count"


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
def test_a_foreign_target_is_a_foreign_host(make_server: Callable[..., Any], mode: str) -> None:
    """`GET http://host/path` names the host that counts, whatever the header says."""
    server = make_server(async_mode=mode)
    host, port = server.url.removeprefix("http://").split(":")

    def status(target: str, *hosts: str) -> int:
        with socket.create_connection((host, int(port)), timeout=10) as line:
            headers = "".join(f"Host: {each}\r\n" for each in hosts)
            line.sendall(f"GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n".encode())
            return int(line.recv(10_000).split()[1])

    assert status("/health", "localhost") == 200
    assert status("http://localhost/health", "localhost") == 200
    assert status("http://evil.example/health", "localhost") == 403
    assert status("http://localhost@evil.example/health", "localhost") == 403
    assert status("/health", "localhost", "evil.example") == 403
    assert status("/health", "evil@localhost") == 403
    assert status("/health", "localhost/evil") == 403
    assert status("/socket.io/?EIO=4&transport=polling", "evil@localhost") == 403
    assert status("/health") == 403
