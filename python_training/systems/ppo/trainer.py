"""The Trainer: collects, learns, evaluates, and can be resumed bit for bit."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.config import SystemConfig
from python_training.contracts.errors import CheckpointError, ConfigError
from python_training.contracts.trainer import Point, Progress
from python_training.contracts.view import ViewFrame
from python_training.environments.actions import BoxActions, actions_of
from python_training.environments.live_episode import LiveEpisode
from python_training.environments.open_world import open_world
from python_training.environments.stopping import InterruptedWorkError
from python_training.finite_numbers import require_finite
from python_training.systems.ppo import tensorflow_setup
from python_training.systems.ppo.config import Schedule, of_ppo
from python_training.systems.ppo.episodes import EpisodeStatistics
from python_training.systems.ppo.evaluation import HeldOutEvaluation
from python_training.systems.ppo.gae import advantages, explained_variance, normalised
from python_training.systems.ppo.metrics import world_metrics
from python_training.systems.ppo.mlp import Layer, orthogonal_layers
from python_training.systems.ppo.moments import RunningMoments
from python_training.systems.ppo.policy import VARIANCE_FLOOR, Policy
from python_training.systems.ppo.reward_scale import RewardScale
from python_training.systems.ppo.rollout import Collector, Rollout
from python_training.systems.ppo.samples import Samples

STATE, COUNTERS = "state.npz", "counters.json"
LARGE = "Rewards, observations or settings (entropy_coef, value_coef, learning_rate) may be too large for float32."
FINAL_SHARE = 0.05
"""What the linear schedule leaves at the end."""


class PPOTrainer:
    """Proximal policy optimisation on one run.

    Acting is NumPy's and learning TensorFlow's. TensorFlow takes seconds to import, so that happens in the background,
    while the first `advance` judges the policy that training begins with: the first point of the curves.
    """

    def __init__(self, config: SystemConfig, *, threads: int) -> None:
        config = of_ppo(config)
        self._config = config
        self._learner: Any = None
        tensorflow_setup.begin_import(threads)
        self._world = open_world(config.env, config.world_settings(), config.num_envs, evaluation=False)
        self._actions = actions_of(self._world.envs.single_action_space, config.env, zero="middle")
        self._evaluation = HeldOutEvaluation(config)
        self._statistics = EpisodeStatistics(config.num_envs, tuple(spec.name for spec in world_metrics(config)))
        self._collector = Collector(self._world, self._statistics, config.seed)
        self._random = np.random.Generator(np.random.PCG64(config.seed))
        self._moments = RunningMoments((self._world.observation_size,))
        self._reward_scale = RewardScale(config.num_envs, config.discount_factor)
        self._first_weights = self._draw_weights()
        self._policy = self._policy_of(self._first_weights[0], self._first_weights[2])
        self._step = 0
        self._updates = 0
        self._judged = False
        self._live: LiveEpisode | None = None

    def advance(self) -> Progress:
        """Judge the first policy, or else play one rollout and learn from it."""
        if not self._judged:
            return self._progress(self._judge())
        began = time.perf_counter()
        rollout = self._collector.collect(self._policy, self._config.rollout_length, self._random)
        values = self._learn(rollout)
        self._step += rollout.rewards.size
        self._updates += 1
        values |= self._statistics.collect()
        if self._updates % self._config.eval_every == 0 or self._step >= self._config.total_steps:
            values |= self._judge()
        values["steps_per_sec"] = rollout.rewards.size / (time.perf_counter() - began)
        return self._progress(values)

    def _judge(self) -> dict[str, float]:
        """Evaluate the policy; a stop that cannot wait puts that off until the run goes on."""
        self._judged = False
        try:
            values = self._evaluation.play(self._policy)
        except InterruptedWorkError:
            return {}
        self._judged = True
        return values

    def configure(self, config: SystemConfig) -> None:
        """Adopt changed live fields."""
        self._config = of_ppo(config)

    def save(self, folder: Path) -> None:
        """Write the learner's files, policy.npz and policy.json, state.npz and counters.json."""
        self._tensorflow_learner().save(folder)
        self._policy.save(folder)
        np.savez(folder / STATE, allow_pickle=False, **self._arrays())
        counters = {
            "step": self._step,
            "updates": self._updates,
            "judged": self._judged,
            "random": self._random.bit_generator.state,
        }
        (folder / COUNTERS).write_text(json.dumps(counters) + "\n")

    def load(self, folder: Path) -> None:
        """Become the trainer that wrote `folder`."""
        try:
            counters = json.loads((folder / COUNTERS).read_text())
            with np.load(folder / STATE, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            self._restore(arrays)
            self._random.bit_generator.state = counters["random"]
            self._step, self._updates = int(counters["step"]), int(counters["updates"])
            self._judged = bool(counters["judged"])
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise CheckpointError(f"{folder} holds no state of this PPO run: {error}.") from error
        learner = self._tensorflow_learner()
        learner.load(folder)
        self._policy = self._policy_of(*learner.actor())

    def view(self) -> ViewFrame | None:
        """The first copy of the world in training, as it stands; the policy in another copy of a world from outside.

        Copies of those that train were not asked for pictures, and drawing would be part of what they do.
        """
        if self._world.entry is not None:
            return self._world.draw(0)
        if self._live is None:
            self._live = LiveEpisode(self._config.env, self._config.world_settings(), self._config.seed)
        self._live.follow(self._policy)
        return self._live.frame()

    def close(self) -> None:
        """Release the worlds."""
        self._world.close()
        self._evaluation.close()
        if self._live is not None:
            self._live.close()

    def _learn(self, rollout: Rollout) -> dict[str, float]:
        """One update; its metrics.

        Raises:
            NotFiniteError: a number that it would learn from, or that it has learned, is NaN or infinite.
        """
        config, learner = self._config, self._tensorflow_learner()
        length, copies = rollout.rewards.shape
        self._require_finite({"rewards": rollout.rewards, "observations": rollout.observations})
        values = learner.values(rollout.inputs.reshape((length + 1) * copies, -1)).reshape(length + 1, copies)
        rewards = rollout.rewards
        valid = rollout.valid
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of that is looked at below
            if config.normalize_rewards:
                rewards = self._reward_scale.scale(rewards, rollout.ended, valid)
            gained = advantages(
                rewards, values, rollout.terminated, rollout.ended, config.discount_factor, config.lambda_gae
            )
            returns = gained + values[:-1]
            samples = Samples(
                inputs=rollout.inputs[:-1][valid],
                actions=rollout.actions[valid],
                returns=returns[valid].astype(np.float32),
                advantages=normalised(gained, valid)[valid].astype(np.float32),
                values=values[:-1][valid],
            )
        self._require_finite(
            {
                "the spread of rewards": self._reward_scale.spread,
                "returns": samples.returns,
                "advantages": samples.advantages,
            }
        )
        rate = config.learning_rate * self._left(config.learning_rate_schedule)
        losses = learner.update(
            samples,
            learning_rate=rate,
            entropy_coef=config.entropy_coef * self._left(config.entropy_schedule),
            num_epochs=config.num_epochs,
            target_kl=config.target_kl,
            update=self._updates,
        )
        if config.normalize_observations:
            with np.errstate(over="ignore", invalid="ignore"):
                self._moments.update(rollout.observations[:-1].reshape(length * copies, -1))
        self._require_finite({"the spread of observations": self._moments.variance, **learner.numbers()})
        self._policy = self._policy_of(*learner.actor())
        metrics: dict[str, float] = losses._asdict() | {
            "learning_rate": rate,
            "exploration_rate": self._exploration(losses.entropy),
        }
        explained = explained_variance(returns[valid], values[:-1][valid].astype(np.float64))
        return metrics if math.isnan(explained) else metrics | {"explained_variance": explained}

    def _require_finite(self, numbers: Mapping[str, NDArray[Any] | float]) -> None:
        require_finite(numbers, when=f"in the rollout that began at step {self._step}", hint=LARGE)

    def _progress(self, values: dict[str, float]) -> Progress:
        total = self._config.total_steps
        finished = f"all {total} steps were taken" if self._step >= total and self._judged else None
        return Progress(self._step, (Point(self._step, values),) if values else (), finished, total)

    def _left(self, schedule: Schedule) -> float:
        """What `schedule` leaves of a setting at this step, as a share."""
        if schedule == "constant":
            return 1.0
        return FINAL_SHARE + (1.0 - FINAL_SHARE) * max(0.0, 1.0 - self._step / self._config.total_steps)

    def _exploration(self, entropy: float) -> float:
        if isinstance(self._actions, BoxActions):
            return float(np.exp(self._policy.log_std).mean())
        greatest = sum(math.log(count) for count in self._actions.counts)
        return entropy / greatest if greatest else 0.0

    def _draw_weights(self) -> tuple[tuple[Layer, ...], tuple[Layer, ...], NDArray[np.float32]]:
        """Actor, critic and log spread to begin with, drawn from the seed."""
        config, inputs, actions = self._config, self._world.observation_size, self._actions
        random = np.random.default_rng((config.seed, 1))
        actor = orthogonal_layers(random, inputs, config.actor_fc_layers, actions.outputs, last_gain=0.01)
        critic = orthogonal_layers(random, inputs, config.value_fc_layers, 1, last_gain=1.0)
        spread = actions.outputs if isinstance(actions, BoxActions) else 0
        if config.initial_action is not None:
            kernel, bias = actor[-1]
            actor = (*actor[:-1], (kernel, bias + self._first_mean(config.initial_action)))
        return actor, critic, np.full(spread, np.log(config.initial_std), dtype=np.float32)

    def _first_mean(self, action: tuple[float, ...]) -> NDArray[np.float32]:
        """`initial_action` as the policy's network puts it out."""
        actions = self._actions
        if not isinstance(actions, BoxActions) or len(action) != actions.outputs:
            count = actions.outputs if isinstance(actions, BoxActions) else 0
            raise ConfigError(
                f"initial_action: '{self._config.env}' takes {count} continuous numbers, got {len(action)}.",
                field="initial_action",
            )
        return actions.from_world(np.array(action, dtype=np.float32))

    def _policy_of(self, layers: tuple[Layer, ...], log_std: NDArray[np.float32]) -> Policy:
        """The policy with these weights and the present moments of observations."""
        deviation = np.sqrt(self._moments.variance + VARIANCE_FLOOR)
        return Policy(
            layers,
            log_std,
            self._moments.mean,
            deviation,
            self._actions,
        )

    def _tensorflow_learner(self) -> Any:
        """The Learner, built when it is first needed."""
        if self._learner is None:
            actor, critic, log_std = self._first_weights
            self._learner = tensorflow_setup.learner_module().Learner(
                self._config, self._world.observation_size, self._actions, actor, critic, log_std
            )
        return self._learner

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """All state that is arrays, as `<part>/<name>`."""
        parts: dict[str, dict[str, NDArray[Any]]] = {
            "world": self._world.envs.get_state(),
            "collector": self._collector.state(),
            "statistics": self._statistics.state(),
            "moments": dict(self._moments.state()),
            "reward_scale": dict(self._reward_scale.state()),
        }
        return {f"{part}/{name}": array for part, arrays in parts.items() for name, array in arrays.items()}

    def _restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        parts: dict[str, dict[str, NDArray[Any]]] = {}
        for key, array in arrays.items():
            part, _, name = key.partition("/")
            parts.setdefault(part, {})[name] = array
        self._world.envs.set_state(parts["world"])
        self._collector.restore(parts["collector"])
        self._statistics.restore(parts["statistics"])
        self._moments.restore(parts["moments"])
        self._reward_scale.restore(parts["reward_scale"])
