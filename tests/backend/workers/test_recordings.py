from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.workers.recordings import FOLDER, KEPT, Recordings
from python_training.runtime.session_spec import RECORDING


def leave(recordings: Recordings, folder: Path, session: str) -> None:
    """A session ends and leaves a recording."""
    (folder / RECORDING).write_text(f'"{session}"')
    recordings.keep(session, folder)


def test_a_recording_outlives_its_session(tmp_path: Path) -> None:
    """It is moved out of the session's folder and found by the session's id."""
    recordings = Recordings(tmp_path / "logs")
    leave(recordings, tmp_path, "abc123")
    found = recordings.find("abc123")
    assert found is not None
    assert found.read_text() == '"abc123"'
    assert not (tmp_path / RECORDING).exists()
    assert recordings.find("abc124") is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    """The oldest make room."""
    recordings = Recordings(tmp_path)
    for number in range(KEPT + 3):
        leave(recordings, tmp_path, f"{number:04x}")
        os.utime(tmp_path / FOLDER / f"{number:04x}.json", (number, number))
    leave(recordings, tmp_path, "ffff")
    assert [recordings.find(f"{number:04x}") is None for number in (0, 3, 4)] == [True, True, False]
    assert len(list((tmp_path / FOLDER).iterdir())) == KEPT


def test_a_session_without_a_recording_leaves_nothing(tmp_path: Path) -> None:
    """Worlds that were only watched are not recorded."""
    Recordings(tmp_path / "logs").keep("abc", tmp_path)
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("name", ["../secret", "a/b", "", "g", ".", "a" * 33])
def test_what_is_no_session_id_is_not_looked_up(tmp_path: Path, name: str) -> None:
    """Paths that a client made up never reach the file system."""
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / FOLDER).mkdir()
    assert Recordings(tmp_path).find(name) is None
