"""Clients that send much, or nonsense, and read nothing: they cost little, and nobody else notices."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest
import requests
import socketio

from python_training.testing.runs import wait_for
from tests.integration.raw_socket_io import RawClient

BOUND_S = 2.0
"""How long /health may take, at the most, on a machine that others use too."""

FLOODS = 4
JOINS = 800
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def history(server: Any) -> str:
    """A run whose whole history is some hundred thousand bytes."""
    run = server.begin(total_steps=3000, steps_per_advance=500)
    server.wait_for_status(run, "finished")
    return run


@pytest.fixture
def raw(server: Any) -> Iterator[Callable[[], RawClient]]:
    """Makes raw clients of the module's server."""
    made: list[RawClient] = []

    def make() -> RawClient:
        made.append(RawClient(server.url))
        return made[-1]

    yield make
    for client in made:
        client.close()


@contextmanager
def answering(url: str) -> Iterator[list[float]]:
    """Ask for /health all the while; the list holds how long each answer took."""
    over = threading.Event()
    took: list[float] = []

    def ask() -> None:
        while not over.is_set():
            began = time.monotonic()
            assert requests.get(f"{url}/health", timeout=30).status_code == 200
            took.append(time.monotonic() - began)
            over.wait(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield took
    finally:
        over.set()
        asking.join()


def test_unread_joins_keep_nobody_waiting(server: Any, history: str, raw: Callable[[], RawClient]) -> None:
    """Thousands of joins from clients that read no replay: /health answers, and a follower gets every point in time."""
    live = server.begin(seconds_per_step=0.01, total_steps=100_000)
    server.wait_for_status(live, "running")
    follower = server.listen()
    assert follower.call("join", run=live, since_seq=0)["ok"] is True
    floods = [raw() for _ in range(FLOODS)]
    packet = "421" + json.dumps(["join", {"run": history, "since_seq": 0}])
    memory = psutil.Process(server.process.pid).memory_info().rss
    with answering(server.url) as took:
        senders = [threading.Thread(target=flood.flood, args=(packet, JOINS)) for flood in floods]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        told = len(follower.told("metrics_update", run=live))
        wait_for(lambda: len(follower.told("metrics_update", run=live)) > told + 100, "further points")
        newcomer = server.listen()
        assert newcomer.call("join", run=history, since_seq=0)["ok"] is True
        wait_for(lambda: len(newcomer.told("metrics_update", run=history)) == 3000, "the whole replay")
    assert max(took) < BOUND_S
    assert psutil.Process(server.process.pid).memory_info().rss - memory < FLOODS * 5 * MEGABYTE
    steps = sorted(update["step"] for update in follower.told("metrics_update", run=live))
    assert steps == list(range(1, steps[-1] + 1))
    server.post(f"/api/v1/runs/{live}/commands", {"name": "stop"})


def test_what_is_too_much_is_refused_and_whoever_goes_on_is_disconnected(
    server: Any, history: str, raw: Callable[[], RawClient]
) -> None:
    """Each refused join is answered with the reason; after a thousand the client is ended, and only that one."""
    one, other = raw(), raw()
    for number in range(100):
        one.ask(number, "join", run=history)
    answers = [one.answer(number) for number in range(100)]
    refused = [answer for answer in answers if not answer["ok"]]
    assert answers[0]["ok"] is True
    assert refused
    assert {answer["error"]["code"] for answer in refused} == {"rate_limited"}
    assert all(answer["error"]["hint"].startswith("Try again in") for answer in refused)
    assert one.is_open()
    reader = threading.Thread(target=lambda: one.flood("421" + json.dumps(["join", {"run": history}]), 5000))
    reader.start()
    wait_for(lambda: not one.is_open(), "the flood to be cut off", 60)
    reader.join()
    assert other.is_open()


MALFORMED = [
    '42["nothing",{}]',
    '42["join"]',
    '42["join",{"run":5}]',
    '42["join",{"run":"a","since_index":3}]',
    '42["join",{"run":"a","since_seq":1e400}]',
    f'42["join",{{"run":"a","since_seq":{"9" * 30}}}]',
    '42["join",{"run":"a"},{"run":"b"}]',
    '42["command",{"run":"\\ud800","name":"stop"}]',
    "42" + "[" * 50_000,
    "4" + "[" * 50_000,
    "42{}",
    "42[]",
    "42[5]",
    "42",
    "4",
    "47",
    "4²",
    "45999999-[]",
    '451-["join",{"_placeholder":true,"num":0}]',
    '42/elsewhere,["join",{"run":"a"}]',
    "42" + "1" * 200 + '["join",{"run":"a"}]',
    '42["join",{"run":"' + "a" * 90_000 + '"}]',
    b"\x00\xff",
]


@pytest.mark.parametrize("packet", MALFORMED, ids=range(len(MALFORMED)))
def test_nonsense_is_refused_and_harms_nobody(server: Any, raw: Callable[[], RawClient], packet: str | bytes) -> None:
    """Whatever comes, there is an error that says so, the same client goes on, and the server prints no traceback."""
    client = raw()
    client.send(packet)
    told = client.read()
    assert told.startswith('42["refused",')
    error = json.loads(told[2:])[1]["error"]
    assert error["code"]
    assert error["message"]
    assert client.is_open()
    assert "Traceback" not in server.output


def test_an_event_that_expects_an_answer_is_refused_in_it(server: Any, raw: Callable[[], RawClient]) -> None:
    """The error names the field, also of an event that there is not."""
    client = raw()
    client.ask(1, "jion", run="a")
    answer = client.answer(1)
    assert (answer["ok"], answer["state"], answer["error"]["field"]) == (False, "refused", "event")
    assert "join" in answer["error"]["hint"] + answer["error"]["message"]
    client.ask(2, "watch", session="s", fps=1000)
    assert client.answer(2)["error"]["field"] == "fps"
    client.ask(3, "join", run="nothing")
    assert client.answer(3)["error"]["code"] == "not_found"


FLOODED = {
    "events": '42["nothing",{}]',
    "namespaces": "40/elsewhere,",
    "upgrades": "5",
    "pongs": "3",
    "acknowledgements": "431[]",
    "leaves": '42["leave",{"run":"a"}]',
}


@pytest.mark.parametrize("packet", FLOODED.values(), ids=FLOODED)
def test_a_flood_of_anything_ends_or_costs_nothing(server: Any, raw: Callable[[], RawClient], packet: str) -> None:
    """Thousands of any packet, its answers unread: no memory, no wait for others."""
    client = raw()
    memory = psutil.Process(server.process.pid).memory_info().rss
    with answering(server.url) as took:
        client.flood(packet, 5000)
        wait_for(lambda: len(took) > 20, "answers")
    assert max(took) < BOUND_S
    assert psutil.Process(server.process.pid).memory_info().rss - memory < 5 * MEGABYTE
    assert "Traceback" not in server.output


def test_a_message_of_endless_fragments_is_not_collected(server: Any, raw: Callable[[], RawClient]) -> None:
    """The bound of a message holds for all its parts together."""
    client = raw()
    sent = client.flood_fragments("x" * 60_000, 200)
    assert sent < 200 or not client.is_open()
    assert server.get("/health").status_code == 200


def test_one_address_has_so_many_connections(make_server: Callable[..., Any]) -> None:
    """One more is refused, and those that are there go on."""
    server = make_server(max_connections_per_address="12")
    clients = []
    for _ in range(8):
        clients.append(RawClient(server.url))
    admitted = [_can_listen(server) for _ in range(8)]
    assert admitted == [True] * 4 + [False] * 4
    assert all(client.is_open() for client in clients)
    for client in clients:
        client.close()
    wait_for(lambda: _can_listen(server), "room for others")


def _can_listen(server: Any) -> bool:
    try:
        server.listen()
    except socketio.exceptions.ConnectionError:
        return False
    return True
