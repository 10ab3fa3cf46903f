"""A player's explanation of its next move, as whoever points at its snake is shown it."""

from __future__ import annotations

from python_training.contracts.details import Choice, Decision
from python_training.simulators.battlesnake.players.explain import explain
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.snapshot import body_of
from python_training.simulators.battlesnake.rules.state import Games

_MEASURES = {"lookahead": "looked ahead", "mcts": "visits"}
_UNSCORED = "This player compares no scores: it takes any move that is safe, or the way to food."
_ONLY_TOTALS = "This player gives each move one score, not made of terms."


def decision(games: Games, layout: Layout, g: int, s: int, player: Player) -> Decision:
    """What `player` does next as snake `s` of game `g`, and what each move is worth to it; changes nothing.

    The snake must be alive. A search (lookahead or MCTS) decides by what it found, beside the sum of the terms.
    """
    explained = explain(games, layout, g, s, player)
    x, y = body_of(games, layout, g, s)[0]
    around = layout.neighbours[y * layout.width + x].tolist()
    choices = tuple(
        Choice(
            name=move.move,
            score=move.total if move.searched is None else move.searched,
            total=None if move.searched is None else move.total,
            terms=move.terms,
            note="" if move.legal else "wall" if cell == layout.cells else "body",
        )
        for move, cell in zip(explained.moves, around, strict=True)
    )
    text = ""
    if all(choice.score is None for choice in choices):
        text = _UNSCORED
    elif not any(choice.terms for choice in choices):
        text = _ONLY_TOTALS
    measure = _MEASURES.get(explained.mode, "score")
    return Decision(explained.mode, explained.move, choices, measure, text)
