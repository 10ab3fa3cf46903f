"""N copies of the arena as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from python_training.compiled.generator import seeded
from python_training.contracts.compiled_step import CompiledStep
from python_training.contracts.errors import ConfigError
from python_training.contracts.view import ViewFrame
from python_training.gymnasium_api.vector_world import Step, VectorWorld
from python_training.simulators.arena.config import ArenaConfig
from python_training.simulators.arena.figures import seat_figures
from python_training.simulators.arena.kernels import observe_batch, reset_batch, step_alone, step_batch
from python_training.simulators.arena.parameters import parameters, slots
from python_training.simulators.arena.state import ACTION_SIZE, OBSERVATION_SIZE, allocate

OBSERVATION_SPACE = gymnasium.spaces.Box(-1.0, 1.0, (OBSERVATION_SIZE,), np.float32)
ACTION_SPACE = gymnasium.spaces.Box(
    np.array([-1.0, -1.0, 0.0], dtype=np.float32), np.array([1.0, 1.0, 1.0], dtype=np.float32), dtype=np.float32
)
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 10, "autoreset_mode": AutoresetMode.NEXT_STEP}


class ArenaVectorEnv(VectorWorld[ArenaConfig]):
    """N independent copies of the world that `ArenaEnv` describes, stepped by one compiled kernel. A SeatedWorld.

    With autoreset "next_step" (AutoresetMode.NEXT_STEP) an episode that ended is reset by the next step: for that copy
    the action is ignored, the reward is 0 and the observation is the first of the new episode. With "disabled"
    (AutoresetMode.DISABLED) a copy whose episode ended stands still at no cost, its flags and last observation as they
    were and its reward 0, until it is reset (all copies, or those of `options["reset_mask"]`); the arrays returned are
    then views that the next call overwrites.

    In the step that ends an episode, `infos` has `_episode_figures`, the (N,) mask of the copies whose episode ended,
    and with "next_step" `episode_figures`, a dict of (N,) float64 arrays named after `config.METRICS` of seat 0. With
    "disabled" these wait in `seat_figures(0)` until they are wanted.

    One thread at a time may use an instance. `get_state` and `set_state` carry everything, random generators included.

    Attributes:
        seats: pilots in each copy.
        flown_ticks: ticks of copies flown by this instance so far; boundary steps and ended copies do not count.
    """

    metadata = METADATA

    def __init__(
        self,
        num_envs: int = 1,
        config: ArenaConfig | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
        autoreset: Literal["next_step", "disabled"] = "next_step",
    ) -> None:
        super().__init__(num_envs, ArenaConfig, config, render_mode, OBSERVATION_SPACE, ACTION_SPACE)
        if autoreset not in ("next_step", "disabled"):
            raise ConfigError(f"autoreset must be 'next_step' or 'disabled', got '{autoreset}'.", field="autoreset")
        self.seats = self.config.pilots
        self.metadata = {
            **METADATA,
            "render_fps": round(1.0 / self.config.sim_dt),
            "autoreset_mode": AutoresetMode.NEXT_STEP if autoreset == "next_step" else AutoresetMode.DISABLED,
        }
        self.parameters = parameters(self.config)
        self.state = allocate(num_envs, *slots(self.config))
        self.flown_ticks = 0
        self._next_step = autoreset == "next_step"
        self._seen = np.zeros((num_envs, OBSERVATION_SIZE), dtype=np.float32)
        self._rewards = np.zeros(num_envs, dtype=np.float64)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin new episodes; observations (N, 23) of seat 0 and empty infos.

        Copy i gets `seed + i`, or the i-th of a list; a seed is an integer from 0 to 2**63 - 1. Without a seed the
        generators go on from where they are (and begin somewhere random at the first reset).

        `options["reset_mask"]`, (N,) bool: only these copies begin anew. `options["elapsed_steps"]`, (N,) integers,
        are ticks that count as taken already, so that episodes do not all end in the same step: copies in step with
        each other are a biased sample of what there is to learn.
        """
        chosen = self._chosen(options)
        elapsed = None
        if options and "elapsed_steps" in options:
            elapsed = self.elapsed_steps(options["elapsed_steps"], self.config.max_ticks)
        seeds = self.seeds(seed)
        fresh = {index: each for index, each in enumerate(seeds) if each is not None and chosen[index]}
        if fresh:
            self.state.rng[list(fresh)] = seeded(list(fresh.values()))
            self.state.bouts.episode[list(fresh)] = 0
        self.started = True
        reset_batch(self.state, self.parameters, chosen, self._seen)
        if elapsed is not None:
            self.state.bouts.steps[chosen] = elapsed[chosen]
        return self._shown(self._seen), {}

    def step(self, actions: NDArray[Any]) -> Step:
        """One tick of all copies; actions (N, 3) of seat 0 are clipped to their bounds, NaN counts as 0."""
        return self._step(np.asarray(actions, dtype=np.float64), (self.num_envs, ACTION_SIZE))

    def step_seats(self, actions: NDArray[Any]) -> Step:
        """One tick with the actions of all seats, (N, seats, 3); see `step`."""
        return self._step(np.asarray(actions, dtype=np.float64), (self.num_envs, self.seats, ACTION_SIZE))

    def _step(self, actions: NDArray[np.float64], shape: tuple[int, ...]) -> Step:
        self.check_started()
        if actions.shape != shape:
            raise ValueError(f"actions must have shape {shape}, got {actions.shape}.")
        given = np.ascontiguousarray(actions).reshape(self.num_envs, -1, ACTION_SIZE)
        state = self.state
        over = (state.terminated | state.truncated) if not self._next_step else None
        ended, flown = step_batch(state, self.parameters, given, self._next_step, self._seen, self._rewards)
        self.flown_ticks += flown
        infos: dict[str, Any] = {}
        if ended:
            now_over = state.terminated | state.truncated
            infos["_episode_figures"] = now_over if over is None else now_over & ~over
            if self._next_step:
                infos["episode_figures"] = self.seat_figures(0)
        shown = self._shown
        return shown(self._seen), shown(self._rewards), shown(state.terminated), shown(state.truncated), infos

    def compiled_step(self) -> CompiledStep:
        """The step of seat 0 for compiled loops, see contracts.compiled_step; `flown_ticks` does not count it."""
        return CompiledStep(step_alone, (self.state, self.parameters))

    def observe(self, seat: int) -> NDArray[np.float32]:
        """What the pilot in `seat` sees now, (N, 23); zeros once its ship is lost."""
        self._check_seat(seat)
        observations = np.empty((self.num_envs, OBSERVATION_SIZE), dtype=np.float32)
        observe_batch(self.state, self.parameters, seat, observations)
        return observations

    def seat_figures(self, seat: int) -> dict[str, NDArray[np.float64]]:
        """The figures of METRICS for `seat` in every copy's episode so far, each (N,)."""
        self._check_seat(seat)
        return seat_figures(self.state, self.config, seat)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All of `state.State`."""
        return self.state._asdict()

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Become what `get_state` described; raises CheckpointError if it is of another shape."""
        super().set_state(state)
        observe_batch(self.state, self.parameters, 0, self._seen)

    def draw(self, index: int) -> ViewFrame:
        """Copy `index` of the arena."""
        from python_training.simulators.arena.view import draw  # of no use to training

        return draw(self, index)

    def _shown(self, array: NDArray[Any]) -> NDArray[Any]:
        """What a caller gets: a copy, or the array itself where copies stand still and speed counts."""
        return array.copy() if self._next_step else array

    def _check_seat(self, seat: int) -> None:
        if not 0 <= seat < self.seats:
            raise IndexError(f"There are {self.seats} seats, got seat {seat}.")

    def _chosen(self, options: Mapping[str, Any] | None) -> NDArray[np.bool_]:
        """The mask of the copies to reset."""
        if not options or "reset_mask" not in options:
            return np.ones(self.num_envs, dtype=np.bool_)
        mask = np.asarray(options["reset_mask"])
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise ValueError(f"reset_mask must be bool of shape ({self.num_envs},), got {mask.dtype} of {mask.shape}.")
        return mask
