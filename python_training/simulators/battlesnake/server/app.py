"""The official Battlesnake API, version 1, for several snakes on one port: GET /, POST /start, /move and /end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from python_training.simulators.battlesnake.move_request import MoveRequest, read_move_request, read_names
from python_training.simulators.battlesnake.server.decisions import Decisions
from python_training.simulators.battlesnake.server.figures import Figures
from python_training.simulators.battlesnake.server.games import GameLog
from python_training.simulators.battlesnake.server.refusals import MAX_BODY_BYTES, InFlight, answer_refusals, document
from python_training.simulators.battlesnake.server.snakes import ServedSnake

DEFAULT_MARGIN_MS: Final = 100
_LEAST_SHARE: Final = 0.5
"""However large the margin, half of the game's timeout is for deciding."""
_ACTIVE_S: Final = 2.0
"""Snakes that were asked within this time count as thinking at the same time."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Service:
    """The snakes that are served and what is remembered of their games; belongs to one event loop."""

    snakes: Sequence[ServedSnake]
    margin_ms: int = DEFAULT_MARGIN_MS
    decisions: Decisions = field(default_factory=Decisions)
    games: GameLog = field(default_factory=GameLog)
    figures: Figures = field(default_factory=Figures)
    in_flight: InFlight = field(default_factory=InFlight)


def create_app(service: Service) -> web.Application:
    """The application: each snake below its own path, the first one below / too."""
    paths = ", ".join(f"/{snake.path}/" for snake in service.snakes)
    app = web.Application(
        middlewares=[answer_refusals(f"Snakes are at {paths}.", service.in_flight)],
        client_max_size=MAX_BODY_BYTES,
        logger=_log,
    )
    _add_snake(app, "", service, service.snakes[0])
    for snake in service.snakes:
        _add_snake(app, f"/{snake.path}", service, snake)

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "games": len(service.games), **service.figures.to_dict()})

    async def close(_app: web.Application) -> None:
        service.decisions.close()

    app.router.add_get("/health", health)
    app.on_cleanup.append(close)
    return app


def _add_snake(app: web.Application, prefix: str, service: Service, snake: ServedSnake) -> None:
    async def introduce(_request: web.Request) -> web.Response:
        return web.json_response(dict(snake.introduction()))

    async def start(request: web.Request) -> web.Response:
        asked = read_move_request(await document(request, service.in_flight))
        now = asyncio.get_running_loop().time()
        service.games.record((snake.path, asked.game, asked.snake.id), now)
        board = asked.board
        _log.info(
            "%s: game %a begins, %s, %d x %d, %d snakes, timeout %d ms",
            *(snake.path, asked.game, asked.mode, board.width, board.height, len(board.snakes), asked.timeout_ms),
        )
        return web.json_response({})

    async def move(request: web.Request) -> web.Response:
        arrived = asyncio.get_running_loop().time()
        asked = read_move_request(await document(request, service.in_flight))
        return web.json_response({"move": await _move(service, snake, asked, arrived)})

    async def end(request: web.Request) -> web.Response:
        raw = await document(request, service.in_flight)
        game, you = read_names(raw)
        record = service.games.end((snake.path, game, you))
        if record is not None:
            _log.info(
                "%s: game %a ended after %d moves, the slowest %.0f ms, %d reduced, %d cut short",
                *(snake.path, game, record.moves, record.slowest_ms, record.reduced, record.late),
            )
        return web.json_response({})

    app.router.add_get(prefix or "/", introduce)
    if prefix:
        app.router.add_get(f"{prefix}/", introduce)
    app.router.add_post(f"{prefix}/start", start)
    app.router.add_post(f"{prefix}/move", move)
    app.router.add_post(f"{prefix}/end", end)


async def _move(service: Service, snake: ServedSnake, asked: MoveRequest, arrived: float) -> str:
    """Decide in time: `arrived` is when the request's first part was read, by the loop's clock."""
    loop = asyncio.get_running_loop()
    record = service.games.record((snake.path, asked.game, asked.snake.id), arrived)
    deadline = arrived + time_to_decide_s(asked.timeout_ms, service.margin_ms, record.way_ms(asked))
    sharing = service.games.active(arrived, _ACTIVE_S)
    decision = await service.decisions.decide(snake, asked, deadline, sharing)
    taken_ms = 1000 * (loop.time() - arrived)
    record.answered(asked, decision.effort, taken_ms)
    service.figures.answered(decision.effort, taken_ms)
    return decision.move


def time_to_decide_s(timeout_ms: int, margin_ms: float, way_ms: float) -> float:
    """Seconds from a request's arrival to its answer.

    The margin is what the way to the game and back may take. Where the last answer's way took longer, that and half a
    margin are kept free. At least half of the timeout remains.
    """
    free_ms = max(margin_ms, way_ms + margin_ms / 2 if way_ms > margin_ms / 2 else 0.0)
    return max(timeout_ms - free_ms, _LEAST_SHARE * timeout_ms) / 1000
