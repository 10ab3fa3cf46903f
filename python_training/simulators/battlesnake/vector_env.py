"""N games of Battlesnake as one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from python_training.contracts.view import ViewFrame
from python_training.gymnasium_api.vector_world import Step, VectorWorld
from python_training.simulators.battlesnake.batch import Episodes, Opponents, observe_seat, reset_batch, step_batch
from python_training.simulators.battlesnake.config import BattlesnakeConfig
from python_training.simulators.battlesnake.heuristic.sight import scratch
from python_training.simulators.battlesnake.players.players import Player, player, tables
from python_training.simulators.battlesnake.rules.layout import layout
from python_training.simulators.battlesnake.rules.state import ALIVE, DIED, LENGTH, LIVING, TURN, allocate
from python_training.simulators.battlesnake.sensing import OBSERVATION_SIZE

OBSERVATION_SPACE = gymnasium.spaces.Box(-1.0, 1.0, (OBSERVATION_SIZE,), np.float32)
ACTION_SPACE = gymnasium.spaces.Discrete(4)
METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8, "autoreset_mode": AutoresetMode.NEXT_STEP}
_DRAWN = -1


class BattlesnakeVectorEnv(VectorWorld[BattlesnakeConfig]):
    """N independent copies of the world that `BattlesnakeEnv` describes, stepped by one compiled kernel.

    An episode that ended is reset by the next step (AutoresetMode.NEXT_STEP): in that copy the action is ignored, the
    reward is 0 and the observation is the first of the new episode. In the step that ends an episode, `infos` has
    `episode_figures`, a dict of (N,) float64 arrays named after `config.METRICS`, and `_episode_figures`, the (N,)
    mask of the copies whose episode ended.

    It is a SeatedWorld with a seat for each snake, and NamedSeats. An episode in which all seats are steered ends with
    the game, not with the first snake. One thread at a time may use an instance. `get_state` and `set_state` carry
    everything, random generators included.
    """

    metadata = METADATA

    def __init__(
        self,
        num_envs: int = 1,
        config: BattlesnakeConfig | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(num_envs, BattlesnakeConfig, config, render_mode, OBSERVATION_SPACE, ACTION_SPACE)
        self.layout = layout(self.config)
        self.games = allocate(num_envs, self.layout)
        self.seats = self.layout.snakes
        self.names: tuple[str, ...] = ("You", *self.config.opponents)
        self.episodes = Episodes(np.zeros((num_envs, 4), np.int64), np.zeros(num_envs, np.bool_), np.zeros(num_envs))
        opponents = [player(name) for name in self.config.opponents]
        self.opponents = Opponents(*tables([Player("the learner", 0), *opponents]))
        paid = self.config.rewards
        self._rewards = np.array([paid.win, paid.loss, paid.draw, paid.turn, paid.food])
        self._scratch = scratch(self.layout)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin new games; observations (N, 37) and empty infos.

        Copy i gets `seed + i`, or the i-th of a list; a seed is an integer from 0 to 2**63 - 1. Without a seed the
        copies draw their next games' seeds themselves (and begin somewhere random at the first reset).
        """
        observations = np.empty((self.num_envs, OBSERVATION_SIZE), dtype=np.float32)
        seeds = np.array([_DRAWN if each is None else each for each in self.seeds(seed)], dtype=np.int64)
        reset_batch(self.games, self.layout, self.episodes, seeds, self._scratch, observations)
        self.started = True
        return observations, {}

    def step(self, actions: NDArray[Any]) -> Step:
        """One turn of all games; actions (N,) are numbers of moves of seat 0."""
        return self._step(self._moves(actions, (self.num_envs,))[:, None])

    def step_seats(self, actions: NDArray[Any]) -> Step:
        """One turn of all games; actions (N, seats) are numbers of moves."""
        return self._step(self._moves(actions, (self.num_envs, self.seats)))

    def observe(self, seat: int) -> NDArray[np.float32]:
        """What the snake in `seat` sees, (N, 37); zeros once it is dead."""
        observations = np.empty((self.num_envs, OBSERVATION_SIZE), dtype=np.float32)
        observe_seat(self.games, self.layout, seat, self._scratch, observations)
        return observations

    def name_seats(self, names: Sequence[str]) -> None:
        """Call the snake in seat i `names[i]` in pictures."""
        if len(names) != self.seats:
            raise ValueError(f"There must be a name for each of {self.seats} seats, got {len(names)}.")
        self.names = tuple(names)

    def _step(self, moves: NDArray[np.int64]) -> Step:
        n = self.num_envs
        observations = np.empty((n, OBSERVATION_SIZE), dtype=np.float32)
        rewards = np.empty(n, dtype=np.float64)
        terminated, truncated = np.empty(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
        ended = step_batch(
            self.games,
            self.layout,
            self.episodes,
            self.opponents,
            self._rewards,
            moves,
            self._scratch,
            observations,
            rewards,
            terminated,
            truncated,
        )
        infos: dict[str, Any] = {}
        if ended:
            infos["_episode_figures"] = self.episodes.ended.copy()
            infos["episode_figures"] = self.episode_figures()
        return observations, rewards, terminated, truncated, infos

    def episode_figures(self) -> dict[str, NDArray[np.float64]]:
        """The figures of METRICS for every copy's episode so far, each (N,)."""
        return self.seat_figures(0)

    def seat_figures(self, seat: int) -> dict[str, NDArray[np.float64]]:
        """The figures of METRICS for the snake in `seat` of every copy, each (N,)."""
        snakes = self.games.snakes[:, seat]
        alive = snakes[:, ALIVE] == 1
        turns = self.games.facts[:, TURN]
        alone = self.games.facts[:, LIVING] == 1
        won = alive & (alone if self.layout.last_standing else turns >= self.layout.max_turns)
        return {
            "success_rate": won.astype(np.float64),
            "turns_survived": np.where(alive, turns, snakes[:, DIED]).astype(np.float64),
            "final_length": snakes[:, LENGTH].astype(np.float64),
        }

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All of `state.Games` and `batch.Episodes`."""
        return {**self.games._asdict(), **self.episodes._asdict()}

    def draw(self, index: int) -> ViewFrame:
        """Board `index`."""
        from python_training.simulators.battlesnake.board.view import draw  # of no use to training

        return draw(self, index)

    def _moves(self, actions: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.int64]:
        """`actions` checked and as the kernel takes them; raises ValueError, ResetNeeded."""
        self.check_started()
        moves = np.asarray(actions)
        if moves.shape != shape or not np.issubdtype(moves.dtype, np.integer):
            raise ValueError(f"actions must be integers of shape {shape}, got {moves.dtype} of {moves.shape}.")
        if moves.min() < 0 or moves.max() > 3:
            raise ValueError(f"actions must lie between 0 and 3, got {moves.min()} to {moves.max()}.")
        return np.ascontiguousarray(moves, dtype=np.int64)
