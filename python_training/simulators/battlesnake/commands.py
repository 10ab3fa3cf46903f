"""`paddock battlesnake ...`: this world's part of the command line. Heavy imports wait until they are needed."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from python_training.simulators.battlesnake.play.contests import DEFAULT_AT_ONCE
from python_training.simulators.battlesnake.player_commands import explain, parameters, players
from python_training.simulators.battlesnake.rules.modes import DEFAULT_TIMEOUT_MS
from python_training.simulators.battlesnake.serve_command import EPILOG as SERVE_EPILOG
from python_training.simulators.battlesnake.serve_command import serve

if TYPE_CHECKING:
    from python_training.simulators.battlesnake.config import BattlesnakeConfig

commands = typer.Typer(
    help="Battlesnake: hold the engine against the official one, let players meet, watch a game again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SEEDS_END = 2**62
Games = Annotated[int, typer.Option(min=1, max=10_000_000, help="How many games.")]
Seed = Annotated[int, typer.Option(min=0, max=SEEDS_END, help="Seed of the first game; the next ones follow.")]
Threads = Annotated[int, typer.Option(min=0, max=1024, help="Cores to use; 0 is all. They change no result.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the game, e.g. mode=royale.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")]
Timeout = Annotated[
    int, typer.Option("--timeout-ms", min=10, max=60_000, help="How long a server has for a move, where one plays.")
]
AtOnce = Annotated[int, typer.Option(min=1, max=500, help="Games at the same time, where a server plays.")]
First = Annotated[
    str, typer.Argument(metavar="A", help="A scripted player, preset or file, a tuner's RUN:best, or a URL.")
]
Second = Annotated[str, typer.Argument(metavar="B", help="Whom it meets.")]


def _help_end(*examples: str) -> str:
    lines = "\n".join(f"  {example}" for example in examples)
    return f"\b\nExamples:\n{lines}\n\n\b\nExit codes:\n  0  done\n  3  a setting is invalid\n  4  no such player"


@commands.callback()
def _battlesnake() -> None:
    """Take commands of this world."""


@commands.command(
    "step",
    epilog="\b\nExample:\n  paddock battlesnake step < transitions.jsonl\n\n"
    "\b\nExit codes:\n  0  every line was answered\n  1  some lines made no sense and were answered with an error",
)
def step() -> None:
    """Apply the rules to JSON lines from standard input and print a JSON line for each.

    A line holds {"ruleset", "settings", "board", "moves"}: board and settings as in the official API, board.snakes the
    living ones, moves by snake id. The answer holds {"board", "eliminated", "gameOver"}: the state after elimination
    and before food appears or hazards change.
    """
    from python_training.simulators.battlesnake.rules.door import serve_lines

    if serve_lines(sys.stdin.buffer, sys.stdout.buffer):
        raise typer.Exit(1)


@commands.command(
    "play",
    epilog=_help_end(
        "paddock battlesnake play hungry random-safe --games 1000",
        "paddock battlesnake play territorial hunter --games 1000 --seed 7 --json",
        "paddock battlesnake play hunter hungry --set mode=wrapped --set width=19 --set height=19",
        "paddock battlesnake play territorial http://localhost:8000/ --games 100",
        "paddock battlesnake play newest:best newest:start",
    ),
)
def play(
    ctx: typer.Context,
    a: First,
    b: Second,
    games: Games = 1000,
    seed: Seed = 0,
    threads: Threads = 0,
    settings: Settings = None,
    timeout: Timeout = DEFAULT_TIMEOUT_MS,
    at_once: AtOnce = DEFAULT_AT_ONCE,
    as_json: AsJson = False,
) -> None:
    """Let two players meet and count what came of it.

    Game number i has the seed S + i. A takes the first seat where that is even and the second where it is odd. Servers
    are asked as the official engine asks them: one that gives no move in time repeats its last one, at first up.
    """
    from python_training.simulators.battlesnake.play.contests import Contests, contestant
    from python_training.simulators.battlesnake.play.standings import play_duel

    config, players = _config(settings), (contestant(a, ctx.obj), contestant(b, ctx.obj))
    contests = Contests(timeout_ms=timeout, at_once=at_once)
    result = play_duel(config, players, games=games, seed=seed, threads=_cores(threads), play=contests.play).to_dict()
    servers = {name: contact.to_dict() for name, contact in contests.contacts.items()}
    if as_json:
        shown = {"a": players[0].name, "b": players[1].name, "seed": seed, **result}
        print(json.dumps({**shown, "servers": servers} if servers else shown))
        return
    low, high = result["win_rate_ci"]
    print(f"{players[0].name} against {players[1].name}, {games:,} games from seed {seed}")
    print(f"  wins {result['wins']:,}  losses {result['losses']:,}  draws {result['draws']:,}")
    print(f"  win rate {result['win_rate']:.1%} [{low:.1%}, {high:.1%}]")
    print(f"  turns a game {result['turns_mean']:.1f}")
    for side, each in (("a", players[0].name), ("b", players[1].name)):
        causes = ", ".join(f"{cause} {count:,}" for cause, count in result["causes"][side].items())
        print(f"  deaths of {each}: {causes or 'none'}")
    _print_servers(servers)


@commands.command(
    "table",
    epilog=_help_end("paddock battlesnake table --games 400", "paddock battlesnake table hungry hunter --json"),
)
def table(
    ctx: typer.Context,
    players: Annotated[
        list[str] | None, typer.Argument(metavar="PLAYER...", help="Who takes part; all if none.")
    ] = None,
    games: Games = 200,
    seed: Seed = 0,
    threads: Threads = 0,
    settings: Settings = None,
    timeout: Timeout = DEFAULT_TIMEOUT_MS,
    at_once: AtOnce = DEFAULT_AT_ONCE,
    as_json: AsJson = False,
) -> None:
    """Let all players meet all others and rate them: Elo with 95% intervals, relative to the table's mean."""
    from python_training.contracts.errors import ConfigError
    from python_training.simulators.battlesnake.play.contests import Contests, contestant
    from python_training.simulators.battlesnake.play.standings import round_robin
    from python_training.simulators.battlesnake.players.players import SCRIPTED

    chosen = [contestant(name, ctx.obj) for name in players or SCRIPTED]
    if len(chosen) < 2 or len({each.name for each in chosen}) < len(chosen):
        raise ConfigError("A table needs at least two different players.", field="player")
    contests = Contests(timeout_ms=timeout, at_once=at_once)
    rated = round_robin(_config(settings), chosen, games=games, seed=seed, threads=_cores(threads), play=contests.play)
    servers = {name: contact.to_dict() for name, contact in contests.contacts.items()}
    if as_json:
        rows = [
            {"player": each.name, "elo": each.elo, "elo_ci": each.interval, "score": each.score, "games": each.games}
            for each in rated
        ]
        table_of = {"games_each": games, "seed": seed, "players": rows}
        print(json.dumps({**table_of, "servers": servers} if servers else table_of))
        return
    print(f"{'PLAYER':<16}{'ELO':>6}  {'95% INTERVAL':<18}{'SCORE':>7}{'GAMES':>9}")
    for each in rated:
        interval = f"[{each.interval[0]:+.0f}, {each.interval[1]:+.0f}]"
        print(f"{each.name:<16}{each.elo:>+6.0f}  {interval:<18}{each.score:>7.1%}{each.games:>9,}")
    _print_servers(servers)


