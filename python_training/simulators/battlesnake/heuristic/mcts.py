"""Monte Carlo tree search with simultaneous moves (decoupled UCT), compiled.

Every snake chooses its move by its own counts, as if the others' moves were chance (Tak, Lanctot and Winands, "Monte
Carlo Tree Search Variants for Simultaneous Move Games", 2014). Nodes are told apart by the moves of all; food that
appears meanwhile is drawn anew each time, so a node stands for all positions that those moves can lead to. A playout
goes down the tree, adds a node, goes on a few turns with usual moves, and is worth to every seat what `share_out` makes
of the end.

With a hundred playouts much depends on where they go. Before the first, `lookahead` says which of the snake's own moves
lose and what the others are worth: the former are not searched, the latter are by a prior (PUCT, as in AlphaZero). What
lookahead sees to be won or lost for certain is not searched at all.

The clock is never asked, so a decision follows from the game alone: the search ends when `mcts_iterations` playouts are
done, or when as many positions were looked at as POSITIONS_PER_MS allows in `mcts_timeout_ms`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.generator import integer, next_word, seed_stream
from python_training.compiled.kernel import lean
from python_training.simulators.battlesnake.heuristic.lookahead import CERTAIN, EVERY_MOVE, lookahead
from python_training.simulators.battlesnake.heuristic.memory import MOST_PLAYOUTS, Tree
from python_training.simulators.battlesnake.heuristic.shares import clear_lead, share_out
from python_training.simulators.battlesnake.heuristic.sight import UNSAFE, Scratch
from python_training.simulators.battlesnake.play.trials import copy_game, play_out, usual_move
from python_training.simulators.battlesnake.players.parameters import MCTS_ITERATIONS, MCTS_TIMEOUT_MS
from python_training.simulators.battlesnake.rules.layout import Layout
from python_training.simulators.battlesnake.rules.maps import update
from python_training.simulators.battlesnake.rules.rules import segment
from python_training.simulators.battlesnake.rules.state import (
    ALIVE,
    COVERED,
    FIRST_SNAKE_STREAM,
    MOVE,
    NOBODY,
    OVER,
    Games,
)

POSITIONS_PER_MS = 4
"""Positions, each a turn simulated, that count as a millisecond."""
ROLLOUT_TURNS = 2
"""Turns played with usual moves below a new node."""
_EXPLORATION = 0.7
"""Weight of what is uncertain; shares lie between 0 and 1."""
_PRIOR_EXPLORATION = 1.4
"""The same for own moves in the root, which have priors."""
_UNKNOWN = 0.5
"""What a move in the root is taken to be worth before its first playout."""
_PLACE, _ROOT = 0, 0


@lean
def mcts(games: Games, layout: Layout, g: int, s: int, parameters: NDArray[np.float64], scratch: Scratch) -> None:
    """Fill `scratch.sought` with the visits of each move of the living snake `s`, its mean share added (below 1).

    UNSAFE for a move that hits something now; where lookahead finds the game decided, what it found. `scratch.scores`
    must hold the worth of the moves at sight. Draws one seed from the snake's own stream.
    """
    tree, spare = scratch.tree, scratch.spare
    _seed_trials(games, layout, g, s, spare)
    lookahead(games, layout, g, s, parameters, EVERY_MOVE, scratch)
    if not _weigh_root(parameters, scratch):
        return
    playouts = min(int(parameters[MCTS_ITERATIONS] + 0.5), MOST_PLAYOUTS)
    positions = int(parameters[MCTS_TIMEOUT_MS] * POSITIONS_PER_MS)
    _new_node(tree, layout, _ROOT, NOBODY, 0)
    for k in range(playouts):
        if positions <= 0:
            break
        copy_game(games, g, spare, _PLACE, layout)
        depth = _descend(spare, layout, tree, s, k + 1)
        positions -= depth + _roll_out(spare, layout)
        share_out(spare, layout, _PLACE, parameters, tree.share, scratch)
        _credit(tree, layout, depth)
    for move in range(4):
        if scratch.sought[move] != UNSAFE:
            visits = tree.visits[_ROOT, s, move]
            scratch.sought[move] = visits + tree.totals[_ROOT, s, move] / (visits + 1)


@lean
def _seed_trials(games: Games, layout: Layout, g: int, s: int, spare: Games) -> None:
    """Let what happens in the playouts follow from the snake's own stream."""
    rng = games.rng[g, FIRST_SNAKE_STREAM + s]
    seed = ((next_word(rng) >> 1) << 32) | next_word(rng)
    for stream in range(FIRST_SNAKE_STREAM + layout.snakes):
        seed_stream(spare.rng[_PLACE, stream], seed, stream)


