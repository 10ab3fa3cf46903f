"""Connections over HTTP that the policy lets through, against a real listener on this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from python_training.policy import ENVIRONMENT, NOTHING_ALLOWED, UNRESTRICTED, Policy
from python_training.policy.connections import reaching_only
from python_training.simulators.battlesnake.remote.client import SnakeClient
from python_training.simulators.battlesnake.remote.players import RemotePlayer


class Listener:
    """Counts connections and answers each with an empty object."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            with connection:
                connection.recv(10_000)
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"move": "up"}')

    def close(self) -> None:
        """Listen no longer."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """The listener."""
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def rebound(monkeypatch: pytest.MonkeyPatch) -> str:
    """A public name that somebody lets lead to this machine, as a resolver would answer."""
    real = socket.getaddrinfo

    def answer(host: object, *arguments: object, **options: object) -> object:
        return real("127.0.0.1" if host == "snake.example" else host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return "snake.example"


def fetch(policy: Policy, url: str) -> int:
    """The status of a GET."""
    opener = urllib.request.build_opener(*reaching_only(policy))
    with opener.open(url, timeout=5) as answer:
        return int(answer.status)


def ask(host: str, port: int) -> str:
    """The move that a server there makes, "" for none."""

    async def move() -> str:
        async with SnakeClient(5.0) as client:
            return (await client.move(RemotePlayer(f"http://{host}:{port}"), b"{}")).move

    return asyncio.run(move())


def test_an_endpoint_s_name_does_not_lead_into_a_private_network(
    listener: Listener, rebound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless that network is allowed, or the address itself was; a proxy of the environment is not asked either."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{listener.port}")
    with pytest.raises(urllib.error.URLError, match="private network"):
        fetch(NOTHING_ALLOWED, f"http://{rebound}:{listener.port}/")
    assert listener.count == 0
    assert fetch(Policy(networks=("127.0.0.0/8",)), f"http://{rebound}:{listener.port}/") == 200
    assert fetch(NOTHING_ALLOWED, f"http://127.0.0.1:{listener.port}/") == 200
    assert fetch(UNRESTRICTED, f"http://{rebound}:{listener.port}/") == 200
    assert listener.count == 3


def test_an_opponent_s_name_does_not_lead_into_a_private_network(
    listener: Listener, rebound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for servers that are asked for moves."""
    monkeypatch.setenv(ENVIRONMENT, NOTHING_ALLOWED.to_json())
    assert ask(rebound, listener.port) == ""
    assert listener.count == 0
    monkeypatch.setenv(ENVIRONMENT, Policy(networks=("127.0.0.0/8",)).to_json())
    assert ask(rebound, listener.port) == "up"
    monkeypatch.setenv(ENVIRONMENT, "")
    assert ask(rebound, listener.port) == "up"
