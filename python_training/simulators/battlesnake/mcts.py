"""Monte Carlo tree search with simultaneous moves (decoupled UCT), compiled.

Every snake chooses its move by its own counts, as if the others' moves were chance (Tak, Lanctot and Winands, "Monte
Carlo Tree Search Variants for Simultaneous Move Games", 2014). Nodes are told apart by the moves of all; food that
appears meanwhile is drawn anew each time, so a node stands for all positions that those moves can lead to. A playout
goes down the tree, adds a node, goes on a few turns with random-safe moves, and is worth to every seat what `share`
makes of the end.

The clock is never asked, so a decision follows from the game alone: a playout ends the search when `mcts_iterations`
are done, or when `mcts_timeout_ms` times TURNS_PER_MS turns have been simulated, whichever comes first.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.compiled import lean
from python_training.simulators.battlesnake.generator import integer, next_word, seed_stream
from python_training.simulators.battlesnake.layout import Layout
from python_training.simulators.battlesnake.maps import update
from python_training.simulators.battlesnake.memory import MOST_PLAYOUTS, Tree
from python_training.simulators.battlesnake.parameters import MCTS_ITERATIONS, MCTS_TIMEOUT_MS
from python_training.simulators.battlesnake.policy_random_safe import random_safe
from python_training.simulators.battlesnake.rules import segment
from python_training.simulators.battlesnake.shares import share_out
from python_training.simulators.battlesnake.sight import UNSAFE, Scratch
from python_training.simulators.battlesnake.state import (
    ALIVE,
    COVERED,
    FIRST_SNAKE_STREAM,
    MOVE,
    NOBODY,
    OVER,
    Games,
)
from python_training.simulators.battlesnake.trials import copy_game, play_out

TURNS_PER_MS = 6
"""Simulated turns that count as a millisecond."""
ROLLOUT_TURNS = 6
"""Turns played at random below a new node."""
EXPLORATION = 0.7
"""Weight of the UCB1 term; shares lie between 0 and 1."""
_PLACE, _ROOT = 0, 0


@lean
def mcts(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> None:
    """Fill `scratch.sought` with the visits of each move of the living snake `s`, its mean share added (below 1).

    UNSAFE for a move that hits something now. Draws one seed from the snake's own stream.
    """
    tree, spare = scratch.tree, scratch.spare
    rng = games.rng[g, FIRST_SNAKE_STREAM + s]
    seed = ((next_word(rng) >> 1) << 32) | next_word(rng)
    for stream in range(FIRST_SNAKE_STREAM + layout.snakes):
        seed_stream(spare.rng[_PLACE, stream], seed, stream)
    playouts = min(int(parameters[MCTS_ITERATIONS] + 0.5), MOST_PLAYOUTS)
    turns = int(parameters[MCTS_TIMEOUT_MS] * TURNS_PER_MS)
    _new_node(tree, layout, _ROOT, NOBODY, 0)
    nodes = 1
    for _ in range(playouts):
        if turns <= 0:
            break
        copy_game(games, g, spare, _PLACE, layout)
        depth = _descend(spare, layout, tree, nodes)
        nodes += 1
        turns -= depth + _roll_out(spare, layout)
        share_out(spare, layout, _PLACE, tree.share, scratch)
        _credit(tree, layout, depth)
    head = segment(games, layout, g, s, 0)
    for move in range(4):
        if games.grids[g, COVERED, layout.neighbours[head, move]] > 0:
            scratch.sought[move] = UNSAFE
        else:
            visits = tree.visits[_ROOT, s, move]
            scratch.sought[move] = visits + tree.totals[_ROOT, s, move] / (visits + 1)


@lean
def _new_node(tree: Tree, layout: Layout, node: int, parent: int, moves: int) -> None:
    for s in range(layout.snakes):
        for move in range(4):
            tree.visits[node, s, move] = 0
            tree.totals[node, s, move] = 0.0
    tree.moves[node] = moves
    tree.child[node] = NOBODY
    tree.sibling[node] = NOBODY
    if parent != NOBODY:
        tree.sibling[node] = tree.child[parent]
        tree.child[parent] = node


@lean
def _descend(spare: Games, layout: Layout, tree: Tree, nodes: int) -> int:
    """Play down the tree and add node number `nodes` below it; returns the turns played, one for each node chosen in.

    Where the game ends inside the tree nothing is added, and the place of the new node stays unused.
    """
    node, depth = _ROOT, 0
    while True:
        moves = 0
        for s in range(layout.snakes):
            tree.chosen[depth, s] = NOBODY
            if spare.snakes[_PLACE, s, ALIVE]:
                move = _select(spare, layout, tree, node, s)
                tree.chosen[depth, s] = move
                spare.snakes[_PLACE, s, MOVE] = move
                moves |= move << (2 * s)
        tree.path[depth] = node
        depth += 1
        _play_turn(spare, layout)
        if spare.facts[_PLACE, OVER] or depth == MOST_PLAYOUTS:
            return depth
        below = tree.child[node]
        while below != NOBODY and tree.moves[below] != moves:
            below = tree.sibling[below]
        if below == NOBODY:
            _new_node(tree, layout, nodes, node, moves)
            return depth
        node = below


@lean
def _play_turn(spare: Games, layout: Layout) -> None:
    """The rules, then the map, which draws from the playout's own stream."""
    play_out(spare, layout, _PLACE)
    update(spare, layout, _PLACE)


@lean
def _select(spare: Games, layout: Layout, tree: Tree, node: int, s: int) -> int:
    """The move that UCB1 takes for snake `s`: those never taken first, at random; up where all hit something.

    What is legal is looked up each time, for it may depend on food that was not there before.
    """
    head, rng = segment(spare, layout, _PLACE, s, 0), spare.rng[_PLACE, FIRST_SNAKE_STREAM + s]
    total, new, chosen = 0, 0, 0
    for move in range(4):
        if spare.grids[_PLACE, COVERED, layout.neighbours[head, move]] == 0:
            visits = tree.visits[node, s, move]
            total += visits
            if visits == 0:
                new += 1
                if integer(rng, new) == 0:
                    chosen = move
    if new > 0:
        return chosen
    best, width = -1.0, math.log(total + 1.0)
    for move in range(4):
        if spare.grids[_PLACE, COVERED, layout.neighbours[head, move]] == 0:
            visits = tree.visits[node, s, move]
            bound = tree.totals[node, s, move] / visits + EXPLORATION * math.sqrt(width / visits)
            if bound > best:
                best, chosen = bound, move
    return chosen


@lean
def _roll_out(spare: Games, layout: Layout) -> int:
    """Play on with random-safe moves; returns the turns that took."""
    turns = 0
    while turns < ROLLOUT_TURNS and not spare.facts[_PLACE, OVER]:
        for s in range(layout.snakes):
            if spare.snakes[_PLACE, s, ALIVE]:
                spare.snakes[_PLACE, s, MOVE] = random_safe(spare, layout, _PLACE, s)
        _play_turn(spare, layout)
        turns += 1
    return turns


@lean
def _credit(tree: Tree, layout: Layout, depth: int) -> None:
    """Note in the nodes of the playout what each seat's move was worth."""
    for k in range(depth):
        node = tree.path[k]
        for s in range(layout.snakes):
            move = tree.chosen[k, s]
            if move != NOBODY:
                tree.visits[node, s, move] += 1
                tree.totals[node, s, move] += tree.share[s]
