from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from backend.errors import NotFoundError
from backend.services.player_files import PlayerFiles
from python_training import registry
from python_training.contracts.config import config_dir
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.runtime.seats import document_hash

SNAKE = registry.WORLDS["battlesnake"]
DEFAULT = config_dir() / "presets" / "battlesnake" / "default.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The players of Battlesnake: one good, one deeper, one that is none, and a link that leads out."""
    folder = tmp_path / "players" / "battlesnake"
    (folder / "best").mkdir(parents=True)
    shutil.copy(DEFAULT, folder / "mine.yaml")
    shutil.copy(DEFAULT, folder / "best" / "of-june.yml")
    (folder / "broken.yaml").write_text("weights: {space: -4}\n")
    (folder / "notes.txt").write_text("not a player")
    shutil.copy(DEFAULT, tmp_path / "outside.yaml")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    return folder


@pytest.fixture
def files(folder: Path) -> PlayerFiles:
    """The service."""
    return PlayerFiles(folder.parent)


def test_presets_and_files_are_listed_and_the_faulty_say_why(files: PlayerFiles) -> None:
    """Presets first; a file that is no player is named with its fault; what leads out of the folder is not shown."""
    listed = [(each.kind, each.name, bool(each.fault)) for each in files.list(SNAKE)]
    assert ("preset", "default", False) in listed
    assert [each for each in listed if each[0] == "file"] == [
        ("file", "best/of-june.yml", False),
        ("file", "broken.yaml", True),
        ("file", "mine.yaml", False),
    ]
    assert "weights" in next(each.fault for each in files.list(SNAKE) if each.fault)
    assert files.list(registry.WORLDS["lunabotics"]) == ()


def test_a_file_is_the_preset_it_was_copied_from(files: PlayerFiles) -> None:
    """Equal files are equal players, wherever they lie."""
    wanted = document_hash(files.preset(SNAKE, "default"))
    assert document_hash(files.file(SNAKE, "mine.yaml")) == wanted
    assert document_hash(files.file(SNAKE, "best/of-june.yml")) == wanted


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("nobody.yaml", NotFoundError, "no file 'nobody.yaml'"),
        ("broken.yaml", ConfigError, "weights"),
        ("notes.txt", NotFoundError, "no file 'notes.txt'"),
        ("link.yaml", NotFoundError, "no file 'link.yaml'"),
        ("../../outside.yaml", NotFoundError, "no file '../../outside.yaml'"),
        ("/etc/passwd", NotFoundError, "no file '/etc/passwd'"),
        ("/etc/none", NotFoundError, "no file '/etc/none'"),
        ("a\0.yaml", NotFoundError, "no file 'a\0.yaml'"),
    ],
)
def test_only_players_below_the_folder_are_read(files: PlayerFiles, name: str, error: Any, message: str) -> None:
    """Wherever a link leads; what lies elsewhere is not told from what does not exist."""
    with pytest.raises(error, match=message):
        files.file(SNAKE, name)


def test_a_preset_that_is_not_there_is_spelt(files: PlayerFiles) -> None:
    """The nearest name is proposed; a world without such players says so."""
    with pytest.raises(UnknownNameError) as caught:
        files.preset(SNAKE, "defualt")
    assert caught.value.hint == "Did you mean 'default'?"
    with pytest.raises(ConfigError, match="has no players made of numbers"):
        files.preset(registry.WORLDS["arena"], "default")
