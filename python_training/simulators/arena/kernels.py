"""The batched kernels: reset, tick and observations of N copies. `reference` says the same slowly, one copy at a time.

They run on one core and release the GIL: whoever has several cores gives each thread a world of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.compiled import inlined, kernel
from python_training.simulators.arena.aces import decide_ace
from python_training.simulators.arena.arrivals import await_wave, seat_pilots, send_wave
from python_training.simulators.arena.brains import decide
from python_training.simulators.arena.flight import collide, fly, keep_inside, settle
from python_training.simulators.arena.parameters import Parameters
from python_training.simulators.arena.sensing import observe
from python_training.simulators.arena.state import ACTION_SIZE, NEVER, Bout, Ship, State
from python_training.simulators.arena.styles import Style
from python_training.simulators.arena.weapons import fly_bullets, shoot


@inlined
def _reset(bout: Bout, ships: Any, rng: NDArray[np.int64], p: Parameters) -> None:
    for slot in range(ships.shape[0]):
        ships[slot].alive = 0
        ships[slot].lost = NEVER
    bout.bullets = 0
    bout.serials = 0
    bout.wave = 0
    bout.steps = 0
    bout.episode += 1
    bout.returned = 0.0
    seat_pilots(ships, bout, rng, p)
    if p.waves.active:
        send_wave(ships, bout, rng, p)


@inlined
def _bounded(value: float, least: float) -> float:
    """`value` within [least, 1], 0 if it is NaN."""
    return 0.0 if np.isnan(value) else min(max(value, least), 1.0)


@inlined
def _obey(ship: Ship, action: NDArray[np.float64]) -> None:
    """Make an action (3,) what the ship's pilot decided on."""
    ship.thrust = _bounded(action[0], -1.0)
    ship.turn = _bounded(action[1], -1.0)
    ship.fire = _bounded(action[2], 0.0)


@inlined
def _decide(
    actions: NDArray[np.float64], bout: Bout, ships: Any, bullets: Any, rng: NDArray[np.int64], p: Parameters
) -> None:
    """Let every pilot decide; `actions` (G, 3) are those of the first G seats."""
    seats, given = p.teams.shape[0], actions.shape[0]
    for seat in range(given):
        _obey(ships[seat], actions[seat])
    if bout.steps % p.space.decision:
        return
    for slot in range(given, ships.shape[0]):
        ship = ships[slot]
        if not ship.alive:
            continue
        if slot < seats:
            ship.thrust, ship.turn, ship.fire = decide_ace(ships, slot, bout, bullets, p.opponent, p)
        else:
            decide(ships, ship, rng, p)


@inlined
def _tick(bout: Bout, ships: Any, bullets: Any, rng: NDArray[np.int64], p: Parameters) -> None:
    """Move everything by one tick, as decided."""
    space = p.space
    now = (bout.steps + 1) * space.dt
    for slot in range(ships.shape[0]):
        ship = ships[slot]
        if ship.alive:
            fly(ship, p.kinds[ship.kind], space.dt)
            if not space.toroidal:
                keep_inside(ship, space)
    collide(ships, p, now)
    for slot in range(ships.shape[0]):
        ship = ships[slot]
        if ship.alive:
            settle(ship, space)
            shoot(ship, slot, p.kinds[ship.kind], space.dt, bout, bullets, rng)
    fly_bullets(bout, ships, bullets, p, now)
    if p.waves.active:
        await_wave(ships, bout, rng, p)
    bout.steps += 1


@inlined
def _decided(ships: Any, p: Parameters) -> bool:
    """Whether seat 0's team is lost, or, without waves, all others are."""
    friends, foes = 0, 0
    for seat in range(p.teams.shape[0]):
        if ships[seat].alive:
            if p.teams[seat] == p.teams[0]:
                friends += 1
            else:
                foes += 1
    return friends == 0 or (foes == 0 and not p.waves.active)


@kernel
def reset_batch(state: State, p: Parameters, chosen: NDArray[np.bool_], observations: NDArray[np.float32]) -> None:
    """Begin a new episode in the `chosen` (N,) copies and fill their rows of observations (N, 23)."""
    for i in range(chosen.shape[0]):
        if chosen[i]:
            _reset(state.bouts[i], state.ships[i], state.rng[i], p)
            state.terminated[i] = False
            state.truncated[i] = False
            observe(observations[i], 0, state.ships[i], state.bouts[i], state.bullets[i], p)


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
    ended, flown = 0, 0
    for i in range(actions.shape[0]):
        rewards[i] = 0.0
        over = state.terminated[i] or state.truncated[i]
        if over and not next_step:
            continue
        bout, ships, bullets, rng = state.bouts[i], state.ships[i], state.bullets[i], state.rng[i]
        if over:
            _reset(bout, ships, rng, p)
            state.terminated[i] = False
            state.truncated[i] = False
        else:
            kills, dealt = ships[0].kills, ships[0].dealt
            _decide(actions[i], bout, ships, bullets, rng, p)
            _tick(bout, ships, bullets, rng, p)
            flown += 1
            reward = p.pay.kill * (ships[0].kills - kills) + p.pay.damage * (ships[0].dealt - dealt)
            if ships[0].alive:
                reward += p.pay.survival * p.space.dt
            rewards[i] = reward
            bout.returned += reward
            state.terminated[i] = _decided(ships, p)
            state.truncated[i] = not state.terminated[i] and bout.steps >= p.space.max_ticks
            if state.terminated[i] or state.truncated[i]:
                ended += 1
        observe(observations[i], 0, ships, bout, bullets, p)
    return ended, flown


@kernel
def step_alone(
    world: tuple[State, Parameters],
    actions: NDArray[np.float32],
    observations: NDArray[np.float32],
    rewards: NDArray[np.float64],
    over: NDArray[np.bool_],
) -> None:
    """One tick as contracts.compiled_step describes it; actions (N, 3) are those of seat 0."""
    state, p = world
    step_batch(state, p, actions.reshape((actions.shape[0], 1, ACTION_SIZE)), False, observations, rewards)
    for i in range(over.shape[0]):
        over[i] = state.terminated[i] or state.truncated[i]


@kernel
def observe_batch(state: State, p: Parameters, seat: int, observations: NDArray[np.float32]) -> None:
    """Fill observations (N, 23) with what the pilot in `seat` sees."""
    for i in range(observations.shape[0]):
        observe(observations[i], seat, state.ships[i], state.bouts[i], state.bullets[i], p)


@kernel
def fly_aces(state: State, p: Parameters, seat: int, style: Style, actions: NDArray[np.float32]) -> None:
    """Fill the actions (N, 3) of an ace in `seat`; it decides anew when scripted pilots do, and else holds on."""
    for i in range(actions.shape[0]):
        bout = state.bouts[i]
        if bout.steps % p.space.decision == 0:
            thrust, turn, fire = decide_ace(state.ships[i], seat, bout, state.bullets[i], style, p)
            actions[i, 0] = thrust
            actions[i, 1] = turn
            actions[i, 2] = fire
