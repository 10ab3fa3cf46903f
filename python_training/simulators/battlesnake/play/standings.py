"""What games say about players: scores with intervals, and Elo ratings of a round robin. Exact formulas."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.ratings import ratings
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import Results, play
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.remote.players import RemotePlayer
from python_training.simulators.battlesnake.rules.modes import CAUSES

PlayGames = Callable[..., Results]
"""`matches.play`, or what takes the same arguments."""
_Z = NormalDist().inv_cdf(0.975)


def score_interval(score: float, games: int) -> tuple[float, float]:
    """Wilson's 95% interval of a mean score in [0, 1]. With draws it is wider than need be: they spread less."""
    spread = 1 + _Z**2 / games
    centre = (score + _Z**2 / (2 * games)) / spread
    half = _Z * math.sqrt(score * (1 - score) / games + _Z**2 / (4 * games**2)) / spread
    # At the ends the bound is exactly 0 or 1; rounding must not step over it.
    return 0.0 if score <= 0 else max(0.0, centre - half), 1.0 if score >= 1 else min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Duel:
    """What came of games between player 0 ("a") and player 1 ("b"), from the first one's side.

    Attributes:
        games, wins, losses, draws: counts.
        turns_mean: how long a game lasted.
        causes: deaths of either player by official cause.
    """

    games: int
    wins: int
    losses: int
    draws: int
    turns_mean: float
    causes: Mapping[str, Mapping[str, int]]

    def to_dict(self) -> dict[str, Any]:
        """As JSON: rates over all games, the score with half a point a draw, each with its 95% interval."""
        score = (self.wins + self.draws / 2) / self.games
        return {
            "games": self.games,
            "wins": self.wins,
            "losses": self.losses,
            "draws": self.draws,
            "win_rate": self.wins / self.games,
            "win_rate_ci": score_interval(self.wins / self.games, self.games),
            "score": score,
            "score_ci": score_interval(score, self.games),
            "turns_mean": self.turns_mean,
            "causes": {side: dict(counts) for side, counts in self.causes.items()},
        }


def duel_seats(seeds: NDArray[np.int64]) -> NDArray[np.int64]:
    """(G, 2) who sits where: player 0 takes the first seat where the seed is even, the second where it is odd."""
    odd = seeds % 2
    return np.stack([odd, 1 - odd], axis=1)


def play_duel(
    config: BattlesnakeConfig,
    players: tuple[Player | RemotePlayer, Player | RemotePlayer],
    *,
    games: int,
    seed: int,
    threads: int = 1,
    play: PlayGames = play,
) -> Duel:
    """Let two players meet in `games` games of the seeds `seed`, `seed` + 1, ...

    Whoever `play` can seat may be a player: by default players of this engine, with `Contests.play` servers too.
    """
    seeds = np.arange(seed, seed + games, dtype=np.int64)
    seats = duel_seats(seeds)
    return summary(play(config, players, seats, seeds, threads=threads), seats)


def summary(results: Results, seats: NDArray[np.int64]) -> Duel:
    """Count the results of games between two players."""
    rows = np.arange(len(seats))
    winner = results.winner
    won = np.where(winner < 0, -1, seats[rows, np.maximum(winner, 0)])
    causes = {}
    for player, side in enumerate(("a", "b")):
        died = results.cause[rows, (seats == player).argmax(axis=1)]
        causes[side] = dict(sorted(Counter(CAUSES[cause] for cause in died.tolist() if cause).items()))
    return Duel(
        games=len(seats),
        wins=int((won == 0).sum()),
        losses=int((won == 1).sum()),
        draws=int((won < 0).sum()),
        turns_mean=float(results.turns.mean()),
        causes=causes,
    )


@dataclass(frozen=True, slots=True)
class Rating:
    """A player's Elo, relative to the mean of the table, with its 95% interval, score and games."""

    name: str
    elo: float
    interval: tuple[float, float]
    score: float
    games: int


def round_robin(
    config: BattlesnakeConfig,
    players: Sequence[Player | RemotePlayer],
    *,
    games: int,
    seed: int,
    threads: int = 1,
    play: PlayGames = play,
) -> list[Rating]:
    """Let every two players meet in `games` games each and rate them, best first."""
    count = len(players)
    points, played = np.zeros((count, count)), np.zeros((count, count))
    for i in range(count):
        for j in range(i + 1, count):
            duel = play_duel(config, (players[i], players[j]), games=games, seed=seed, threads=threads, play=play)
            points[i, j], points[j, i] = duel.wins + duel.draws / 2, duel.losses + duel.draws / 2
            played[i, j] = played[j, i] = games
    elo, error = ratings(points, played)
    rated = [
        Rating(
            name=player.name,
            elo=float(elo[i]),
            interval=(float(elo[i] - _Z * error[i]), float(elo[i] + _Z * error[i])),
            score=float(points[i].sum() / played[i].sum()),
            games=int(played[i].sum()),
        )
        for i, player in enumerate(players)
    ]
    return sorted(rated, key=lambda rating: -rating.elo)
