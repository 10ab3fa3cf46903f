"""Ways around rocks and craters: cost-to-go over a grid, and the drive that follows it. Used by the scripted expert.

The plan is a wavefront (Dijkstra) from the goal over 8 neighbours, where ground close to obstacles and walls is dear
and ground too narrow for the rover is closed. The drive steers for the farthest point of the descent within a short
look-ahead (pure pursuit; Coulter, Implementation of the Pure Pursuit Path Tracking Algorithm, 1992), forwards or
backwards, whichever takes less turning.
"""

from __future__ import annotations

import heapq
import math

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, kernel, subroutine
from python_training.simulators.lunabotics.geometry import distance_to_box, wrapped
from python_training.simulators.lunabotics.layout import CELL
from python_training.simulators.lunabotics.parameters import Body, Parameters
from python_training.simulators.lunabotics.state import ORB_LYING, ZONE_BERM, State

CLOSED = 1.0e9
"""Cost-to-go of ground from which no way leads to the goal."""
_LOOK_AHEAD = 7
"""Cells of descent to the point steered for."""
_EASY_ROOM = 0.62
"""Distance (m) from obstacles at which a turning rover touches nothing, so that more is no better."""
_PATIENCE = 25
"""Policy steps without coming closer to the goal after which the rover backs off; half a turn takes 15."""
_RETREAT = 8
"""Policy steps of backing off."""
GOAL_BERM = -1
GOAL_NONE = -2


@inlined
def _room(x: float, y: float, obstacles: NDArray[np.float64], count: int, body: Body) -> float:
    """Distance (m) from a point to the nearest obstacle or wall."""
    room = min(x, y, body.width - x, body.height - y)
    for k in range(count):
        room = min(room, math.sqrt((x - obstacles[k, 0]) ** 2 + (y - obstacles[k, 1]) ** 2) - obstacles[k, 2])
    return room


@subroutine
def _spread(
    field: NDArray[np.float64], goal: int, trouble: NDArray[np.float64], state: State, i: int, p: Parameters
) -> None:
    """Fill `field` (columns, rows) with the cost (about metres) from every cell to the goal: an orb, or the berm.

    Around `trouble` (2,), where the rover was stuck, ground is dear, so that another way is tried if there is one.
    """
    columns, rows = field.shape
    count = state.rocks[i] + state.craters[i]
    dear = np.empty((columns, rows), dtype=np.float64)
    heap = [(0.0, 0, 0)]
    heap.pop()
    berm = p.zones[ZONE_BERM]
    stand_off = p.body.half_length + 0.7 * p.bucket.reach
    for a in range(columns):
        for b in range(rows):
            x, y = (a + 0.5) * CELL, (b + 0.5) * CELL
            room = _room(x, y, state.obstacles[i], count, p.body)
            field[a, b] = CLOSED
            dear[a, b] = 0.0
            if room >= p.body.half_width:
                tight = max((_EASY_ROOM - room) / (_EASY_ROOM - p.body.half_width), 0.0)
                dear[a, b] = 1.0 + 15.0 * tight * tight
                if (x - trouble[0]) ** 2 + (y - trouble[1]) ** 2 < 0.25:
                    dear[a, b] += 20.0
            if goal == GOAL_BERM:
                reached = distance_to_box(x, y, berm) == 0.0 and room >= p.body.half_width
            else:
                away = math.sqrt((x - state.orbs[i, goal, 0]) ** 2 + (y - state.orbs[i, goal, 1]) ** 2)
                reached = away <= stand_off and room >= p.body.half_width
            if reached:
                field[a, b] = 0.0
                heapq.heappush(heap, (0.0, a, b))
    while len(heap) > 0:
        cost, a, b = heapq.heappop(heap)
        if cost > field[a, b]:
            continue
        for da in range(-1, 2):
            for db in range(-1, 2):
                c, d = a + da, b + db
                if not (0 <= c < columns and 0 <= d < rows):
                    continue
                # a rover pushed onto closed ground must find its way out, so that is very dear rather than closed
                price = dear[c, d] if dear[c, d] > 0.0 else 60.0
                onward = cost + CELL * math.sqrt(float(da * da + db * db)) * price
                if onward < field[c, d]:
                    field[c, d] = onward
                    heapq.heappush(heap, (onward, c, d))


@inlined
def _nearest_orb(state: State, i: int, p: Parameters) -> int:
    best, best_square = GOAL_NONE, math.inf
    for k in range(p.ground.orbs):
        if state.orb_status[i, k] == ORB_LYING:
            square = (state.orbs[i, k, 0] - state.pose[i, 0]) ** 2 + (state.orbs[i, k, 1] - state.pose[i, 1]) ** 2
            if square < best_square:
                best, best_square = k, square
    return best


