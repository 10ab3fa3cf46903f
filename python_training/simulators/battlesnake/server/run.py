"""Serve until a signal says stop; requests in hand are answered first."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.http import HttpProcessingError

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.server.app import Service, create_app
from python_training.simulators.battlesnake.warm_up import warm_up_choices

KEEP_ALIVE_S: Final = 75.0
"""A connection on which no request comes, or none that is whole, is closed after this."""
SHUTDOWN_S: Final = 10.0
_log = logging.getLogger(__name__)


def serve(service: Service, *, host: str, port: int, announce: Callable[[int], None]) -> None:
    """Compile, listen, tell `announce` the port, and serve until SIGTERM or SIGINT.

    Raises ConfigError where the address cannot be listened on.
    """
    warm_up_choices()
    asyncio.run(_serve(service, host, port, announce))


async def _serve(service: Service, host: str, port: int, announce: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(
        create_app(service),
        access_log=_log if _log.isEnabledFor(logging.DEBUG) else None,
        logger=_http_log(),
        keepalive_timeout=KEEP_ALIVE_S,
        shutdown_timeout=SHUTDOWN_S,
        auto_decompress=False,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(f"{host}:{port} cannot be listened on: {error.strerror}.", field="port") from None
        announce(runner.addresses[0][1])
        await stop.wait()
        _log.info("stopping")
        await site.stop()
        # The library's own way of stopping no longer reads what is half sent; so first what was begun is answered.
        until = loop.time() + SHUTDOWN_S
        while service.in_flight.count and loop.time() < until:
            await asyncio.sleep(0.01)
    finally:
        await runner.cleanup()


def _http_log() -> logging.Logger:
    """The log of the HTTP library: what others send broken is worth a line of it, not a traceback."""
    log = logging.getLogger(f"{__name__}.http")
    log.addFilter(_without_traceback)
    return log


def _without_traceback(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args, record.exc_info = "no HTTP: %a", (error.message[:200],), None
    return True
