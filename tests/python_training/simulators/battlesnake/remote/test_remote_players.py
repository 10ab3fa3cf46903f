"""Servers as players: which URLs are taken, and what happens in a game when one does not answer as it should."""

from __future__ import annotations

import json

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.contests import Contests, contestant
from python_training.simulators.battlesnake.play.standings import duel_seats
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.remote.client import MAX_ANSWER_BYTES, RemoteError
from python_training.simulators.battlesnake.remote.players import RemotePlayer
from python_training.simulators.battlesnake.rules.modes import CAUSES

SEEDS = np.arange(3, dtype=np.int64)


def said(move, **more):
    """An answer as it should be."""
    return 200, {}, json.dumps({"move": move, **more}).encode()


def play(*servers, timeout_ms=200, seeds=SEEDS, config=None, against=("random-safe",)):
    """Let the servers and the named players meet in one game for each seed, everybody in the seat of its place."""
    players = [*(contestant(server.url) for server in servers), *(SCRIPTED[name] for name in against)]
    contests = Contests(timeout_ms=timeout_ms, at_once=8)
    seats = np.tile(np.arange(len(players), dtype=np.int64), (len(seeds), 1))
    results = contests.play(config or BattlesnakeConfig(), players, seats, seeds, threads=2)
    return results, contests.contacts


def falls_upwards(results):
    """Whether the snake in seat 0 went straight up into the wall of an 11 x 11 board, from a start in row 1, 5 or 9."""
    return [CAUSES[cause] for cause in results.cause[:, 0]], set(results.died[:, 0].tolist())


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000", "http://localhost:8000/", "https://snakes.example/one/", "http://[::1]:80/x", "HTTP://a"],
)
def test_a_server_is_named_by_its_url(url):
    """Its name is the URL without a slash at the end."""
    assert contestant(url) == RemotePlayer(url.rstrip("/"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://localhost/",
        "file:///etc/passwd",
        "http://",
        "http:///move",
        "http://me:secret@localhost/",
        "http://localhost/?a=b",
        "http://localhost/#here",
        "http://localhost:port/",
        "http://localhost:0/",
        "http://[::1/",
        "http://local host/",
        "http://localhost/\nmove",
        f"http://localhost/{'a' * 2_000}",
    ],
)
def test_other_urls_are_refused(url):
    """Anything but a plain http or https URL of a path is a mistake, or worse."""
    with pytest.raises(ConfigError, match="expected http"):
        contestant(url)


def test_nobody_at_a_url_is_told_before_the_first_game(make_odd_server):
    """No server, one that says something else, one of another version: an error that names the URL."""
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:1"):
        Contests().play(BattlesnakeConfig(), [contestant("http://127.0.0.1:1")] * 2, duel_seats(SEEDS), SEEDS)
    for introduction in (
        (200, {}, b"hello"),
        (404, {}, b"{}"),
        (200, {}, b'{"apiversion": "0"}'),
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, b"[" * 10_000),
    ):
        server = make_odd_server(lambda _: said("up"), introduction)
        with pytest.raises(RemoteError, match=server.url):
            play(server)
        assert server.sent == []


BAD_ANSWERS = {
    "status 500": (500, {}, b'{"move": "left"}'),
    "status 204": (204, {}, b""),
    "a redirect": (307, {"Location": "/move"}, b'{"move": "left"}'),
    "no JSON": (200, {}, b"left"),
    "no object": (200, {}, b'["left"]'),
    "no move": (200, {}, b'{"shout": "left"}'),
    "an unknown move": (200, {}, b'{"move": "sideways"}'),
    "another kind of move": (200, {}, b'{"move": 3}'),
    "an endless answer": (200, {}, b'{"move": "left", "shout": "' + b"a" * MAX_ANSWER_BYTES + b'"}'),
    "a broken body": (200, {"Content-Length": "5000"}, b'{"move": "left"}'),
    "bottomless JSON": (200, {}, b"[" * 60_000),
    "a shout that is no text": (200, {}, b'{"move": "left", "shout": 5}'),
    "not a number": (200, {}, b'{"move": "left", "x": NaN}'),
    "something behind it": (200, {}, b'{"move": "left"} left'),
    "a mark of order before it": (200, {}, b'\xef\xbb\xbf{"move": "left"}'),
    "compressed": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00"),
}


