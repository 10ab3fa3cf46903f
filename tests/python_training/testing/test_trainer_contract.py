from __future__ import annotations

from typing import Any

import pytest

from python_training.registry import SYSTEMS
from python_training.testing.trainer_contract import TrainerCase, TrainerContract

# A system may import its libraries on a thread of its own, whenever it likes, and what they warn of is not our matter.
pytestmark = pytest.mark.filterwarnings("ignore")

SMALL_CONFIGS: dict[str, dict[str, Any]] = {
    "neat": {
        "pop_size": 12,
        "bouts": 3,
        "trial_bouts": 4,
        "held_out_bouts": 4,
        "sim_duration": 5.0,
        "snapshot_interval": 2,
        "headless_mode": False,
    },
    "ppo": {
        "num_envs": 4,
        "rollout_length": 32,
        "batch_size": 32,
        "num_epochs": 2,
        "actor_fc_layers": [16],
        "value_fc_layers": [16],
        "eval_every": 2,
        "eval_episodes": 2,
    },
    "tuner": {
        "objective": "python_training.testing.bowl_objective:BowlObjective",
        "games": 40,
        "parallel_configs": 2,
        "use_llm": False,
        "search": {"games_per_candidate": 40},
        "pattern": {"min_winners": 2, "epochs": 5},
    },
    "scripted": {"seed": 3, "steps_per_advance": 5, "nan_from_step": 12},
}
"""A config for every system of the registry that makes an update take a second or less."""


def test_every_system_is_tested() -> None:
    """A new registry entry needs a small config here."""
    assert set(SMALL_CONFIGS) == set(SYSTEMS)


@pytest.fixture(scope="module", params=sorted(SMALL_CONFIGS))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TrainerCase:
    """Each system in turn."""
    return TrainerCase(request.param, SMALL_CONFIGS[request.param], tmp_path_factory.mktemp(request.param))


class TestTrainerContract(TrainerContract):
    """Every system of the registry keeps the contract."""
