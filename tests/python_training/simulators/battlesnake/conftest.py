"""Boards made to measure, both ways of judging them, and served snakes: real processes on free ports."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from python_training.simulators.battlesnake.rules import engine, reference
from python_training.simulators.battlesnake.rules.modes import MODES
from python_training.simulators.battlesnake.rules.reference import Board, Point, Snake, Turn
from python_training.testing.runs import wait_for

Judge = Callable[..., Turn]


@pytest.fixture(params=["reference", "compiled"])
def judge(request: pytest.FixtureRequest) -> Judge:
    """`judge(board, moves, mode="standard", damage=14)`, once by the reference and once by the compiled engine."""
    play_turn = {"reference": reference.play_turn, "compiled": engine.play_turn}[request.param]

    def play(board: Board, moves: dict[str, str], mode: str = "standard", damage: int = 14) -> Turn:
        return play_turn(MODES[mode], board, moves, damage)

    return play


@pytest.fixture
def make_board() -> Callable[..., Board]:
    """`make_board({"a": [(1, 1), (1, 0)]}, food=..., hazards=..., health={"a": 5}, width=11, height=11)`."""

    def build(
        snakes: dict[str, Sequence[Point]],
        *,
        food: Sequence[Point] = (),
        hazards: Sequence[Point] = (),
        health: dict[str, int] | None = None,
        width: int = 11,
        height: int = 11,
    ) -> Board:
        living = tuple(Snake(id_, (health or {}).get(id_, 90), tuple(body)) for id_, body in snakes.items())
        return Board(width, height, living, tuple(food), tuple(hazards))

    return build


class SnakeServer:
    """A `paddock battlesnake serve` process."""

    def __init__(self, log: Path, *options: str) -> None:
        """Start it and wait until its port is open; compiling comes before that."""
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("paddock"), "battlesnake", "serve", "--port", "0", *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.url = wait_for(self._announced, "the snakes to be served", 240)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def output(self) -> str:
        """What it printed and logged so far."""
        return self._log.read_text()

    def _announced(self) -> str | None:
        assert self.process.poll() is None, self.output
        found = re.search(r"Battlesnakes are served at (http://\S+:\d+)/", self.output)
        return found[1] if found else None

    def health(self) -> dict[str, Any]:
        """What GET /health says."""
        return requests.get(f"{self.url}/health", timeout=10).json()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; returns the exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def make_snake_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., SnakeServer]]:
    """`make_snake_server("--config", "hungry", ...)`: served until the module's tests are over."""
    made: list[SnakeServer] = []

    def make(*options: str) -> SnakeServer:
        made.append(SnakeServer(tmp_path_factory.mktemp("served") / "log", *options))
        return made[-1]

    yield make
    for server in made:
        if server.process.poll() is None:
            server.end()
