"""The room that a snake has is held against the same idea written plainly."""

from __future__ import annotations

import random

import numba
import pytest

from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.room import room
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.rules.layout import layout

PATIENCE = 0.7
"""Turns that a snake spends in each cell of its room."""


@numba.njit
def room_of(table, cell, max_cells, memory):
    """Cells open now, and in time."""
    return room(table, cell, max_cells, memory)


def spread(table, departures, reach):
    """All cells that hang together with `reach` over cells that can be entered in the next turn."""
    reach, edge = set(reach), list(reach)
    while edge:
        for near in table.neighbours[edge.pop()].tolist():
            if near != table.cells and near not in reach and departures[near] <= 1:
                reach.add(near)
                edge.append(near)
    return reach


def plain_room(table, departures, cell):
    """Open cells; then, again and again, what opens beside them while the snake lives on what it has."""
    reach = spread(table, departures, {cell})
    now = len(reach)
    while True:
        beside = {near for at in reach for near in table.neighbours[at].tolist()} - reach - {table.cells}
        opening = {near for near in beside if departures[near] <= PATIENCE * len(reach)}
        if not opening:
            return now, len(reach)
        reach = spread(table, departures, reach | opening)


@pytest.mark.parametrize("mode", ["standard", "wrapped"])
def test_room_is_what_the_plain_count_says(mode):
    """On boards with closed cells of all densities, with and without a limit."""
    rng = random.Random(7)  # noqa: S311 - boards, no secret
    patient = 0
    for _ in range(400):
        config = BattlesnakeConfig(mode=mode, width=rng.randint(3, 12), height=rng.randint(3, 12))
        table = layout(config)
        memory = scratch(table)
        share, longest = rng.random(), rng.choice((5, 20, 60))
        closed = [rng.randint(0, longest) if rng.random() < share else 0 for _ in range(table.cells)]
        memory.departures[:] = [*closed, 30_000]
        cell = rng.randrange(table.cells)
        now, in_time = plain_room(table, memory.departures.tolist(), cell)
        assert tuple(room_of(table, cell, table.cells, memory)) == (now, in_time)
        most = rng.randint(1, table.cells)
        assert tuple(room_of(table, cell, most, memory)) == (min(now, most), min(in_time, most))
        patient += in_time > now
    assert patient > 40


@pytest.mark.parametrize(("rows", "in_time"), [(1, 7), (2, 14 + 1 + 28)])
def test_a_wall_that_opens_in_time_counts_with_what_lies_behind_it(rows, in_time):
    """A segment that leaves after six turns: fourteen cells last so long, seven do not."""
    table = layout(BattlesnakeConfig(width=7, height=7))
    memory = scratch(table)
    memory.departures[7 * rows : 7 * rows + 7] = 100
    memory.departures[7 * rows + 3] = 6
    memory.departures[table.cells] = 30_000
    assert tuple(room_of(table, 0, 49, memory)) == (7 * rows, in_time)
