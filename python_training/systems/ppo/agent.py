"""TF-Agents' PPO agent with the faults of its update corrected."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import tensorflow as tf
from tf_agents.agents import tf_agent
from tf_agents.agents.ppo import ppo_clip_agent, ppo_utils
from tf_agents.trajectories import time_step as ts
from tf_agents.utils import common

Losses = namedtuple("Losses", ("loss", "policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction"))
"""Scalars of one minibatch."""


class CorrectedPPOAgent(ppo_clip_agent.PPOClipAgent):  # type: ignore[misc]  # tf_agents has no types
    """PPO with the clipped objective, whose training step uses advantages and returns exactly as they are given.

    TF-Agents' own step (0.19.0) leaves out every sample whose return and advantage are both 0, and normalises
    advantages anew in each minibatch, masked samples included. Here the caller passes valid samples only, and
    advantages that were normalised over the whole rollout. Networks, distributions and losses are TF-Agents'.

    Attributes:
        entropy_coef: weight of the entropy bonus, a variable. (TF-Agents' is a constant of the graph.)
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        self.entropy_coef = tf.Variable(0.0, trainable=False)
        super().__init__(*args, entropy_regularization=1.0, **settings)  # above 0, so that the bonus is computed

    def _train(self, experience: Any, weights: Any) -> tf_agent.LossInfo:
        """One gradient step on a minibatch: a Trajectory with outer dims (B, 1)."""
        experience = self._as_trajectory(experience)
        info = experience.policy_info
        behaviour = ppo_utils.distribution_from_spec(
            self._action_distribution_spec, info["dist_params"], legacy_distribution_network=True
        )
        variables = [*self._actor_net.trainable_weights, *self._value_net.trainable_weights]
        with tf.GradientTape() as tape:
            loss_info = self.get_loss(
                ts.TimeStep(experience.step_type, experience.reward, experience.discount, experience.observation),
                experience.action,
                common.log_probability(behaviour, experience.action, self._action_spec),
                info["return"],
                info["advantage"],
                info["dist_params"],
                tf.ones_like(info["return"]) if weights is None else weights,
                self.train_step_counter,
                debug_summaries=False,
                old_value_predictions=info["value_prediction"],
                training=True,
            )
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss_info.loss, variables), self._gradient_clipping)
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        self.train_step_counter.assign_add(1)
        losses = Losses(
            loss_info.loss,
            loss_info.extra.policy_gradient_loss,
            loss_info.extra.value_estimation_loss,
            self._entropy,
            self._approx_kl,
            loss_info.extra.clip_fraction,
        )
        return tf_agent.LossInfo(loss_info.loss, losses)

    def entropy_regularization_loss(
        self, time_steps: Any, entropy: Any, weights: Any, debug_summaries: bool = False
    ) -> Any:
        """Minus the mean entropy, weighted by `entropy_coef`, which may change from update to update."""
        return -tf.reduce_mean(entropy * weights) * self.entropy_coef

    def policy_gradient_loss(
        self,
        time_steps: Any,
        actions: Any,
        sample_action_log_probs: Any,
        advantages: Any,
        current_policy_distribution: Any,
        weights: Any,
        debug_summaries: bool = False,
    ) -> Any:
        """TF-Agents' clipped objective; entropy and KL divergence are noted on the way."""
        log_ratio = (
            common.log_probability(current_policy_distribution, actions, self._action_spec) - sample_action_log_probs
        )
        self._approx_kl = tf.reduce_mean(tf.exp(log_ratio) - 1.0 - log_ratio)
        self._entropy = tf.reduce_mean(common.entropy(current_policy_distribution, self._action_spec))
        return super().policy_gradient_loss(
            time_steps,
            actions,
            sample_action_log_probs,
            advantages,
            current_policy_distribution,
            weights,
            debug_summaries,
        )
