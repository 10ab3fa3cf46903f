from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from python_training.contracts.errors import ConfigError, PaddockError, UnknownNameError
from python_training.contracts.seeds import held_out_seeds
from python_training.environments import evaluate as module
from python_training.environments.evaluate import Evaluation, evaluate
from python_training.environments.open_world import open_world
from python_training.runtime.players import RandomActions, scripted_player


class Balancer:
    """Pushes the cart to where the pole leans, which is too late: its episodes on CartPole differ in length."""

    def reset(self, num_envs: int, seed: int) -> None:
        """It remembers nothing."""

    def act(self, observations: Any, world: Any) -> Any:
        """Push right when the pole leans right."""
        return (observations[:, 2] > 0).astype(np.int64)


def play_alone(seed: int) -> tuple[float, int]:
    """One episode of CartPole with the balancer, played without anything of ours between."""
    import gymnasium

    env, balancer = gymnasium.make("CartPole-v1"), Balancer()
    observation, _ = env.reset(seed=seed)
    total, length, over = 0.0, 0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(int(balancer.act(observation[None], None)[0]))
        total, length, over = total + float(reward), length + 1, terminated or truncated
    env.close()
    return total, length


def test_batched_episodes_equal_episodes_played_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each seed's return and length are those of that seed played by itself, also over several uneven batches."""
    monkeypatch.setattr(module, "BATCH", 3)
    found = evaluate(Balancer(), "CartPole-v1", episodes=7)
    assert found.seeds == held_out_seeds(7)
    assert len(set(found.lengths)) > 1, "episodes of one length would prove little"
    assert list(zip(found.returns, found.lengths, strict=True)) == [play_alone(seed) for seed in found.seeds]


def test_random_play_is_repeatable() -> None:
    """Equal seeds give equal evaluations, also for a player that draws at random."""
    world = open_world("Pendulum-v1", {}, 1)
    player = RandomActions(world.envs.single_action_space)
    world.close()
    assert evaluate(player, "Pendulum-v1", seeds=[1, 2, 3]) == evaluate(player, "Pendulum-v1", seeds=[1, 2, 3])


def test_expert_beats_random_on_held_out_lunabotics() -> None:
    """The expert delivers in every episode, random in none, and the figures come from the world."""
    world = open_world("lunabotics", {}, 1)
    expert, random = (
        evaluate(scripted_player(world, name), "lunabotics", episodes=4).summary() for name in ("expert", "random")
    )
    world.close()
    assert (expert["success_rate"], random["success_rate"]) == (1.0, 0.0)
    assert expert["success_rate_ci"][0] > random["success_rate_ci"][1]
    assert expert["orbs_deposited_mean"] >= 1.0 > random["orbs_deposited_mean"] == 0.0
    assert expert["return_ci"][0] < expert["return_mean"] < expert["return_ci"][1]


def test_progress_counts_up_to_the_episodes_asked_for() -> None:
    """The last report says that all are done."""
    seen: list[tuple[int, int]] = []
    evaluate(Balancer(), "CartPole-v1", episodes=2, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)


def test_summary_of_one_episode_has_no_interval_of_means() -> None:
    """A rate always has an interval, a mean of one value has none."""
    summary = Evaluation((5,), (2.0,), (10,), {"success_rate": (1.0,), "orbs": (3.0,)}).summary()
    assert summary["return_ci"] is None
    assert summary["orbs_ci"] is None
    assert summary["success_rate_ci"][1] == 1.0


@pytest.mark.parametrize("episodes", [0, -1, 10**9])
def test_number_of_episodes_is_checked(episodes: int) -> None:
    """A count that makes no sense names the field."""
    with pytest.raises(ConfigError) as caught:
        evaluate(Balancer(), "CartPole-v1", episodes=episodes)
    assert caught.value.field == "episodes"


def test_unknown_world_is_answered_with_a_suggestion() -> None:
    """A misspelt world proposes the right one."""
    with pytest.raises(UnknownNameError, match="lunabotcs") as caught:
        evaluate(Balancer(), "lunabotcs")
    assert caught.value.hint == "Did you mean 'lunabotics'?"


def test_world_config_is_checked_by_field() -> None:
    """An unknown field of the world's config is named with the path that it has in a run's config."""
    with pytest.raises(ConfigError) as caught:
        open_world("lunabotics", {"orb_cuont": 3}, 1)
    assert caught.value.field == "env_config.orb_cuont"


def test_argument_that_an_env_does_not_take_is_an_error() -> None:
    """A keyword that a Gymnasium env does not know is told, not raised as a TypeError."""
    with pytest.raises(PaddockError, match="Pendulum-v1"):
        open_world("Pendulum-v1", {"wings": 2}, 1)


def test_unknown_player_names_those_there_are() -> None:
    """A world says which players it has."""
    world = open_world("lunabotics", {}, 1)
    with pytest.raises(UnknownNameError) as caught:
        scripted_player(world, "exprt")
    world.close()
    assert caught.value.hint == "Did you mean 'expert'?"


def test_world_with_a_score_is_scored_over_sets_of_ten() -> None:
    """Each set of ten episodes has the score that the world's own function gives it; the interval is over the sets."""
    from python_training import registry

    world = open_world("arena", {"sim_duration": 3.0}, 1)
    player = scripted_player(world, "ace")
    world.close()
    found = evaluate(player, "arena", {"sim_duration": 3.0}, episodes=25)
    score = registry.load(registry.WORLDS["arena"].score)
    sets = [range(13), range(13, 25)]
    expected = [
        score({name: np.asarray(values)[list(each)] for name, values in found.figures.items()}) for each in sets
    ]
    assert found.scores == tuple(expected)
    summary = found.summary()
    assert list(summary)[:2] == ["score_mean", "score_ci"]
    assert summary["score_mean"] == pytest.approx(np.mean(expected))
    assert summary["score_ci"][0] < summary["score_mean"] < summary["score_ci"][1]


def test_world_without_a_score_reports_none() -> None:
    """Elsewhere the mean return says it all."""
    assert "score_mean" not in evaluate(Balancer(), "CartPole-v1", episodes=2).summary()
