"""What a server remembers of games: a bounded number, none for long, and what the way to the game costs."""

from __future__ import annotations

from dataclasses import replace

from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.server.figures import Figures
from python_training.simulators.battlesnake.server.games import GameLog, GameRecord

REQUEST = MoveRequest("g", 4, 500, "standard", 14, Board(7, 7, (Snake("a", 90, ((3, 3),)),)), 0)


def key(i):
    """The key of game number i."""
    return ("default", f"game {i}", "a")


def test_the_number_of_games_is_bounded():
    """The one that was quiet longest goes first."""
    log = GameLog(max_games=3)
    for i in range(3):
        log.record(key(i), now=i)
    log.record(key(0), now=3)
    log.record(key(3), now=4)
    assert len(log) == 3
    assert log.end(key(1)) is None
    assert log.end(key(0)) is not None


def test_a_quiet_game_is_forgotten():
    """Servers are not always told of a game's end."""
    log = GameLog(idle_s=60)
    log.record(key(0), now=0)
    log.record(key(1), now=50)
    log.record(key(2), now=61)
    assert len(log) == 2
    assert log.end(key(0)) is None


def test_an_ended_game_is_forgotten_with_its_figures():
    """Moves by effort and the slowest answer are told once."""
    log = GameLog()
    record = log.record(key(0), now=0)
    for effort, taken in (("full", 3.0), ("late", 400.0), ("reduced", 5.0)):
        record.answered(REQUEST, effort, taken)
    ended = log.end(key(0))
    assert (ended.moves, ended.reduced, ended.late, ended.slowest_ms) == (3, 1, 1, 400.0)
    assert len(log) == 0


def test_snakes_that_think_are_counted():
    """Those that were asked lately, each once."""
    log = GameLog()
    for i in range(10):
        log.record(key(i), now=i)
    log.record(key(9), now=9.5)
    assert log.active(now=10, within_s=2) == 2
    assert log.active(now=10, within_s=100) == 10


def test_the_way_is_what_the_game_waited_beyond_the_answer():
    """Known only right after a turn that was answered in time and measured."""
    record = GameRecord(seen=0.0)
    record.answered(REQUEST, "full", 20.0)
    following = replace(REQUEST, turn=5, latency_ms=75)
    assert record.way_ms(following) == 55
    assert record.way_ms(replace(following, latency_ms=None)) == 0
    assert record.way_ms(replace(following, latency_ms=500)) == 0
    assert record.way_ms(replace(following, turn=6)) == 0
    assert record.way_ms(replace(following, latency_ms=10)) == 0


def test_figures_tell_percentiles_of_what_was_answered():
    """Null before the first answer; counts by effort."""
    figures = Figures()
    assert figures.to_dict()["answer_ms"] == {"p50": None, "p99": None, "max": None}
    for i in range(1, 102):
        figures.answered("full" if i < 100 else "late", float(i))
    told = figures.to_dict()
    assert told["moves"] == 101
    assert told["effort"] == {"full": 99, "reduced": 0, "late": 2}
    assert told["answer_ms"] == {"p50": 51.0, "p99": 100.0, "max": 101.0}
