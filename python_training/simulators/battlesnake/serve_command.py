"""`paddock battlesnake serve`: players behind the official API."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

DEFAULT_PORT = 8000
EPILOG = (
    "\b\nExamples:\n"
    "  paddock battlesnake serve\n"
    "  paddock battlesnake serve --config default --config tuned.yaml --port 8080\n"
    "  paddock battlesnake serve --config newest:best\n"
    "  paddock battlesnake serve --config tuned.yaml --host 0.0.0.0 --timeout-margin-ms 150 --author me\n\n"
    "\b\nExit codes:\n  0  stopped by a signal\n  3  a config or the address cannot be used\n  4  no such player"
)


def serve(
    ctx: typer.Context,
    configs: Annotated[
        list[str] | None,
        typer.Option(
            "--config",
            metavar="FILE_OR_PRESET",
            help="Who plays; a tuner's RUN:best will do. May be given several times. Each has the path of its name, "
            "the first one / as well.",
            show_default="default",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets others in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = DEFAULT_PORT,
    timeout_margin_ms: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Milliseconds of a game's timeout kept free for the way there and back."),
    ] = 100,
    workers: Annotated[int, typer.Option(min=0, max=256, help="Threads that think; 0 takes one for each core.")] = 0,
    author: Annotated[str, typer.Option(help="Your user's name at the service that plays the games.")] = "paddock",
    color: Annotated[str, typer.Option(help="#rrggbb; one of its own for each snake if not given.")] = "",
    head: Annotated[str, typer.Option(help="Name of an official head.")] = "default",
    tail: Annotated[str, typer.Option(help="Name of an official tail.")] = "default",
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every request.")] = False,
) -> None:
    """Serve players as Battlesnakes: GET /, POST /start, /move and /end of the official API, version 1.

    Every move is answered within the game's own timeout less the margin: where there is no time for the whole effort of
    a config, with less of it.
    """
    import logging

    from python_training.simulators.battlesnake.players.player_file import player_hash
    from python_training.simulators.battlesnake.players.roster import player
    from python_training.simulators.battlesnake.server.app import Service
    from python_training.simulators.battlesnake.server.decisions import Decisions
    from python_training.simulators.battlesnake.server.run import serve as serve_until_stopped
    from python_training.simulators.battlesnake.server.snakes import Appearance, served

    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("numba").setLevel(logging.WARNING)
    players = [(named, player(named, ctx.obj)) for named in configs or ["default"]]
    looks = [
        Appearance(author, color, head, tail, f"{metadata.version('paddock')}+{player_hash(each)}")
        for _, each in players
    ]
    snakes = served([(named, each, look) for (named, each), look in zip(players, looks, strict=True)])

    def announce(open_port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        for snake in snakes:
            print(f"{snake.rungs[0].name} is at http://{shown}:{open_port}/{snake.path}/", flush=True)
        print(f"Battlesnakes are served at http://{shown}:{open_port}/", flush=True)

    service = Service(snakes, timeout_margin_ms, Decisions(workers or None))
    serve_until_stopped(service, host=host, port=port, announce=announce)