@inlined
def _point_ahead(field: NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    """The point some cells down the descent of `field` from (x, y)."""
    columns, rows = field.shape
    a = min(max(int(x / CELL), 0), columns - 1)
    b = min(max(int(y / CELL), 0), rows - 1)
    for _ in range(_LOOK_AHEAD):
        best_a, best_b = a, b
        for da in range(-1, 2):
            for db in range(-1, 2):
                c, d = a + da, b + db
                if 0 <= c < columns and 0 <= d < rows and field[c, d] < field[best_a, best_b]:
                    best_a, best_b = c, d
        if best_a == a and best_b == b:
            break
        a, b = best_a, best_b
    return (a + 0.5) * CELL, (b + 0.5) * CELL


@inlined
def _steer(error: float, way: float) -> tuple[float, float]:
    """Shares of speed and turn for a heading that is off by `error` (rad), driving `way` (1 forwards, -1 backwards)."""
    speed = max(1.0 - abs(error) / 0.7, 0.0)
    return way * speed, min(max(2.5 * error, -1.0), 1.0)


@kernel
def drive_experts(
    state: State,
    p: Parameters,
    fields: NDArray[np.float64],
    memory: NDArray[np.int64],
    best: NDArray[np.float64],
    trouble: NDArray[np.float64],
    actions: NDArray[np.float32],
) -> None:
    """Fill `actions` (N, 3) for every rover.

    What the expert remembers: `fields` (N, columns, rows) the plan; `memory` (N, 6): goal, episode, way, steps without
    coming closer, steps of retreat left, retreats; `best` (N,) the least cost-to-go that was reached; `trouble` (N, 2)
    where the rover was stuck last.
    """
    columns, rows = fields.shape[1:]
    for i in range(actions.shape[0]):
        x, y, heading = state.pose[i, 0], state.pose[i, 1], state.pose[i, 2]
        actions[i, 2] = 1.0
        goal = GOAL_BERM if state.held[i] >= 0 else memory[i, 0]
        if (goal >= 0 and state.orb_status[i, goal] != ORB_LYING) or (goal == GOAL_BERM and state.held[i] < 0):
            goal = GOAL_NONE
        if goal == GOAL_NONE or memory[i, 1] != state.episode[i]:
            goal = GOAL_BERM if state.held[i] >= 0 else _nearest_orb(state, i, p)
        if goal == GOAL_NONE:
            actions[i, :] = 0.0
            continue
        if goal != memory[i, 0] or memory[i, 1] != state.episode[i]:
            trouble[i, :] = -1.0e3  # nowhere
            _spread(fields[i], goal, trouble[i], state, i, p)
            memory[i, :] = 0
            memory[i, 0], memory[i, 1] = goal, state.episode[i]
            best[i] = CLOSED
        if memory[i, 4] > 0:  # backing off
            memory[i, 4] -= 1
            actions[i, 0] = float(memory[i, 2])
            actions[i, 1] = 0.5 * float(memory[i, 5] % 3 - 1)  # turning as it goes, another way every time
            if memory[i, 4] == 0:
                memory[i, 2] = 0
                best[i] = CLOSED
            continue
        if goal >= 0 and math.sqrt((state.orbs[i, goal, 0] - x) ** 2 + (state.orbs[i, goal, 1] - y) ** 2) < (
            p.body.half_length + 0.9 * p.bucket.reach
        ):
            aim_x, aim_y = state.orbs[i, goal, 0], state.orbs[i, goal, 1]
            error = wrapped(math.atan2(aim_y - y, aim_x - x) - heading)
            near = math.sqrt((aim_x - x) ** 2 + (aim_y - y) ** 2) < p.body.half_length + 0.05
            actions[i, 0], actions[i, 1] = (-0.5 if near else 0.0), _steer(error, 1.0)[1]
            memory[i, 2] = -1 if near else 1
        else:
            aim_x, aim_y = _point_ahead(fields[i], x, y)
            error = wrapped(math.atan2(aim_y - y, aim_x - x) - heading)
            backwards = wrapped(error + math.pi)
            if memory[i, 2] == 0:
                memory[i, 2] = -1 if abs(error) > 0.5 * math.pi else 1
            # changing the way costs time, so only for a clear gain
            elif memory[i, 2] * (abs(backwards) - abs(error)) < -1.2:
                memory[i, 2] = -memory[i, 2]
            way = float(memory[i, 2])
            actions[i, 0], actions[i, 1] = _steer(error if way > 0.0 else backwards, way)
        to_go = fields[i, min(max(int(x / CELL), 0), columns - 1), min(max(int(y / CELL), 0), rows - 1)]
        if to_go < best[i] - 0.05:
            best[i] = to_go
            memory[i, 3] = 0
        else:
            memory[i, 3] += 1
        if memory[i, 3] > _PATIENCE:
            memory[i, 3] = 0
            memory[i, 4] = _RETREAT
            memory[i, 2] = -1 if memory[i, 2] > 0 else 1
            memory[i, 5] += 1
            trouble[i, 0], trouble[i, 1] = x, y
            _spread(fields[i], goal, trouble[i], state, i, p)