@pytest.mark.parametrize("bad", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_an_answer_that_is_no_move_repeats_the_last_one(make_odd_server, bad):
    """At first up: a snake that never answers well goes straight up and dies at the wall, as in the official engine."""
    server = make_odd_server(lambda _: bad)
    results, contacts = play(server)
    causes, turns = falls_upwards(results)
    assert set(causes) == {"wall-collision"}
    assert turns <= {2, 6, 10}
    contact = contacts[server.url]
    assert contact.moves == len(server.moves()) == int(results.died[:, 0].sum())
    assert contact.errors + contact.timeouts == contact.moves


def test_a_server_that_hangs_repeats_its_last_move(make_odd_server):
    """It turns left twice and then says no more: the snake goes on to the left until the wall; games do not wait."""

    def answer(document):
        if document["turn"] >= 2:
            server.closing.wait()
        return said("left")

    server = make_odd_server(answer)
    results, contacts = play(server, timeout_ms=100)
    causes, turns = falls_upwards(results)
    assert set(causes) == {"wall-collision"}
    assert turns <= {2, 6, 10}
    contact = contacts[server.url]
    assert contact.timeouts == int(np.maximum(results.died[:, 0] - 2, 0).sum()) > 0
    assert contact.errors == 0
    latencies = {document["you"]["latency"] for document in server.moves() if document["turn"] >= 3}
    assert all(90 <= int(latency) <= 300 for latency in latencies)


def test_a_late_answer_is_not_taken_for_that_of_the_next_turn(make_odd_server):
    """What comes after the timeout is lost; the next turn's answer counts again."""

    def answer(document):
        head = document["you"]["head"]
        if document["turn"] == 0:
            return said("right" if head["x"] < 5 else "left")
        if document["turn"] == 1:
            server.closing.wait(0.3)
        return said("up" if head["y"] < 5 else "down")

    server = make_odd_server(answer)
    play(server, timeout_ms=150, seeds=SEEDS[:1])
    first, second, third, fourth = (document["you"]["head"] for document in server.moves()[:4])
    assert second["x"] - first["x"] == third["x"] - second["x"] != 0
    assert first["y"] == second["y"] == third["y"] != fourth["y"]


def test_requests_are_those_of_the_official_api(make_odd_server):
    """Start, every turn while the snake lives, and the end, each with game, turn, board and you."""

    def answer(document):
        return said("up", shout="ah")

    server = make_odd_server(answer)
    config = BattlesnakeConfig(mode="royale", hazard_damage_per_turn=7)
    results, _ = play(server, seeds=SEEDS[:1], config=config, against=("hungry", "hungry"))
    paths = [path for path, _ in server.sent]
    assert paths == ["/start", *["/move"] * int(results.died[0, 0]), "/end"]
    assert [document["turn"] for document in server.moves()] == list(range(int(results.died[0, 0])))
    first = server.moves()[0]
    assert first["game"]["ruleset"]["name"] == "royale"
    assert first["game"]["ruleset"]["settings"]["hazardDamagePerTurn"] == 7
    assert first["game"]["timeout"] == 200
    assert [each["name"] for each in first["board"]["snakes"]] == [server.url, "hungry", "hungry"]
    assert first["you"] == first["board"]["snakes"][0]
    assert first["you"]["length"] == len(first["you"]["body"]) == 3
    end = server.sent[-1][1]
    assert end["you"]["id"] not in [each["id"] for each in end["board"]["snakes"]]


def test_servers_and_players_of_this_engine_sit_in_any_seat(make_odd_server):
    """Every seat's moves are those of whoever sits there: the one who goes up dies in the seat where it sat."""
    server = make_odd_server(lambda _: said("up"))
    seeds = np.arange(4, dtype=np.int64)
    players = [contestant(server.url), SCRIPTED["territorial"]]
    results = Contests(at_once=2).play(BattlesnakeConfig(), players, duel_seats(seeds), seeds)
    assert results.winner.tolist() == [1, 0, 1, 0]
