from __future__ import annotations

from typing import Any

import pytest

from backend.services.casting import Casting
from backend.services.elites import Elites
from backend.services.player_files import PlayerFiles
from backend.services.session_plans import SessionPlans
from python_training.contracts.errors import PaddockError, UnknownNameError
from python_training.contracts.seeds import TRAINING_SEEDS_END
from python_training.runtime.run_folder import create_run


@pytest.fixture
def plans(room: Any) -> SessionPlans:
    """The service."""
    return SessionPlans(room.runs, Casting(room.runs, Elites(room.runs), PlayerFiles(room.root / "players")))


def test_a_run_in_a_world_of_others_is_watched_there(room: Any, plans: SessionPlans) -> None:
    """Its world, its settings and the folder that it was begun in go to the session, also of a module of a user's."""
    config = {"env": "my_worlds:Walk", "env_config": {"length": 5}}
    folder = create_run(room.logs, room.root / "checkpoints", system="ppo", config=config, host_here=True)
    room.feed_all()
    plan = plans.watch(run=folder.id, player="random")
    assert plan.world == plan.shown["world"] == "my_worlds:Walk"
    assert plan.shown["world_config"] == {"length": 5}
    assert plan.shown["world_folder"] == folder.spec().started_in != ""
    assert plan.seed == TRAINING_SEEDS_END
    with pytest.raises(UnknownNameError, match="player named 'expert'"):
        plans.watch(run=folder.id, player="expert")


def test_a_registered_world_is_watched_without_a_run(plans: SessionPlans) -> None:
    """Any registered id with the player that every world has."""
    assert plans.watch(world="CartPole-v1", player="random").shown["world"] == "CartPole-v1"
    assert plans.watch(world="lunabotics", player="expert").shown["world"] == "lunabotics"


@pytest.mark.parametrize("world", ["os:path", "my_worlds:Walk", "CartPole-v99", "a:b:c", ""])
def test_other_worlds_are_not_named_by_a_browser(plans: SessionPlans, world: str) -> None:
    """What would import a module, or is not there, is refused, and nothing is imported to find out."""
    with pytest.raises(PaddockError) as refused:
        plans.watch(world=world or "nowhere", player="random")
    assert refused.value.field in ("world", "env")
