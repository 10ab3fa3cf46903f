"""`paddock battlesnake parameters`, `players` and `explain`: what the heuristic player is made of, and why it moves."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from python_training.simulators.battlesnake.config import BattlesnakeConfig
    from python_training.simulators.battlesnake.players.explain import Explanation
    from python_training.simulators.battlesnake.players.players import Player

_MOST_BYTES = 10_000_000
_MORE_THAN_POINTS = 1e8
"""What lookahead finds beyond this is the end of a game, not a sum of points."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")]


def parameters(
    player: Annotated[
        str | None,
        typer.Argument(metavar="PLAYER", help="A preset or a file whose values are shown; the defaults if none."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the heuristic player's 31 parameters: value, range, unit and meaning."""
    from python_training.simulators.battlesnake.players.parameters import PARAMETERS
    from python_training.simulators.battlesnake.players.player_file import default_values
    from python_training.simulators.battlesnake.players.roster import preset

    values = default_values() if player is None else preset(player).values
    if as_json:
        rows = [
            {
                "name": each.name,
                "value": values[each.name],
                "low": each.low,
                "high": each.high,
                "default": each.default,
                "integer": each.integer,
                "unit": each.unit,
                "doc": each.doc,
            }
            for each in PARAMETERS
        ]
        print(json.dumps({"player": player, "parameters": rows}))
        return
    for section, each_of in groupby(PARAMETERS, key=lambda each: each.name.partition(".")[0]):
        print(section)
        for each in each_of:
            span = f"{each.low:g} to {each.high:g} {each.unit}"
            print(f"  {each.name.partition('.')[2]:<26}{values[each.name]:>8g}  {span:<32}{each.doc}")


def players(as_json: AsJson = False) -> None:
    """List who can play by name: the scripted players, weakest first, and the presets of the heuristic player."""
    from python_training.simulators.battlesnake.players.player_file import player_hash, read_player_file
    from python_training.simulators.battlesnake.players.players import SCRIPTED
    from python_training.simulators.battlesnake.players.roster import player, preset_paths

    rows = [
        {"name": name, "kind": "scripted", "hash": player_hash(each), "summary": ""} for name, each in SCRIPTED.items()
    ]
    for name, path in preset_paths().items():
        summary = read_player_file(path).options.summary
        rows.append({"name": name, "kind": "preset", "hash": player_hash(player(name)), "summary": summary})
    if as_json:
        print(json.dumps({"players": rows}))
        return
    for row in rows:
        print(f"{row['name']:<16}{row['kind']:<10}{row['hash']}  {row['summary']}".rstrip())


def explain(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="PLAYER", help="A scripted player, a preset, a file or a tuner's RUN:best.")
    ],
    position: Annotated[
        str | None,
        typer.Option("--position", metavar="FILE", help="A /move request of the official API as JSON; - is stdin."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="PLAYER", help="Its opponent, for a position of a game of `play`."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**62, help="Seed of that game.")] = 0,
    turn: Annotated[int, typer.Option(min=0, help="Turns played in it.")] = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of that game, e.g. mode=royale.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what each move is worth to a player in one position, term by term, and which it makes.

    The position is that of a /move request, or that of a turn of the game that `replay PLAYER OPPONENT --seed S` shows.
    """
    from python_training.contracts.config import parse_assignments, validate
    from python_training.contracts.errors import ConfigError
    from python_training.simulators.battlesnake.config import BattlesnakeConfig
    from python_training.simulators.battlesnake.players.explain import explain_request
    from python_training.simulators.battlesnake.players.roster import player

    if (position is None) == (against is None):
        raise ConfigError("Say either --position or --against.", field="position")
    chosen = player(name, ctx.obj)
    if position is not None:
        explanation = explain_request(chosen, _request(position))
    else:
        config = validate(BattlesnakeConfig, parse_assignments(settings or []))
        explanation = _of_game(config, chosen, player(str(against), ctx.obj), seed, turn)
    print(json.dumps(explanation.to_dict()) if as_json else _table(explanation))


def _of_game(config: BattlesnakeConfig, chosen: Player, other: Player, seed: int, turn: int) -> Explanation:
    """The explanation of a turn of a game of `play`, in which the first player sits first if the seed is even."""
    from python_training.contracts.errors import ConfigError
    from python_training.simulators.battlesnake.play.replay import states
    from python_training.simulators.battlesnake.players.explain import explain
    from python_training.simulators.battlesnake.rules.state import ALIVE, OVER, TURN

    seat = seed % 2
    seated = (chosen, other) if seat == 0 else (other, chosen)
    last = 0
    for games, table in states(config, seated, seed):
        last = int(games.facts[0, TURN])
        if games.facts[0, OVER] or not games.snakes[0, seat, ALIVE]:
            break
        if last == turn:
            return explain(games, table, 0, seat, chosen)
    raise ConfigError(f"turn: expected less than {last}, where that game ends, got {turn}.", field="turn")


def _request(name: str) -> Any:
    from python_training.contracts.errors import ConfigError
    from python_training.simulators.battlesnake.move_request import read_move_request

    try:
        if name == "-":
            text = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                text = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}.", field="position") from error
    if len(text) > _MOST_BYTES:
        raise ConfigError(f"{name} is larger than {_MOST_BYTES} bytes.", field="position")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name} is not JSON: {error}.", field="position") from error
    return read_move_request(raw)


def _table(explanation: Explanation) -> str:
    """A row for each term, a column for each move."""
    moves = explanation.moves
    lines = [f"{explanation.player}, turn {explanation.turn}: {explanation.move} ({explanation.mode})"]
    lines.append(f"{'':<16}" + "".join(f"{each.move:>12}" for each in moves))
    for term in next((each.terms for each in moves if each.terms), {}):
        lines.append(f"{term:<16}" + "".join(_number(each.terms.get(term)) for each in moves))
    lines.append(f"{'total':<16}" + "".join(_number(each.total) for each in moves))
    if any(each.searched is not None for each in moves):
        lines.append(f"{explanation.mode:<16}" + "".join(_number(each.searched) for each in moves))
    lines.append(f"{'':<16}" + "".join(f"{'' if each.legal else 'blocked':>12}" for each in moves).rstrip())
    return "\n".join(line for line in lines if line.strip())


def _number(value: float | None) -> str:
    if value is None:
        return f"{'-':>12}"
    if abs(value) > _MORE_THAN_POINTS:
        return f"{'lost' if value < 0 else 'won':>12}"
    return f"{value + 0.0:>12.1f}"
