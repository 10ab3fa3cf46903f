"""The heuristic player: every parameter counts, and a game is a function of its players and its seed."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.play.games import decide_seat_of_all
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.play.replay import states
from python_training.simulators.battlesnake.play.standings import duel_seats, play_duel
from python_training.simulators.battlesnake.players.explain import explain
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.players.player_file import PlayerOptions, heuristic
from python_training.simulators.battlesnake.players.players import SCRIPTED, tables
from python_training.simulators.battlesnake.players.roster import player, preset
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.modes import MODES
from python_training.simulators.battlesnake.rules.reference import Board, Snake
from python_training.simulators.battlesnake.rules.snapshot import load
from python_training.simulators.battlesnake.rules.state import ALIVE, HEALTH, OVER, TURN, Games, allocate

ENOUGH = 2
"""Moves that must change."""
UNSEEN = 40_000_000
"""First of the seeds that nothing was tuned on."""


def collect(config, players, seeds, every):
    """All positions of the games of `seeds` after each `every` turns in which seat 0 still has to move, as a batch."""
    found, table = [], layout(config, len(players))
    for seed in seeds:
        for games, _ in states(config, players, seed):
            if games.facts[0, TURN] % every == 0 and not games.facts[0, OVER] and games.snakes[0, 0, ALIVE]:
                found.append([array.copy() for array in games])
    return Games(*(np.concatenate(column) for column in zip(*found, strict=True))), table


def decided(games, table, who):
    """What the player `who` does in seat 0 of every game (N,); the games stay as they are."""
    policies, parameters = tables([who])
    moves = np.zeros(len(games.facts), dtype=np.int64)
    copy = Games(*(array.copy() for array in games))
    decide_seat_of_all(copy, table, 0, int(policies[0]), parameters[0], scratch(table), moves)
    return moves


def changed(batch, *, health=None, turn=None):
    """The same positions, but with this health, or as late in the game."""
    games, table = batch
    copy = Games(*(array.copy() for array in games))
    if health is not None:
        copy.snakes[:, 0, HEALTH] = health
    if turn is not None:
        copy.facts[:, TURN] = turn
    return copy, table


def tangled(count, side, longest):
    """Boards full of two long bodies that lie anyhow, with food here and there: tighter than games mostly are."""
    rng, table = np.random.default_rng(side), layout(BattlesnakeConfig(width=side, height=side), 2)
    games = allocate(count, table)
    for g in range(count):
        free, bodies = set(range(side * side)), []
        for _ in range(2):
            body = [int(rng.choice(sorted(free)))]
            while len(body) < longest:
                free.discard(body[-1])
                near = [int(cell) for cell in table.neighbours[body[-1]] if int(cell) in free]
                if not near:
                    break
                body.append(int(rng.choice(near)))
            free -= set(body)
            bodies.append(tuple((cell % side, cell // side) for cell in body))
        food = tuple((cell % side, cell // side) for cell in sorted(free) if rng.random() < 0.05)
        snakes = tuple(Snake(str(s), 60, body) for s, body in enumerate(bodies))
        load(games, table, g, Board(side, side, snakes, food))
    return games, table


@pytest.fixture(scope="module")
def positions():
    """Positions of long duels, the same hungry and late in the game, of crowded games, and tangled ones."""
    pair = [player("training"), player("territorial")]
    duels = collect(BattlesnakeConfig(), pair, range(12), 4)
    return [
        duels,
        changed(duels, health=8),
        changed(duels, health=35),
        changed(duels, turn=301),
        collect(BattlesnakeConfig(max_turns=200), pair * 2, range(6), 4),
        tangled(300, 7, 14),
        tangled(300, 11, 40),
        changed(tangled(300, 11, 40), health=8),
    ]


@pytest.fixture(scope="module")
def usual(positions):
    """What two presets do in these positions: one that mostly decides at sight, one with every kind of search."""
    return {name: [decided(*each, player(name)) for each in positions] for name in ("training", "mcts")}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: each.name)
def test_every_parameter_changes_moves(parameter, positions, usual):
    """Set to one end of its range or the other, each of the 31 changes what is done in some of these positions."""
    differences = 0
    for name in ("training", "mcts"):
        base = preset(name)
        for value in (parameter.low, parameter.high):
            other = heuristic({**base.values, parameter.name: value}, "other", base.options)
            for each, moves in zip(positions, usual[name], strict=True):
                differences += int((decided(*each, other) != moves).sum())
                if differences >= ENOUGH:
                    return
    pytest.fail(f"{parameter.name} changed {differences} moves")


def test_the_seed_of_ties_makes_another_player(positions, usual):
    """Somewhere two moves are worth the same, and another seed takes the other one; the same seed takes the same."""
    base = preset("training")
    again, other = (heuristic(base.values, "x", PlayerOptions("", False, seed)) for seed in (base.options.tie_seed, 99))
    assert all((decided(*each, again) == moves).all() for each, moves in zip(positions, usual["training"], strict=True))
    assert any((decided(*each, other) != moves).any() for each, moves in zip(positions, usual["training"], strict=True))


@pytest.fixture
def explained(make_board):
    """`explained(snakes, player="training", mode="standard", turn=0, ...)` explains the move of the first snake."""

    def build(snakes, *, name="training", mode="standard", turn=0, **board_options):
        board = make_board(snakes, **board_options)
        table = layout(BattlesnakeConfig(mode=mode, width=board.width, height=board.height), len(board.snakes))
        games = allocate(1, table)
        load(games, table, 0, board)
        games.facts[0, TURN] = turn
        return explain(games, table, 0, 0, player(name))

    return build


def terms(explanation, move):
    """The terms of a move by name."""
    return next(each.terms for each in explanation.moves if each.move == move)


def test_a_cell_that_a_longer_head_can_reach_has_its_price(explained):
    """Head to head the shorter dies, so only the cell between the two is dear, and late in the game dearer."""
    snakes = {"a": [(4, 5), (3, 5), (2, 5)], "b": [(6, 5), (7, 5), (8, 5), (9, 5)]}
    early, late = explained(snakes), explained(snakes, turn=290)
    assert terms(early, "right")["head_collision"] < 0
    assert terms(early, "up")["head_collision"] == 0
    assert terms(late, "right")["head_collision"] < terms(early, "right")["head_collision"]
    assert explained(snakes, name="default").move != "right"


def test_a_shorter_head_is_pursued(explained):
    """The nearer the better; a longer one is left alone."""
    prey = {"a": [(3, 5), (2, 5), (1, 5), (0, 5)], "b": [(8, 5), (9, 5), (10, 5)]}
    assert terms(explained(prey), "right")["pursuit"] > terms(explained(prey), "up")["pursuit"] == 0
    longer = {"a": prey["a"], "b": [(8, 5), (9, 5), (10, 5), (10, 4), (10, 3), (10, 2)]}
    assert terms(explained(longer), "right")["pursuit"] == 0


def test_hunger_makes_food_dear(explained):
    """Food counts by the turns to it; to the longest snake more in low health, and most in critical health."""
    snakes = {"a": [(3, 5), (2, 5), (1, 5), (0, 5), (0, 4), (0, 3)], "b": [(10, 10), (10, 9), (10, 8)]}
    well, low, critical = (explained(snakes, food=[(5, 5)], health={"a": health}) for health in (95, 35, 9))
    assert terms(well, "right")["food"] > terms(well, "up")["food"] > 0
    assert terms(critical, "right")["food"] > terms(low, "right")["food"] > terms(well, "right")["food"]
    assert critical.move == "right"


POCKET = [(2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3), (3, 3), (4, 3), (5, 3), (6, 3)]
"""A body of twelve segments around four cells in a corner, the head at their entrance."""


def test_a_pocket_smaller_than_the_body_is_a_trap(explained):
    """Four cells behind the own body are no room for twelve segments; the way out is."""
    explanation = explained({"a": POCKET, "b": [(9, 9), (9, 8), (9, 7)]}, health={"a": 90})
    assert terms(explanation, "left")["traps"] < terms(explanation, "right")["traps"]
    assert terms(explanation, "left")["space"] < terms(explanation, "right")["space"]
    assert explanation.move == "right"


def test_food_in_a_pocket_is_a_trap(explained):
    """Food is dear where the body, a segment longer, would fill most of the room behind it."""
    snakes = {"a": POCKET, "b": [(9, 9), (9, 8), (9, 7)]}
    assert terms(explained(snakes, food=[(1, 0)]), "left")["food_trap"] < 0
    assert terms(explained(snakes, food=[(3, 0)]), "right")["food_trap"] == 0


def test_walls_and_corners_have_their_price(explained):
    """One wall costs once, a corner three times; where the board wraps there is none."""
    snakes = {"a": [(1, 0), (2, 0), (3, 0)], "b": [(9, 9), (9, 8), (9, 7)]}
    there, wrapped = explained(snakes), explained(snakes, mode="wrapped")
    assert terms(there, "left")["wall_penalty"] < terms(there, "up")["wall_penalty"] == 0
    assert terms(wrapped, "left")["wall_penalty"] == 0


def test_the_middle_counts_early(explained):
    """Towards the centre is worth more, less so late in the game."""
    snakes = {"a": [(2, 5), (2, 4), (2, 3)], "b": [(9, 9), (9, 8), (9, 7)]}
    early, late = explained(snakes), explained(snakes, turn=400)
    gains = [terms(each, "right")["center_control"] - terms(each, "left")["center_control"] for each in (early, late)]
    assert gains[0] > gains[1] > 0


def test_an_enemy_without_room_is_worth_the_weight_of_trapping(explained):
    """Shutting the way out of the corner on an enemy counts in full, leaving it one in part."""
    snakes = {"a": [(1, 1), (2, 1), (3, 1), (4, 1)], "b": [(0, 0), (1, 0), (2, 0)]}
    explanation = explained(snakes)
    assert terms(explanation, "left")["trapping"] == preset("training").values["trapping.weight"]
    assert terms(explanation, "left")["trapping"] > terms(explanation, "up")["trapping"]
    assert terms(explanation, "left")["cutoff"] > 0


def test_a_deadly_hazard_is_avoided(explained):
    """Hazards cost by the share of health that they take."""
    snakes = {"a": [(5, 5), (5, 4), (5, 3)], "b": [(9, 9), (9, 8), (9, 7)]}
    explanation = explained(snakes, mode="royale", hazards=[(4, 5)], health={"a": 12})
    assert terms(explanation, "left")["hazard"] < terms(explanation, "right")["hazard"] == 0
    assert explanation.move != "left"


def test_the_way_to_decide_follows_the_position(explained):
    """Enemies nearby make it look ahead, late duels make it search a tree, far apart it decides at sight."""
    near = {"a": [(4, 5), (3, 5), (2, 5)], "b": [(6, 6), (7, 6), (8, 6), (9, 6)]}
    far = {"a": [(1, 1), (1, 0), (2, 0)], "b": [(9, 9), (9, 10), (8, 10)]}
    assert explained(far, name="default").mode == "greedy"
    assert explained(near, name="default").mode == "lookahead"
    assert explained(far, name="mcts", turn=600).mode == "mcts"


@pytest.mark.parametrize("mode", list(MODES))
def test_it_plays_every_mode(mode):
    """In every mode it beats the random-safe snake more often than not, and hardly ever loses to it."""
    seeds = np.arange(8, dtype=np.int64)
    pair = [player("training"), SCRIPTED["random-safe"]]
    results = play(BattlesnakeConfig(mode=mode, max_turns=120), pair, np.tile([0, 1], (8, 1)), seeds)
    assert (results.winner == 0).sum() > 4
    assert (results.winner == 1).sum() <= 1


_DIGEST = """
import hashlib, sys
import numpy as np
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.play.matches import play
from python_training.simulators.battlesnake.players.roster import player
from python_training.simulators.battlesnake.play.standings import duel_seats
seeds = np.arange(130, dtype=np.int64) + 9000
pair = [player("training"), player("territorial")]
results = play(BattlesnakeConfig(), pair, duel_seats(seeds), seeds, threads=int(sys.argv[1]))
parts = (results.turns, results.alive, results.cause, results.by, results.died)
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_games_are_the_same_in_every_process_and_on_any_number_of_threads():
    """130 duels from their players and seeds, here on one thread and in another process on three: equal to the bit."""
    seeds = np.arange(130, dtype=np.int64) + 9000
    pair = [player("training"), player("territorial")]
    results = play(BattlesnakeConfig(), pair, duel_seats(seeds), seeds)
    parts = (results.turns, results.alive, results.cause, results.by, results.died)
    here = hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()
    there = subprocess.run([sys.executable, "-c", _DIGEST, "3"], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_the_default_player_beats_the_scripted_ones_at_a_glance():
    """Each in clearly more than half of 60 duels, those below territorial in most."""
    for name, rival in SCRIPTED.items():
        duel = play_duel(BattlesnakeConfig(), (player("default"), rival), games=60, seed=UNSEEN)
        assert duel.wins >= (36 if name == "territorial" else 45)


@pytest.mark.slow
@pytest.mark.parametrize("rival", SCRIPTED)
@pytest.mark.parametrize("seat", [0, 1])
def test_the_default_player_beats_every_scripted_one_from_either_side(rival, seat):
    """In more than 60 of 100, over 1,000 duels of unseen seeds on each side."""
    seeds = np.arange(1000, dtype=np.int64) + UNSEEN
    seats = np.tile([0, 1] if seat == 0 else [1, 0], (1000, 1))
    results = play(BattlesnakeConfig(), [player("default"), SCRIPTED[rival]], seats, seeds, threads=2)
    assert (results.winner == seat).mean() > 0.6


def test_a_detuned_player_is_worse():
    """There is something to tune: the default player beats the detuned one clearly."""
    duel = play_duel(BattlesnakeConfig(), (player("training"), player("detuned")), games=100, seed=UNSEEN)
    assert duel.wins >= 65
