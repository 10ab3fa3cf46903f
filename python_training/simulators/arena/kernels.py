"""The batched kernels: reset, tick and observations of N copies. `reference` says the same slowly, one copy at a time.

They run on one core and release the GIL: whoever has several cores gives each thread a world of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined, kernel
from python_training.simulators.arena.aces import decide_ace
from python_training.simulators.arena.arrivals import await_wave, seat_pilots, send_wave
from python_training.simulators.arena.brains import decide
from python_training.simulators.arena.flight import collide, fly, keep_inside, remember, wrap
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.sensing import observe
from python_training.simulators.arena.state import ACTION_SIZE, State
from python_training.simulators.arena.styles import Style
from python_training.simulators.arena.weapons import fire, fly_bullets


@inlined
def _reset(state: State, i: int, p: Parameters) -> None:
    state.alive[i, :] = False
    state.lost[i, :] = -1.0
    state.bullets[i] = 0
    state.serials[i] = 0
    state.wave[i] = 0
    state.lull[i] = p.waves.lull
    state.steps[i] = 0
    state.episode[i] += 1
    state.returned[i] = 0.0
    state.terminated[i] = False
    state.truncated[i] = False
    seat_pilots(state, i, p)
    if p.waves.active:
        send_wave(state, i, p)


@inlined
def _take(state: State, i: int, k: int, action: NDArray[np.float64]) -> None:
    """Make an action (3,) the command of ship `k`: clipped to its bounds, and 0 where it is NaN."""
    for number in range(ACTION_SIZE):
        value = action[number]
        least = 0.0 if number == 2 else -1.0
        state.command[i, k, number] = 0.0 if np.isnan(value) else min(max(value, least), 1.0)


@inlined
def _command(state: State, i: int, actions: NDArray[np.float64], p: Parameters) -> None:
    """Let every pilot decide; `actions` (G, 3) are those of the first G seats."""
    seats, given = p.teams.shape[0], actions.shape[0]
    for k in range(given):
        _take(state, i, k, actions[k])
    if state.steps[i] % p.space.decision:
        return
    for k in range(given, seats):
        if state.alive[i, k]:
            thrust, turn, trigger = decide_ace(state, i, k, p.opponent, p)
            state.command[i, k, 0] = thrust
            state.command[i, k, 1] = turn
            state.command[i, k, 2] = trigger
    for k in range(seats, state.alive.shape[1]):
        if state.alive[i, k]:
            decide(state, i, k, p)


@inlined
def _tick(state: State, i: int, p: Parameters, before: NDArray[np.float64], moved: NDArray[np.float64]) -> None:
    """Move everything by one tick, as commanded."""
    space, ships = p.space, state.alive.shape[1]
    now = (state.steps[i] + 1) * space.dt
    remember(state, i, ships, before)
    for k in range(ships):
        if state.alive[i, k]:
            kind = p.kinds[state.kind[i, k]]
            fly(state, i, k, kind, space.dt)
            if not space.toroidal:
                keep_inside(state, i, k, kind.radius, space)
    collide(state, i, ships, p, now)
    for k in range(ships):
        if not state.alive[i, k]:
            continue
        moved[k, 0] = state.pose[i, k, 0] - before[k, 0]
        moved[k, 1] = state.pose[i, k, 1] - before[k, 1]
        if space.toroidal:
            wrap(state, i, k, space)
        fire(state, i, k, p.kinds[state.kind[i, k]], space.dt, before, moved)
    fly_bullets(state, i, ships, p, before, moved, now)
    if p.waves.active:
        await_wave(state, i, p, space)
    state.steps[i] += 1


@inlined
def _settled(state: State, i: int, p: Parameters) -> bool:
    """Whether seat 0's team is lost, or, without waves, all others are."""
    friends, foes = 0, 0
    for k in range(p.teams.shape[0]):
        if state.alive[i, k]:
            if p.teams[k] == p.teams[0]:
                friends += 1
            else:
                foes += 1
    return friends == 0 or (foes == 0 and not p.waves.active)


@kernel
def reset_batch(state: State, p: Parameters, chosen: NDArray[np.bool_], observations: NDArray[np.float32]) -> None:
    """Begin a new episode in the `chosen` (N,) copies and fill their rows of observations (N, 23)."""
    for i in range(chosen.shape[0]):
        if chosen[i]:
            _reset(state, i, p)
            observe(state, i, 0, observations[i], p)


@kernel
def step_batch(
    state: State,
    p: Parameters,
    actions: NDArray[np.float64],
    next_step: bool,
    observations: NDArray[np.float32],
    rewards: NDArray[np.float64],
) -> tuple[int, int]:
    """One tick of every copy; how many episodes ended, and how many ticks were flown.

    Actions (N, G, 3) are those of the first G seats; aces fly the other seats. Observations (N, 23) and rewards (N,)
    of seat 0 are filled. A copy whose episode ended before is reset instead if `next_step`, and otherwise left alone:
    its observation stays, its reward is 0.
    """
    ships = state.alive.shape[1]
    before = np.zeros((ships, 5), dtype=np.float64)
    moved = np.zeros((ships, 2), dtype=np.float64)
    ended, flown = 0, 0
    for i in range(actions.shape[0]):
        rewards[i] = 0.0
        if state.terminated[i] or state.truncated[i]:
            if next_step:
                _reset(state, i, p)
                observe(state, i, 0, observations[i], p)
            continue
        kills, dealt = state.kills[i, 0], state.dealt[i, 0]
        _command(state, i, actions[i], p)
        _tick(state, i, p, before, moved)
        flown += 1
        reward = p.pay.kill * (state.kills[i, 0] - kills) + p.pay.damage * (state.dealt[i, 0] - dealt)
        if state.alive[i, 0]:
            reward += p.pay.survival * p.space.dt
        rewards[i] = reward
        state.returned[i] += reward
        state.terminated[i] = _settled(state, i, p)
        state.truncated[i] = not state.terminated[i] and state.steps[i] >= p.space.max_ticks
        if state.terminated[i] or state.truncated[i]:
            ended += 1
        observe(state, i, 0, observations[i], p)
    return ended, flown


@kernel
def observe_batch(state: State, p: Parameters, seat: int, observations: NDArray[np.float32]) -> None:
    """Fill observations (N, 23) with what the pilot in `seat` sees."""
    for i in range(observations.shape[0]):
        observe(state, i, seat, observations[i], p)


@kernel
def fly_aces(state: State, p: Parameters, seat: int, style: Style, actions: NDArray[np.float32]) -> None:
    """Fill the actions (N, 3) of an ace in `seat`; it decides anew when scripted pilots do, and else holds on."""
    for i in range(actions.shape[0]):
        if state.steps[i] % p.space.decision == 0:
            thrust, turn, trigger = decide_ace(state, i, seat, style, p)
            actions[i, 0] = thrust
            actions[i, 1] = turn
            actions[i, 2] = trigger
