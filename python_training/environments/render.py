"""Films one episode: GIF for a README, MP4 for everything else."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from python_training.contracts.errors import ConfigError, PaddockError
from python_training.contracts.player import Player
from python_training.contracts.view import ViewFrame
from python_training.environments.playback import Playback
from python_training.foreign_code import contained
from python_training.raster import rasterise

ENDINGS = (".gif", ".mp4")
GIF_FPS = 12.5
"""GIF counts in hundredths of a second, and viewers slow down what is faster than about 20 a second."""
MP4_FPS = 30.0
GIF_COLOURS = 64

Picture = NDArray[np.uint8]
MakePlayer = Callable[[Playback], Player]


@dataclass(frozen=True, slots=True)
class Film:
    """What was filmed.

    Attributes:
        path: the file.
        frames: pictures in it.
        seconds: how long it plays.
        seed: of the episode.
        steps: decisions of the player.
        figures: what the last frame showed beside the picture.
    """

    path: Path
    frames: int
    seconds: float
    seed: int
    steps: int
    figures: Mapping[str, str | float | int]


@contained("the film")
def film(
    path: Path,
    world: str,
    config: Mapping[str, Any],
    make_player: MakePlayer,
    *,
    seed: int,
    speed: float = 2.0,
    max_steps: int | None = None,
    width: int = 640,
    figures: Mapping[str, str | float | int] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Film:
    """Play one episode and write it to `path`, whose ending (.gif or .mp4) decides the format.

    Args:
        path: replaced if it is there; appears only when it is complete.
        world: any name that `open_world` takes, of a world that draws pictures.
        config: the world's config.
        make_player: who plays, made when the world is open.
        seed: of the episode.
        speed: world seconds for one second of film.
        max_steps: end after so many decisions, even if the episode goes on.
        width: of the pictures, in pixels.
        figures: shown beside the world's own.
        on_progress: called with the number of steps played.

    Raises:
        ConfigError: another ending, a world that cannot be drawn, or a speed that is not positive.
        PaddockError: the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ConfigError(f"output must end in .gif or .mp4, got '{path.name}'.", field="output")
    if not speed > 0:
        raise ConfigError(f"speed must be positive, got {speed:g}.", field="speed")
    with contextlib.closing(Playback(world, config, seed)) as playback:
        playback.begin(make_player(playback))
        playback.world.require_pictures()
        step_rate = speed / playback.world.step_seconds()
        stride = max(1, round(step_rate / (GIF_FPS if ending == ".gif" else MP4_FPS)))
        shots = _Shots(playback, stride, max_steps, width, figures or {}, on_progress)
        temporary = path.with_name(f".{path.stem}.part{ending}")
        fps = step_rate / stride
        try:
            (_write_gif if ending == ".gif" else _write_mp4)(temporary, iter(shots), fps)
            temporary.replace(path)
        except OSError as error:
            raise PaddockError(f"{path} cannot be written: {error.strerror or error}.") from error
        finally:
            temporary.unlink(missing_ok=True)
        return Film(path, shots.taken, shots.taken / fps, seed, shots.steps, shots.last.figures)


class _Shots:
    """The pictures of one episode as it is played: the first, every `stride`-th and the last."""

    def __init__(
        self,
        playback: Playback,
        stride: int,
        max_steps: int | None,
        width: int,
        figures: Mapping[str, str | float | int],
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self._playback = playback
        self._stride = stride
        self._max_steps = max_steps
        self._width = width
        self._figures = figures
        self._on_progress = on_progress
        self.taken = 0
        self.steps = 0
        self.last: ViewFrame = playback.frame(figures)

    def __iter__(self) -> Iterator[Picture]:
        yield self._shoot()
        while not self._playback.ended and self.steps != self._max_steps:
            self._playback.step()
            self.steps += 1
            if self._on_progress is not None:
                self._on_progress(self.steps)
            over = self._playback.ended or self.steps == self._max_steps
            if over or self.steps % self._stride == 0:
                yield self._shoot()

    def _shoot(self) -> Picture:
        self.taken += 1
        self.last = self._playback.frame(self._figures)
        return rasterise(self.last, width=self._width, caption=True)


def _write_gif(path: Path, pictures: Iterator[Picture], fps: float) -> None:
    # One palette for the whole film: colours do not flicker, and equal pixels compress away.
    first = Image.fromarray(next(pictures)).quantize(GIF_COLOURS)
    rest = (Image.fromarray(picture).quantize(palette=first, dither=Image.Dither.NONE) for picture in pictures)
    first.save(path, save_all=True, append_images=rest, duration=round(1000 / fps), loop=0)


def _write_mp4(path: Path, pictures: Iterator[Picture], fps: float) -> None:
    import imageio_ffmpeg

    first = next(pictures)
    height, width, _ = first.shape
    # Every player can show yuv420p, which wants even sizes: macro_block_size=2 scales an odd one by a pixel.
    writer = imageio_ffmpeg.write_frames(
        str(path), (width, height), fps=fps, codec="libx264", pix_fmt_out="yuv420p", macro_block_size=2
    )
    with contextlib.closing(writer):
        writer.send(None)
        for picture in itertools.chain([first], pictures):
            writer.send(np.ascontiguousarray(picture))
