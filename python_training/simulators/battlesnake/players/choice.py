"""The move that a player makes in one position, apart from any game that is being played here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import seed_stream
from python_training.compiled.kernel import kernel
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import Scratch, scratch
from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.players.players import Player, tables
from python_training.simulators.battlesnake.players.policies import decide
from python_training.simulators.battlesnake.rules.layout import Layout, layout
from python_training.simulators.battlesnake.rules.modes import MOVES
from python_training.simulators.battlesnake.rules.snapshot import load
from python_training.simulators.battlesnake.rules.state import (
    FIRST_SNAKE_STREAM,
    HIGH_X,
    HIGH_Y,
    LOW_X,
    LOW_Y,
    SHRINKS,
    TURN,
    Games,
    allocate,
)

_LAST_TURN = np.iinfo(np.int32).max
_KINDS_KEPT = 8
"""Kinds of boards for which a thread keeps its working memory."""


@kernel
def decide_seat(
    games: Games,
    layout: Layout,
    g: int,
    s: int,
    policy: int,
    parameters: NDArray[np.float64],
    scratch: Scratch,
    seed: int,
) -> int:
    """The move of snake `s` of game `g` by a policy whose random numbers begin at `seed`."""
    seed_stream(games.rng[g, FIRST_SNAKE_STREAM + s], seed, FIRST_SNAKE_STREAM + s)
    return decide(games, layout, g, s, policy, parameters, scratch)


def choose(player: Player, request: MoveRequest) -> str:
    """The player's move. A pure function of both arguments; any number of threads may call it at the same time."""
    games, table, memory = placed(request)
    policy, row = _row(player)
    return MOVES[decide_seat(games, table, 0, request.you, policy, row, memory, request.seed)]


def placed(request: MoveRequest) -> tuple[Games, Layout, Scratch]:
    """The position of a request as game 0, in memory that is this thread's until it asks for the next one."""
    board = request.board
    table = _table(request.mode, board.width, board.height, len(board.snakes))
    table = table._replace(hazard_damage=request.hazard_damage)
    games, memory = _memory.place(table)
    load(games, table, 0, board)
    facts = games.facts[0]
    facts[TURN] = request.turn
    facts[SHRINKS], facts[LOW_X], facts[LOW_Y] = 0, 0, 0
    facts[HIGH_X], facts[HIGH_Y] = board.width - 1, board.height - 1
    return games, table, memory


@lru_cache(maxsize=256)
def _row(player: Player) -> tuple[int, NDArray[np.float64]]:
    policies, parameters = tables((player,))
    return int(policies[0]), parameters[0]


@lru_cache(maxsize=64)
def _table(mode: str, width: int, height: int, snakes: int) -> Layout:
    config = BattlesnakeConfig.model_construct(mode=mode, width=width, height=height, max_turns=_LAST_TURN)
    return layout(config, snakes)


class _Memory(threading.local):
    """Working memory of each thread, of the kinds of boards that it saw last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int, int], tuple[Games, Scratch]] = OrderedDict()

    def place(self, table: Layout) -> tuple[Games, Scratch]:
        kind = (table.width, table.height, table.snakes)
        if kind not in self._kept:
            self._kept[kind] = allocate(1, table), scratch(table)
            if len(self._kept) > _KINDS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(kind)
        return self._kept[kind]


_memory = _Memory()
