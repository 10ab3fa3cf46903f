"""Policy and critic as TF-Agents networks, with their weights moved in and out of plain arrays."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp
from numpy.typing import NDArray
from tf_agents.networks import (
    actor_distribution_network,
    network,
    normal_projection_network,
    utils,
    value_network,
)
from tf_agents.specs import distribution_spec, tensor_spec

from python_training.environments.actions import Actions, BoxActions
from python_training.systems.ppo.config import PPOConfig
from python_training.systems.ppo.mlp import Layer


def action_spec(actions: Actions) -> Any:
    """The spec of raw actions: unbounded where they are continuous, since draws are stored unclipped."""
    if isinstance(actions, BoxActions):
        return tensor_spec.TensorSpec((actions.outputs,), tf.float32)
    if not actions.shape:
        return tensor_spec.BoundedTensorSpec((), tf.int64, 0, actions.counts[0] - 1)
    return tensor_spec.BoundedTensorSpec((len(actions.counts),), tf.int64, 0, np.array(actions.counts) - 1)


class Choices(tfp.distributions.Independent):  # type: ignore[misc]  # tensorflow_probability has no types
    """Several choices at once, each drawn by itself, from logits (..., choices, options)."""

    def __init__(self, logits: Any, dtype: Any = tf.int64, name: str = "Choices") -> None:
        each = tfp.distributions.Categorical(logits=logits, dtype=dtype)
        super().__init__(each, reinterpreted_batch_ndims=1, name=name)
        self._parameters = {"logits": logits, "dtype": dtype, "name": name}


class LogitsProjection(network.DistributionNetwork):  # type: ignore[misc]  # tf_agents has no types
    """One logit an option of each choice, one choice after the other.

    Choices of fewer options than the largest have logits of -1e9 in the places that are left: never drawn, and worth
    nothing in entropy and gradient. TF-Agents' own CategoricalProjectionNetwork fails with NumPy 2.4 (int of a 1-d
    array).
    """

    def __init__(self, spec: Any) -> None:
        counts = np.atleast_1d(np.asarray(spec.maximum)) + 1
        most, count = int(counts.max()), int(counts.sum())
        shape = (*spec.shape, most)
        logits = {"logits": tensor_spec.TensorSpec(shape, tf.float32, name="logits")}
        super().__init__(
            input_tensor_spec=None,
            state_spec=(),
            output_spec=distribution_spec.DistributionSpec(
                Choices if spec.shape.rank else tfp.distributions.Categorical,
                logits,
                sample_spec=spec,
                dtype=spec.dtype,
            ),
            name="LogitsProjection",
        )
        begins = np.cumsum(counts) - counts
        places = begins[:, None] + np.arange(most)
        self._shape = shape
        self._absent = places >= (begins + counts)[:, None]
        self._places = np.where(self._absent, 0, places)
        self._logits = tf.keras.layers.Dense(count, kernel_initializer=tf.keras.initializers.Zeros(), name="logits")

    def call(self, inputs: Any, outer_rank: int, training: bool = False, mask: Any = None) -> tuple[Any, tuple[()]]:
        """The distribution for features with `outer_rank` batch dimensions; masks are not known here."""
        squash = utils.BatchSquash(outer_rank)
        flat = self._logits(squash.flatten(inputs), training=training)
        if len(self._shape) > 1:
            flat = tf.where(self._absent, -1e9, tf.gather(flat, self._places, axis=-1))
        logits = squash.unflatten(flat)
        return self.output_spec.build_distribution(logits=logits), ()


def actor_network(config: PPOConfig, observation_spec: Any, spec: Any) -> Any:
    """Hidden tanh layers, then a mean that is not squashed and a spread that no state changes; or logits."""
    return actor_distribution_network.ActorDistributionNetwork(
        observation_spec,
        spec,
        fc_layer_params=tuple(config.actor_fc_layers),
        activation_fn=tf.keras.activations.tanh,
        kernel_initializer=tf.keras.initializers.Zeros(),
        discrete_projection_net=LogitsProjection,
        continuous_projection_net=functools.partial(
            normal_projection_network.NormalProjectionNetwork,
            mean_transform=None,
            std_transform=tf.exp,
            state_dependent_std=False,
        ),
    )


def critic_network(config: PPOConfig, observation_spec: Any) -> Any:
    """Hidden tanh layers, then one number."""
    return value_network.ValueNetwork(
        observation_spec,
        fc_layer_params=tuple(config.value_fc_layers),
        activation_fn=tf.keras.activations.tanh,
        kernel_initializer=tf.keras.initializers.Zeros(),
    )


def assign(network: Any, layers: Sequence[Layer], log_std: NDArray[np.float32] | None = None) -> None:
    """Give `network` the weights of `layers` and, where it has one, the spread."""
    arrays = [array for layer in layers for array in layer]
    if log_std is not None and log_std.size:
        arrays.append(log_std)
    for variable, array in zip(network.trainable_weights, arrays, strict=True):
        variable.assign(array)


def read(network: Any) -> tuple[tuple[Layer, ...], NDArray[np.float32]]:
    """The weights of `network` as layers, and the log of its spread (empty if it has none)."""
    arrays = [np.array(variable.numpy()) for variable in network.trainable_weights]
    log_std = arrays.pop() if len(arrays) % 2 else np.zeros(0, dtype=np.float32)
    return tuple(zip(arrays[::2], arrays[1::2], strict=True)), log_std
