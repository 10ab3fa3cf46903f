"""Calls what matches, replays, served snakes and games have compiled, so that none of them waits for compiling."""

from __future__ import annotations

import numpy as np

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.move_request import MoveRequest
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.replay import moments
from python_training.simulators.battlesnake.players.choice import choose
from python_training.simulators.battlesnake.players.explain import explain_request
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.rules.reference import Board, Snake

_REQUEST = MoveRequest(
    game="warm-up",
    turn=2,
    timeout_ms=500,
    mode="standard",
    hazard_damage=14,
    board=Board(
        11, 11, (Snake("a", 100, ((1, 3), (1, 2), (1, 1))), Snake("b", 100, ((9, 7), (9, 8), (9, 9)))), food=((5, 5),)
    ),
    you=0,
)


def warm_up() -> None:
    """Play, replay and decide once. A kernel is compiled for all policies at the same time, so any player will do."""
    config, players = BattlesnakeConfig(max_turns=2), [SCRIPTED["hungry"]] * 2
    play(config, players, np.zeros((1, 2), dtype=np.int64), np.zeros(1, dtype=np.int64))
    list(moments(config, players, ["a", "b"], seed=0))
    warm_up_choices()
    explain_request(SCRIPTED["hungry"], _REQUEST)


def warm_up_choices() -> None:
    """Decide once, as served snakes do."""
    choose(SCRIPTED["hungry"], _REQUEST)
