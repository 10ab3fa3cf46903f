from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from python_training.contracts.errors import CheckpointError, NoCheckpointError, UnknownNameError
from python_training.contracts.player import ExplainingPlayer, SeatedPlayer
from python_training.environments.open_world import open_world
from python_training.registry import SYSTEMS
from python_training.simulators.battlesnake.players.player_file import read_player_file
from python_training.systems.tuner.config import TunerConfig
from python_training.systems.tuner.published.player import load_policy, setting, task
from python_training.systems.tuner.published.read_document import DOCUMENT
from python_training.systems.tuner.trainer import TunerTrainer

MakeConfig = Callable[..., TunerConfig]
SNAKE: dict[str, Any] = {
    "objective": "battlesnake",
    "objective_config": {"tune": ["weights"], "opponents": [], "use_mcts": False, "game": {"width": 7, "height": 7}},
    "start": {"weights.space": 2.5},
}


def saved(config: TunerConfig, folder: Path) -> Path:
    """A checkpoint before any game."""
    folder.mkdir()
    with closing(TunerTrainer(config, threads=1)) as trainer:
        trainer.save(folder)
    return folder


def test_the_incumbent_of_a_checkpoint_plays_and_explains(small: MakeConfig, tmp_path: Path) -> None:
    """It sits in any seat of its world and says why it moves."""
    player = load_policy(saved(small(**SNAKE), tmp_path / "5"))
    assert isinstance(player, SeatedPlayer)
    assert isinstance(player, ExplainingPlayer)
    world = open_world("battlesnake", {}, 3)
    seen, _ = world.envs.reset(seed=[1, 2, 3])
    player.reset(3, 0)
    assert player.act(seen, world.envs).shape == player.act_seat(1, seen, world.envs).shape == (3,)
    told = player.explain(0, world.envs)
    assert told is not None
    assert told.chosen in ("up", "down", "left", "right")
    world.close()


def test_a_setting_is_whole(small: MakeConfig, tmp_path: Path) -> None:
    """What is tuned comes from the run, all else from the player that it tunes."""
    folder = saved(small(**SNAKE), tmp_path / "5")
    found = setting(folder, "best")
    file = read_player_file(folder / "config.yaml")
    assert found["values"] == {**file.values, "weights.space": 2.5}
    assert found["options"]["use_mcts"] is False
    assert set(SYSTEMS["tuner"].settings) == {"best", "recommended", "start"}
    for which in SYSTEMS["tuner"].settings:
        assert len(setting(folder, which)["values"]) == 31
    with pytest.raises(UnknownNameError, match="bets") as caught:
        setting(folder, "bets")
    assert caught.value.hint is not None
    assert "best" in caught.value.hint


def test_only_what_tunes_a_player_has_a_task(small: MakeConfig) -> None:
    """A bowl or a command is no world; a world is played as it was tuned for."""
    assert task(small().model_dump()) is None
    assert task({"objective": "shell", "objective_config": {}}) is None
    found = task(small(**SNAKE).model_dump())
    assert found is not None
    assert (found[0], found[1]["width"]) == ("battlesnake", 7)


def test_what_holds_no_player_is_refused(small: MakeConfig, tmp_path: Path) -> None:
    """Nothing saved yet, a run that tunes a bowl, and a damaged file each say so."""
    with pytest.raises(NoCheckpointError, match="yet"):
        setting(tmp_path, "best")
    with pytest.raises(CheckpointError, match="no player"):
        load_policy(saved(small(), tmp_path / "bowl"))
    for text in ("[", "[]", json.dumps({"objective": "battlesnake"})):
        (tmp_path / DOCUMENT).write_text(text)
        with pytest.raises(CheckpointError, match=DOCUMENT):
            load_policy(tmp_path)