@commands.command(
    "replay",
    epilog=_help_end(
        "paddock battlesnake replay territorial hunter --seed 7",
        "paddock battlesnake replay territorial hunter --seed 7 --json",
    ),
)
def replay(
    ctx: typer.Context,
    a: First,
    b: Second,
    seed: Seed = 0,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Show a game of `play` again, turn by turn; the two players and the seed say which."""
    from python_training.simulators.battlesnake.play.replay import drawn, moments
    from python_training.simulators.battlesnake.players.roster import player

    pair = (player(a, ctx.obj), player(b, ctx.obj))
    order = (0, 1) if seed % 2 == 0 else (1, 0)
    ids = [f"{'ab'[i]}:{pair[i].name}" for i in order]
    game = moments(_config(settings), [pair[i] for i in order], ids, seed)
    if as_json:
        print(json.dumps({"seed": seed, "seats": ids, "turns": [moment.to_dict() for moment in game]}))
        return
    for moment in game:
        healths = "  ".join(f"{each.id} health {each.health} length {len(each.body)}" for each in moment.board.snakes)
        print(f"turn {moment.turn}  {healths}\n{drawn(moment.board)}")
        for death in moment.eliminated:
            print(f"{death.id} died: {death.cause}{f' by {death.by}' if death.by else ''}")
        print()


commands.command("serve", epilog=SERVE_EPILOG)(serve)
commands.command(
    "explain",
    epilog=_help_end(
        "paddock battlesnake explain default --against hunter --seed 7 --turn 40",
        "paddock battlesnake explain my-snake.yaml --position request.json --json",
    ),
)(explain)
commands.command(
    "parameters",
    epilog=_help_end("paddock battlesnake parameters", "paddock battlesnake parameters training --json"),
)(parameters)
commands.command("players", epilog=_help_end("paddock battlesnake players", "paddock battlesnake players --json"))(
    players
)


def _print_servers(servers: dict[str, dict[str, Any]]) -> None:
    """How servers answered, a line each."""
    for url, each in servers.items():
        times = " ".join(f"{name} {value} ms" for name, value in each["latency_ms"].items())
        print(f"  {url}: {each['moves']:,} moves, {times}, {each['timeouts']:,} timeouts, {each['errors']:,} errors")


def _config(settings: list[str] | None) -> BattlesnakeConfig:
    from python_training.contracts.config import parse_assignments, validate
    from python_training.simulators.battlesnake.config import BattlesnakeConfig

    raw: dict[str, Any] = parse_assignments(settings or [])
    return validate(BattlesnakeConfig, raw)


def _cores(threads: int) -> int:
    return threads or os.cpu_count() or 1
