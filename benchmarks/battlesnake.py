"""How many games of Battlesnake a second the compiled engine plays, beside the readable reference in the same run.

Claims: at least 35,000 games/s of two random-safe snakes on 11 x 11 cells on one core (food 15/1, every game from its
own seed; set-up, spawning and game-over test are in the time), at least 1.8 times as many on two cores, at least 300
games/s of the heuristic player's preset `training` against itself on two cores, and at least 2,000 lines/s through the
text door (`paddock battlesnake step`), parsing and writing included. The official engine in Go made 1,350 games/s of
the first kind seeded and 6,900 unseeded on the kind of machine that the claims are made for.

    python benchmarks/battlesnake.py [--seconds 2] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

import numpy as np

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.replay import moments
from python_training.simulators.battlesnake.play.standings import duel_seats
from python_training.simulators.battlesnake.players.players import SCRIPTED
from python_training.simulators.battlesnake.players.roster import player
from python_training.simulators.battlesnake.rules.door import serve_lines
from python_training.simulators.battlesnake.rules.modes import MODES, MOVES, STEPS
from python_training.simulators.battlesnake.rules.reference import Board, is_over, play_turn

DUELS_CLAIM, SCALING_CLAIM, PLAYER_CLAIM, DOOR_CLAIM = 35_000, 1.8, 300, 2_000
BATCH = 32_768
PLAYER_BATCH = 256
ROUNDS = 5


def duels_per_second(threads: int, seconds: float, first_seed: int) -> float:
    """Random-safe duels a second on `threads` threads."""
    config, pair = BattlesnakeConfig(), [SCRIPTED["random-safe"]] * 2
    games, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        seeds = np.arange(first_seed + games, first_seed + games + BATCH * threads, dtype=np.int64)
        play(config, pair, duel_seats(seeds), seeds, threads=threads)
        games += len(seeds)
    return games / (time.perf_counter() - began)


def player_duels_per_second(seconds: float, first_seed: int) -> tuple[float, float]:
    """Duels a second of the preset `training` against itself on two threads, and processor microseconds a move."""
    config, pair = BattlesnakeConfig(), [player("training")] * 2
    games, moves = 0, 0
    began, worked = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        seeds = np.arange(first_seed + games, first_seed + games + PLAYER_BATCH, dtype=np.int64)
        results = play(config, pair, duel_seats(seeds), seeds, threads=2)
        moves += int(np.where(results.alive, results.turns[:, None], results.died).sum())
        games += len(seeds)
    return games / (time.perf_counter() - began), (time.process_time() - worked) / moves * 1e6


def door_lines_per_second(seconds: float) -> float:
    """Lines a second through the text door: turns of duels in all modes, as they are played."""
    lines: list[bytes] = []
    for mode in MODES:
        config = BattlesnakeConfig(mode=mode, max_turns=100)
        settings = {"hazardDamagePerTurn": config.hazard_damage_per_turn}
        game = list(moments(config, [SCRIPTED["hungry"]] * 2, ["a", "b"], 1))
        for now, then in pairwise(game):
            line = {"ruleset": mode, "settings": settings, "board": now.to_dict()["board"], "moves": then.moves}
            lines.append(json.dumps(line).encode() + b"\n")
    text = b"".join(lines)
    answered, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        if serve_lines(BytesIO(text), BytesIO()):
            raise RuntimeError("The door refused a line of a game.")
        answered += len(lines)
    return answered / (time.perf_counter() - began)


def turns_per_game(games: int) -> float:
    """How long a random-safe duel lasts on average."""
    seeds = np.arange(games, dtype=np.int64)
    results = play(BattlesnakeConfig(), [SCRIPTED["random-safe"]] * 2, duel_seats(seeds), seeds)
    return float(results.turns.mean())


def reference_duels_per_second(seconds: float) -> float:
    """The same duels by the reference, without spawning, which makes them shorter."""
    rng = random.Random(0)  # noqa: S311 - a game, no secret
    opening = next(moments(BattlesnakeConfig(), [SCRIPTED["random-safe"]] * 2, ["a", "b"], 0)).board
    games, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        board = opening
        while not is_over(MODES["standard"], board):
            moves = {snake.id: _safe_move(board, snake.head, rng) for snake in board.snakes}
            board = play_turn(MODES["standard"], board, moves, 14).board
        games += 1
    return games / (time.perf_counter() - began)


def _safe_move(board: Board, head: tuple[int, int], rng: random.Random) -> str:
    covered = {point for snake in board.snakes for point in snake.body[:-1]}
    cells = [(head[0] + dx, head[1] + dy) for dx, dy in STEPS]
    safe = [move for move, cell in zip(MOVES, cells, strict=True) if board.holds(cell) and cell not in covered]
    return rng.choice(safe) if safe else "up"


def main() -> int:
    """Print the figures; exit 1 if a claim does not hold on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="measuring time for each figure")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    each = options.seconds / ROUNDS
    duels_per_second(1, 0.1, 0)  # compiles, or loads what was compiled
    one: list[float] = []
    two: list[float] = []
    # One core and two in turn, so that other work on the machine hits both alike; the median round counts.
    for k in range(ROUNDS):
        one.append(duels_per_second(1, each, k * 10_000_000))
        two.append(duels_per_second(2, each, k * 10_000_000))
    player_rate, player_time = player_duels_per_second(options.seconds, 0)
    figures = {
        "random_safe_duels_per_s_per_core": float(np.median(one)),
        "scaling_2_cores": float(np.median(np.array(two) / np.array(one))),
        "player_duels_per_s": player_rate,
        "player_us_per_move": player_time,
        "door_lines_per_s": door_lines_per_second(options.seconds / 2),
        "turns_per_duel": turns_per_game(BATCH),
        "reference_duels_per_s": reference_duels_per_second(options.seconds / 2),
    }
    holds = (
        figures["random_safe_duels_per_s_per_core"] >= DUELS_CLAIM
        and figures["scaling_2_cores"] >= SCALING_CLAIM
        and figures["player_duels_per_s"] >= PLAYER_CLAIM
        and figures["door_lines_per_s"] >= DOOR_CLAIM
    )
    if options.json:
        print(json.dumps({**figures, "claims_hold": holds}))
        return 0 if holds else 1
    cores = os.cpu_count()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {cores} cores, {platform.platform()}")
    for name, value in figures.items():
        print(f"{name:<36}{value:>12,.2f}")
    claims = f"{DUELS_CLAIM:,} random-safe duels/s, {SCALING_CLAIM} on two cores, {PLAYER_CLAIM} player's duels/s, "
    claims += f"{DOOR_CLAIM:,} lines/s through the door"
    print(f"claims of {claims}: {'hold' if holds else 'FAIL'}")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
