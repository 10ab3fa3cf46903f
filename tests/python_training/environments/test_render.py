from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from python_training.contracts.errors import ConfigError, PaddockError
from python_training.environments.render import Film, film
from python_training.runtime.players import scripted_player


def filmed(path: Path, **changes: Any) -> Film:
    """Thirty steps of the expert, small."""
    options: dict[str, Any] = {"seed": 5, "max_steps": 30, "width": 160, **changes}
    return film(path, "lunabotics", {}, lambda playback: scripted_player(playback.world, "expert"), **options)


def test_gif_holds_the_frames_it_tells_of(tmp_path: Path) -> None:
    """Every counted frame is in the file, they differ, and nothing else is left in the folder."""
    made = filmed(tmp_path / "drive.gif")
    with Image.open(made.path) as picture:
        assert (picture.n_frames, picture.width) == (made.frames, 160)
        first = np.asarray(picture.convert("RGB"))
        picture.seek(made.frames - 1)
        assert (np.asarray(picture.convert("RGB")) != first).any()
    assert (made.seed, made.steps) == (5, 30)
    assert [path.name for path in tmp_path.iterdir()] == ["drive.gif"]


def test_mp4_can_be_decoded(tmp_path: Path) -> None:
    """Ffmpeg reads the film back, with the length that was told."""
    import imageio_ffmpeg

    made = filmed(tmp_path / "drive.mp4")
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(made.path))
    assert frames == made.frames
    assert seconds == pytest.approx(made.seconds, abs=0.1)


def test_equal_seeds_give_equal_films(tmp_path: Path) -> None:
    """The same episode is filmed to the same bytes, another one is not."""
    one, two, other = (filmed(tmp_path / f"{index}.gif", seed=seed) for index, seed in enumerate((5, 5, 6)))
    assert one.path.read_bytes() == two.path.read_bytes() != other.path.read_bytes()


def test_faster_film_is_shorter(tmp_path: Path) -> None:
    """At four times the speed the film takes a quarter of the time."""
    slow, fast = filmed(tmp_path / "a.gif", speed=1), filmed(tmp_path / "b.gif", speed=4)
    assert fast.seconds == pytest.approx(slow.seconds / 4, rel=0.25)


@pytest.mark.parametrize(
    ("name", "changes", "field"), [("drive.avi", {}, "output"), ("drive.gif", {"speed": 0.0}, "speed")]
)
def test_wrong_request_names_the_field(tmp_path: Path, name: str, changes: dict[str, Any], field: str) -> None:
    """Another ending or a speed of nothing is told before anything is played."""
    with pytest.raises(ConfigError) as caught:
        filmed(tmp_path / name, **changes)
    assert caught.value.field == field
    assert not list(tmp_path.iterdir())


def test_world_without_picture_is_refused(tmp_path: Path) -> None:
    """A foreign Gymnasium id draws no ViewFrame."""
    with pytest.raises(ConfigError, match="CartPole-v1"):
        film(tmp_path / "x.gif", "CartPole-v1", {}, lambda playback: scripted_player(playback.world, "random"), seed=1)


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A file that cannot be written is an error of ours."""
    with pytest.raises(PaddockError, match="cannot be written"):
        filmed(tmp_path / "missing" / "drive.gif")
