"""`paddock battlesnake ...`: what this world adds to the command line."""

from __future__ import annotations

import sys

import typer

commands = typer.Typer(
    help="Battlesnake: hold the engine against the official one, let players meet, watch a game again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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
    from python_training.simulators.battlesnake.door import serve_lines

    if serve_lines(sys.stdin.buffer, sys.stdout.buffer):
        raise typer.Exit(1)
