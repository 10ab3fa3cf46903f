"""The sources mean the same compiled and as plain Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GAMES = """
import json
import sys
import numpy as np
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.players.parameters import (
    LOOKAHEAD_DEPTH,
    MCTS_ITERATIONS,
    TURN_THRESHOLD,
    USE_MCTS,
)
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.players.roster import player

def searching():
    row = list(player("default").parameters)
    row[LOOKAHEAD_DEPTH], row[USE_MCTS], row[MCTS_ITERATIONS], row[TURN_THRESHOLD] = 1, 1, 6, 4
    return Player("searching", player("default").policy, tuple(row))

names = ("random-safe", "hungry", "hunter", "territorial", "default")
players = [*(player(name) for name in names), searching()]
found = []
for mode, seats, turns in (
    ("standard", [0, 1], 400), ("royale", [1, 2], 60), ("wrapped", [0, 3], 20), ("constrictor", [0, 2], 40),
    ("standard", [2, 4], 25), ("wrapped", [4, 0], 15), ("standard", [5, 4], 12), ("royale", [0, 1, 2, 5], 12),
):
    config = BattlesnakeConfig(mode=mode, width=7, height=7, max_turns=turns)
    results = play(config, players, np.array([seats] * 2), np.array([11, 12]))
    found.append([results.turns.tolist(), results.alive.tolist(), results.cause.tolist(), results.died.tolist(),
                  results.length.tolist()])
json.dump(found, sys.stdout)
"""


def games(*, compiled: bool) -> list[object]:
    """What came of some games of all kinds of players, in a process of its own."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "0" if compiled else "1"}
    root = Path(__file__).parents[4]
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", GAMES]
    run = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=280, check=False)
    if run.returncode:
        pytest.fail(run.stderr)
    found: list[object] = json.loads(run.stdout)
    return found


def test_games_are_the_same_with_the_compiler_switched_off():
    """Scripted players, the heuristic one at sight, looking ahead and searching a tree, in four modes: equal games."""
    assert games(compiled=False) == games(compiled=True)
