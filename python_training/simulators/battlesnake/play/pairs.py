"""Mirrored pairs: two games from one seed, with sides swapped, so that what the seed favours helps each side once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.objective import PairScores
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.standings import PlayGames
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.remote.players import RemotePlayer

_CANDIDATE, _OPPONENT = 0, 1
FIGURES = ("turns", "survival", "snake_length")
"""What `play_pairs` measures beside the score."""


def play_pairs(
    config: BattlesnakeConfig,
    candidate: Player,
    opponent: Player | RemotePlayer,
    seeds: NDArray[np.int64],
    *,
    threads: int = 1,
    play: PlayGames = play,
) -> PairScores:
    """Let two players meet in a pair of games for each of (P,) seeds.

    Figures, means over the pair: `turns` that a game lasted, `survival` 1 where the candidate lived at the end and 0
    where not, `snake_length` its segments then.

    Args:
        config: of all games.
        candidate: whose score it is; it has the first seat in the first game of a pair.
        opponent: whom it meets.
        seeds: from 0 to 2**63 - 1.
        threads: how many cores to use.
        play: `matches.play`, or `Contests.play` where the opponent is a server.
    """
    games = np.repeat(np.asarray(seeds, dtype=np.int64), 2)
    seats = np.tile(np.array([[_CANDIDATE, _OPPONENT], [_OPPONENT, _CANDIDATE]], dtype=np.int64), (len(seeds), 1))
    results = play(config, [candidate, opponent], seats, games, threads=threads)
    rows, mine = np.arange(len(games)), (seats == _CANDIDATE).argmax(axis=1)
    won = np.where(results.winner < 0, 0.5, (results.winner == mine).astype(np.float64))
    figures = (results.turns, results.alive[rows, mine], results.length[rows, mine])
    return PairScores(_of_pairs(won), dict(zip(FIGURES, map(_of_pairs, figures), strict=True)))


def _of_pairs(values: NDArray[Any]) -> NDArray[np.float64]:
    """(P,) means of (2P,) values of games."""
    first, second = np.asarray(values, dtype=np.float64).reshape(-1, 2).T
    return (first + second) / 2
