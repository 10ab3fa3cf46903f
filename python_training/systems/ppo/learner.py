"""The TensorFlow side: judges a rollout and learns from it. Importing this takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tf_agents.trajectories import time_step as ts
from tf_agents.trajectories import trajectory

from python_training.contracts.errors import CheckpointError
from python_training.environments.actions import Actions
from python_training.systems.ppo import networks
from python_training.systems.ppo.agent import CorrectedPPOAgent, Losses
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.mlp import Layer
from python_training.systems.ppo.samples import Samples

if not tf.keras.Model.__module__.startswith("tf_keras."):
    raise ImportError(
        "TF-Agents needs Keras 2, but this process used TensorFlow with Keras 3 before PPO did: "
        "set TF_USE_LEGACY_KERAS=1 in its environment."
    )
# Without this, sums over threads may come in any order, and a resumed run would not be the run that never stopped.
tf.config.experimental.enable_op_determinism()
# TF-Agents draws a throw-away input to build its networks, which then needs a seed. Nothing else draws by this one.
tf.random.set_seed(0)

FILE = "learner.npz"


class Learner:
    """Actor, critic, Adam, and the compiled update.

    Args:
        config: of the run.
        observation_size: numbers in an observation.
        actions: what the policy puts out.
        actor, critic: their first weights.
        log_std: log of the first spread of continuous actions, empty for discrete ones.
    """

    def __init__(
        self,
        config: PPOConfig,
        observation_size: int,
        actions: Actions,
        actor: Sequence[Layer],
        critic: Sequence[Layer],
        log_std: NDArray[np.float32],
    ) -> None:
        self._seed = config.seed
        self._batch_size = config.batch_size
        observation_spec = tf.TensorSpec((observation_size,), tf.float32)
        spec = networks.action_spec(actions)
        actor_net = networks.actor_network(config, observation_spec, spec)
        critic_net = networks.critic_network(config, observation_spec)
        self._optimizer = tf.keras.optimizers.Adam(config.learning_rate, epsilon=1e-5, jit_compile=False)
        self._agent = CorrectedPPOAgent(
            ts.time_step_spec(observation_spec),
            spec,
            optimizer=self._optimizer,
            actor_net=actor_net,
            value_net=critic_net,
            importance_ratio_clipping=config.clip_range,
            discount_factor=config.discount_factor,
            value_pred_loss_coef=config.value_coef,
            gradient_clipping=config.max_grad_norm,
            num_epochs=1,
            normalize_rewards=False,  # both are normalised before they come here, see moments and reward_scale
            normalize_observations=False,
            compute_value_and_advantage_in_train=False,
            update_normalizers_in_train=False,
            aggregate_losses_across_replicas=False,
            train_step_counter=tf.Variable(0, dtype=tf.int64, trainable=False),
        )
        networks.assign(actor_net, actor, log_std)
        networks.assign(critic_net, critic)
        self._actor, self._critic = actor_net, critic_net
        self._optimizer.build([*actor_net.trainable_weights, *critic_net.trainable_weights])
        inputs = tf.TensorSpec((None, observation_size), tf.float32)
        number = tf.TensorSpec((None,), tf.float32)
        drawn = tf.TensorSpec((None, *spec.shape), spec.dtype)
        self._values = tf.function(self._judge, input_signature=[inputs], autograph=False)
        self._update = tf.function(
            self._learn,
            input_signature=[
                (inputs, drawn, number, number, number),
                tf.TensorSpec((), tf.int32),
                tf.TensorSpec((), tf.int32),
                tf.TensorSpec((), tf.float32),
                tf.TensorSpec((2,), tf.int32),
            ],
        )

    def values(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """The critic's values (M,) of normalised observations (M, observation_size)."""
        return np.asarray(self._values(inputs))

    def update(
        self,
        samples: Samples,
        *,
        learning_rate: float,
        entropy_coef: float,
        num_epochs: int,
        target_kl: float | None,
        update: int,
    ) -> Losses:
        """Learn from one rollout; means over the update's minibatches (approx_kl: over the last epoch's).

        Every epoch shuffles the samples anew, by a draw that depends on the seed and `update` only, and cuts them into
        as many equal minibatches as come nearest to the batch size.
        """
        self._optimizer.learning_rate.assign(learning_rate)
        self._agent.entropy_coef.assign(entropy_coef)
        batches = max(1, round(len(samples.returns) / self._batch_size))
        totals = self._update(
            (samples.inputs, samples.actions, samples.returns, samples.advantages, samples.values),
            num_epochs,
            batches,
            float("inf") if target_kl is None else 1.5 * target_kl,
            [self._seed, update],
        )
        return Losses(*(float(total) for total in totals))

    def actor(self) -> tuple[tuple[Layer, ...], NDArray[np.float32]]:
        """The policy's weights and log spread as arrays."""
        return networks.read(self._actor)

    def numbers(self) -> dict[str, NDArray[Any]]:
        """All that has been learned, by what it is: weights of actor and critic, and Adam's moments."""
        return {f"{name} (learned)": variable.numpy() for name, variable in self._variables().items()}

    def save(self, folder: Path) -> None:
        """Write weights, Adam's moments and counters into `folder`: learner.npz."""
        arrays = {name: variable.numpy() for name, variable in self._variables().items()}
        np.savez(folder / FILE, allow_pickle=False, **arrays)

    def load(self, folder: Path) -> None:
        """Read what `save` wrote; raises CheckpointError if it belongs to other networks."""
        variables = self._variables()
        try:
            with np.load(folder / FILE, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
        except (OSError, ValueError, BadZipFile) as error:
            raise CheckpointError(f"{folder / FILE} cannot be read: {error}.") from error
        shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
        if {name: array.shape for name, array in arrays.items()} != shapes:
            raise CheckpointError(f"The networks of {folder / FILE} are not those that the config describes.")
        for name, variable in variables.items():
            variable.assign(arrays[name])

    def _variables(self) -> dict[str, Any]:
        """Everything that learning changes, by names that do not depend on what else this process has built."""
        groups = {
            "actor": self._actor.variables,
            "critic": self._critic.variables,
            "adam": self._optimizer.variables,
            "step": [self._agent.train_step_counter],
        }
        return {f"{group}/{index}": each for group, members in groups.items() for index, each in enumerate(members)}

    def _judge(self, inputs: Any) -> Any:
        values, _ = self._critic(inputs, step_type=tf.ones(tf.shape(inputs)[:1], tf.int32), training=False)
        return values

    def _learn(self, samples: Any, num_epochs: Any, batches: Any, kl_limit: Any, seed: Any) -> Any:
        inputs, actions, returns, advantages, values = samples
        parameters = self._behaviour(inputs)
        count = tf.shape(returns)[0]
        sums = tf.zeros(len(Losses._fields))
        steps = 0.0
        kl = 0.0
        for epoch in tf.range(num_epochs):
            order = tf.random.experimental.stateless_shuffle(
                tf.range(count), tf.random.experimental.stateless_fold_in(seed, epoch)
            )
            kl = 0.0
            for batch in tf.range(batches):
                chosen = order[batch * count // batches : (batch + 1) * count // batches]
                losses = self._step(inputs, actions, returns, advantages, values, parameters, chosen)
                sums += tf.stack(losses)
                kl += losses.approx_kl
                steps += 1.0
            kl /= tf.cast(batches, tf.float32)
            if kl > kl_limit:
                break
        return Losses(*tf.unstack(sums / steps))._replace(approx_kl=kl)

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]  # tensorflow has no types
    def _behaviour(self, inputs: Any) -> Any:
        """Parameters of the distribution that the actions were drawn from: the policy's before this update."""
        step = ts.TimeStep(
            tf.ones(tf.shape(inputs)[:1], tf.int32),
            tf.zeros(tf.shape(inputs)[:1]),
            tf.ones(tf.shape(inputs)[:1]),
            inputs,
        )
        return self._agent.collect_policy.distribution(step).info["dist_params"]

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]  # tensorflow has no types
    def _step(
        self, inputs: Any, actions: Any, returns: Any, advantages: Any, values: Any, parameters: Any, chosen: Any
    ) -> Losses:
        """One minibatch: TF-Agents wants a Trajectory with outer dims (B, 1)."""

        def taken(tensor: Any) -> Any:
            return tf.expand_dims(tf.gather(tensor, chosen), 1)

        kind = tf.ones((tf.size(chosen), 1), tf.int32)  # StepType.MID: only valid steps come here
        number = tf.zeros((tf.size(chosen), 1), tf.float32)
        experience = trajectory.Trajectory(
            step_type=kind,
            observation=taken(inputs),
            action=taken(actions),
            policy_info={
                "dist_params": tf.nest.map_structure(taken, parameters),
                "value_prediction": taken(values),
                "return": taken(returns),
                "advantage": taken(advantages),
            },
            next_step_type=kind,
            reward=number,
            discount=number + 1.0,
        )
        losses: Losses = self._agent.train(experience).extra
        return losses
