from __future__ import annotations

import numpy as np
import pytest

from python_training.systems.ppo.gae import advantages, explained_variance, normalised


def column(*values: float) -> np.ndarray:
    """One copy's values over time, (T, 1)."""
    return np.array(values, dtype=np.float64)[:, None]


def flags(*values: int) -> np.ndarray:
    """One copy's booleans over time, (T, 1)."""
    return np.array(values, dtype=bool)[:, None]


def test_the_value_after_the_last_step_is_the_bootstrap() -> None:
    """With r = 0, V = (0, 0, 0, 100), gamma 0.99: the last advantage is 99, which TF-Agents makes 0 (its issue 953)."""
    nowhere = flags(0, 0, 0)
    result = advantages(column(0, 0, 0), column(0, 0, 0, 100), nowhere, nowhere, 0.99, 1.0)
    assert result[:, 0] == pytest.approx([99 * 0.99**2, 99 * 0.99, 99.0])


def test_an_episode_that_was_cut_off_is_bootstrapped() -> None:
    """Cut off before a state worth 50, gamma 0.99: 49.5 was gained. TF-Agents says 0, as if the world had ended."""
    result = advantages(column(0, 0), column(0, 50, 7), flags(0, 0), flags(1, 0), 0.99, 0.95)
    assert result[0, 0] == pytest.approx(49.5)


def test_a_terminal_state_is_worth_nothing() -> None:
    """The value that the critic gives a terminal state does not count."""
    result = advantages(column(1, 0), column(0, 50, 7), flags(1, 0), flags(1, 0), 0.99, 0.95)
    assert result[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize("terminal", [0, 1])
def test_nothing_flows_from_the_next_episode_into_the_last(terminal: int) -> None:
    """What happens after an episode's end changes no advantage before it."""
    ends, terminated = flags(0, 1, 0, 0), flags(0, terminal, 0, 0)
    before = advantages(column(1, 2, 0, 3), column(4, 5, 6, 7, 8), terminated, ends, 0.9, 0.8)
    after = advantages(column(1, 2, 0, 300), column(4, 5, 6, 700, -800), terminated, ends, 0.9, 0.8)
    assert before[:2] == pytest.approx(after[:2])
    assert before[3] != pytest.approx(after[3])


def test_it_is_the_discounted_sum_of_surprises() -> None:
    """Against the definition, written out for two copies with random numbers and no end."""
    random = np.random.default_rng(0)
    rewards, values = random.normal(size=(5, 2)), random.normal(size=(6, 2))
    never = np.zeros((5, 2), dtype=bool)
    surprise = rewards + 0.97 * values[1:] - values[:-1]
    expected = [sum((0.97 * 0.9) ** (k - t) * surprise[k] for k in range(t, 5)) for t in range(5)]
    assert advantages(rewards, values, never, never, 0.97, 0.9) == pytest.approx(np.array(expected))


def test_values_of_another_length_are_refused() -> None:
    """Without the value of the last state there is nothing to bootstrap with."""
    with pytest.raises(ValueError, match=r"\(4, 1\), got \(3, 1\)"):
        advantages(column(0, 0, 0), column(0, 0, 0), flags(0, 0, 0), flags(0, 0, 0), 0.99, 0.95)


def test_normalisation_is_over_the_valid_samples_of_the_whole_rollout() -> None:
    """A huge value in a masked row changes nothing, and masked rows become 0."""
    values = np.array([[1.0, 2.0], [3.0, 1e9]])
    valid = np.array([[True, True], [True, False]])
    result = normalised(values, valid)
    assert result[valid].mean() == pytest.approx(0.0)
    assert result[valid].std() == pytest.approx(1.0)
    assert result[1, 1] == 0.0


def test_explained_variance_is_one_for_a_perfect_critic_and_nan_without_variance() -> None:
    """1 - Var[error] / Var[return]."""
    returns = np.array([1.0, 2.0, 4.0])
    assert explained_variance(returns, returns) == 1.0
    assert explained_variance(returns, np.zeros(3)) == pytest.approx(0.0)
    assert np.isnan(explained_variance(np.ones(3), np.zeros(3)))
