"""What a PPO run measures. Light to import."""

from __future__ import annotations

from dataclasses import replace

from python_training import registry
from python_training.contracts.config import SystemConfig
from python_training.contracts.metrics import MetricSpec
from python_training.systems.ppo.config import PPOConfig, of_ppo

_EPISODES = (
    MetricSpec("episode", "Episodes", "Training episodes that have ended since the run began.", aggregate="max"),
    MetricSpec(
        "episode_reward",
        "Episode reward",
        "Mean undiscounted return of the training episodes that ended during the update's rollout.",
        panel="Reward",
        better="higher",
    ),
    MetricSpec(
        "avg_reward_100",
        "Mean of 100 episodes",
        "Mean undiscounted return of the last 100 training episodes.",
        panel="Reward",
        better="higher",
        aggregate="last",
    ),
)
_LOSS = MetricSpec(
    "loss",
    "Loss",
    "What Adam minimised, over the update: policy loss + value loss - entropy bonus.",
    panel="Loss",
)
_LEARNING = (
    MetricSpec(
        "episode_length",
        "Episode length",
        "Mean steps of the training episodes that ended during the update's rollout.",
        unit="steps",
        panel="Episode length",
    ),
    MetricSpec(
        "policy_loss",
        "Policy loss",
        "Clipped surrogate objective, negated (Schulman et al. 2017, eq. 7), mean over the update.",
        panel="Policy loss",
    ),
    MetricSpec(
        "value_loss",
        "Value loss",
        "Squared error of the critic against the lambda return, times value_coef, mean over the update.",
        panel="Value loss",
        better="lower",
    ),
    MetricSpec("entropy", "Entropy", "Mean entropy of the policy over the update.", unit="nat", panel="Exploration"),
    MetricSpec(
        "exploration_rate",
        "Exploration",
        "Continuous actions: mean standard deviation, in half action ranges. Discrete: entropy as a share of the "
        "greatest possible.",
        panel="Exploration",
    ),
    MetricSpec(
        "approx_kl",
        "KL divergence",
        "Estimate E[(r - 1) - log r] of the last epoch, r the probability ratio (Schulman, joschu.net/blog/kl-approx).",
        panel="Policy change",
    ),
    MetricSpec(
        "clip_fraction",
        "Clipped share",
        "Share of samples whose probability ratio left the clip range, mean over the update.",
        panel="Policy change",
    ),
    MetricSpec(
        "explained_variance",
        "Explained variance",
        "1 - Var[return - value] / Var[return] of the critic that gathered the rollout; 1 is perfect.",
        panel="Explained variance",
        better="higher",
    ),
    MetricSpec("learning_rate", "Learning rate", "Adam's step size of the update.", panel="Learning rate"),
    MetricSpec(
        "steps_per_sec",
        "Speed",
        "Environment steps per second of the clock, update and evaluation included.",
        unit="1/s",
        panel="Speed",
        better="higher",
        deterministic=False,
    ),
)
_EVALUATION = MetricSpec(
    "eval_return",
    "Return, held out",
    "Mean undiscounted return over the held-out seeds, most probable actions, no curriculum or randomisation.",
    panel="Reward",
    better="higher",
    aggregate="last",
    primary=True,
)


def world_metrics(config: PPOConfig) -> tuple[MetricSpec, ...]:
    """The figures that the config's world reports at the end of an episode; none for a Gymnasium id of others."""
    entry = registry.world(config.env)
    return registry.load(entry.metrics) if entry else ()


def metrics(config: SystemConfig) -> tuple[MetricSpec, ...]:
    """The metrics that a run with `config` may emit; `eval_<figure>` is a world's figure on held-out seeds.

    In the order in which the dashboard shows them: reward, loss and how well the task is done come first.
    """
    figures = world_metrics(of_ppo(config))
    held_out = tuple(
        replace(
            spec,
            name=f"eval_{spec.name}",
            title=f"{spec.title}, held out",
            doc=f"{spec.doc.rstrip('.')}: mean over the held-out seeds, most probable actions.",
            aggregate="last",
        )
        for spec in figures
    )
    return (*_EPISODES, _EVALUATION, _LOSS, *figures, *held_out, *_LEARNING)