@lean
def _weigh_root(parameters: NDArray[np.float64], scratch: Scratch) -> bool:
    """Turn what lookahead sought into priors, half a clear lead being a factor of e; False where it is certain."""
    best, total = UNSAFE, 0.0
    for move in range(4):
        best = max(best, scratch.sought[move])
    if abs(best) >= CERTAIN:
        return False
    for move in range(4):
        lead = (scratch.sought[move] - best) / (0.5 * clear_lead(parameters))
        scratch.tree.prior[move] = math.exp(lead) if scratch.sought[move] > -CERTAIN else 0.0
        total += scratch.tree.prior[move]
    for move in range(4):
        scratch.tree.prior[move] /= total
    return True


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
def _descend(spare: Games, layout: Layout, tree: Tree, me: int, nodes: int) -> int:
    """Play down the tree and add node number `nodes` below it; returns the turns played, one for each node chosen in.

    Where the game ends inside the tree nothing is added, and the place of the new node stays unused.
    """
    node, depth = _ROOT, 0
    while True:
        moves = 0
        for s in range(layout.snakes):
            tree.chosen[depth, s] = NOBODY
            if spare.snakes[_PLACE, s, ALIVE]:
                move = _best_by_prior(tree, s) if s == me and node == _ROOT else _select(spare, layout, tree, node, s)
                tree.chosen[depth, s] = move
                spare.snakes[_PLACE, s, MOVE] = move
                moves |= move << (2 * s)
        tree.path[depth] = node
        depth += 1
        _play_turn(spare, layout)
        if spare.facts[_PLACE, OVER]:
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
    """The rules, then the map, which draws from the trials' own stream."""
    play_out(spare, layout, _PLACE)
    update(spare, layout, _PLACE)


@lean
def _best_by_prior(tree: Tree, s: int) -> int:
    """The move in the root that PUCT takes."""
    total, best, chosen = 1, -1.0, 0
    for move in range(4):
        total += tree.visits[_ROOT, s, move]
    for move in range(4):
        visits = tree.visits[_ROOT, s, move]
        mean = tree.totals[_ROOT, s, move] / visits if visits > 0 else _UNKNOWN
        bound = mean + _PRIOR_EXPLORATION * tree.prior[move] * math.sqrt(total) / (1.0 + visits)
        if tree.prior[move] > 0.0 and bound > best:
            best, chosen = bound, move
    return chosen


@lean
def _select(spare: Games, layout: Layout, tree: Tree, node: int, s: int) -> int:
    """The move that UCB1 takes for snake `s`: the usual one first, then one never taken, then by bounds.

    What is legal is looked up each time, for it may depend on food that was not there before. Up where nothing is.
    """
    head, rng = segment(spare, layout, _PLACE, s, 0), spare.rng[_PLACE, FIRST_SNAKE_STREAM + s]
    total, new, chosen = 0, 0, 0
    for move in range(4):
        total += tree.visits[node, s, move]
    if total == 0:
        return usual_move(spare, layout, _PLACE, s)
    best, width = -1.0, math.log(total + 1.0)
    for move in range(4):
        if spare.grids[_PLACE, COVERED, layout.neighbours[head, move]] > 0:
            continue
        visits = tree.visits[node, s, move]
        if visits == 0:
            new += 1
            if integer(rng, new) == 0:
                chosen = move
        elif new == 0:
            bound = tree.totals[node, s, move] / visits + _EXPLORATION * math.sqrt(width / visits)
            if bound > best:
                best, chosen = bound, move
    return chosen


@lean
def _roll_out(spare: Games, layout: Layout) -> int:
    """Play on with usual moves; returns the turns that took."""
    turns = 0
    while turns < ROLLOUT_TURNS and not spare.facts[_PLACE, OVER]:
        for s in range(layout.snakes):
            if spare.snakes[_PLACE, s, ALIVE]:
                spare.snakes[_PLACE, s, MOVE] = usual_move(spare, layout, _PLACE, s)
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
