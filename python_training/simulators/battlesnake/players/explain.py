"""Why a player makes its move: what each move is worth to it, by term. Nothing here changes a game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import seed_stream
from python_training.compiled.kernel import kernel
from python_training.simulators.battlesnake.heuristic.lookahead import EVERY_MOVE
from python_training.simulators.battlesnake.heuristic.policy_heuristic import GREEDY, WAYS, best, weigh
from python_training.simulators.battlesnake.heuristic.sight import Scratch, scratch
from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.players.choice import placed
from python_training.simulators.battlesnake.players.parameters import TERMS
from python_training.simulators.battlesnake.players.players import (
    HEURISTIC,
    HUNTER,
    SPACE_FILLER,
    TERRITORIAL,
    Player,
    tables,
)
from python_training.simulators.battlesnake.players.policies import decide
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.modes import MOVES
from python_training.simulators.battlesnake.rules.state import COVERED, FIRST_SNAKE_STREAM, HEAD, NOBODY, TURN, Games

_SCORING = (SPACE_FILLER, HUNTER, TERRITORIAL)
"""Scripted policies that compare scores."""
_AS_IT_IS = -1


@dataclass(frozen=True, slots=True)
class MoveScore:
    """What one move is worth.

    Attributes:
        move: its name.
        legal: whether it runs into neither a wall nor a body that stays.
        total: the sum of the terms at sight, or a scripted player's score; None where there is none.
        searched: what lookahead found it to be worth, or the visits of MCTS; None where nothing was searched.
        terms: the heuristic player's terms by name, empty for others and for moves that are not legal.
    """

    move: str
    legal: bool
    total: float | None
    searched: float | None
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A player's next move and its reasons; `mode` says how it decides: greedy, lookahead, mcts or scripted."""

    player: str
    turn: int
    mode: str
    move: str
    moves: tuple[MoveScore, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@kernel
def explain_seat(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    policy: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
    seed: int,
) -> tuple[int, int]:
    """Decide for snake `s` and leave the reasons in `scratch`; returns the way (-1 for scripted policies) and the move.

    Random numbers are drawn from where the snake's stream is if `seed` is -1, else from the seed.
    """
    if seed >= 0:
        seed_stream(games.rng[g, FIRST_SNAKE_STREAM + s], seed, FIRST_SNAKE_STREAM + s)
    if policy != HEURISTIC:
        return NOBODY, decide(games, layout, g, s, policy, parameters, scratch)
    way = weigh(games, layout, g, s, parameters, EVERY_MOVE, scratch)
    return way, best(games, g, s, parameters, scratch.scores if way == GREEDY else scratch.sought)


def explain(games: Games, layout: Layout, g: int, s: int, player: Player) -> Explanation:
    """What `player` does next as the living snake `s` of game `g`, and why. It draws from a copy of the stream."""
    arrays: Any = (array[g : g + 1].copy() for array in games)
    copy = Games(*arrays)
    return _explained(copy, layout, s, player, scratch(layout), _AS_IT_IS)


def explain_request(player: Player, request: MoveRequest) -> Explanation:
    """What `player` answers to a request of the official API, and why."""
    games, table, memory = placed(request)
    return _explained(games, table, request.you, player, memory, request.seed)


def _explained(games: Games, layout: Layout, s: int, player: Player, memory: Scratch, seed: int) -> Explanation:
    policies, parameters = tables((player,))
    way, chosen = explain_seat(games, layout, 0, s, int(policies[0]), parameters[0], memory, seed)
    head = games.bodies[0, s, games.snakes[0, s, HEAD]]
    cells = layout.neighbours[head]
    moves = []
    for move, name in enumerate(MOVES):
        legal = bool(games.grids[0, COVERED, cells[move]] == 0)
        heuristic = player.policy == HEURISTIC
        scored = legal and (heuristic or player.policy in _SCORING)
        terms = dict(zip(TERMS, memory.terms[move].tolist(), strict=True)) if legal and heuristic else {}
        total = float(memory.scores[move]) if scored else None
        searched = float(memory.sought[move]) if scored and way > GREEDY else None
        moves.append(MoveScore(name, legal, total, searched, terms))
    mode = "scripted" if way == NOBODY else WAYS[way]
    return Explanation(player.name, int(games.facts[0, TURN]), mode, MOVES[chosen], tuple(moves))
