"""Pictures of environments from outside, which give pixels, as the ViewFrames that everybody here draws."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import ConfigError, WorldError
from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.environments.foreign_envs import ForeignEnvs

LARGEST = 640
"""Pixels of the longer side; larger pictures are scaled down before they travel."""

_BLANK, _TEXT = (16.0, 9.0), 0.35


def picture_frame(envs: ForeignEnvs, index: int, step_seconds: float) -> ViewFrame:
    """Copy `index` of `envs` as it draws itself; a line of text where it draws nothing, or cannot."""
    t = envs.elapsed(index) * step_seconds
    figures = {"Step": envs.elapsed(index)}
    try:
        pixels, why = envs.picture(index), f"'{envs.name}' draws no pictures."
    except (ConfigError, WorldError) as error:
        pixels, why = None, error.message
    if pixels is None:
        width, height = _BLANK
        text = Shape("text", width / 2, height / 2, text=why[:100], size=_TEXT, fill="muted")
        return ViewFrame(t, width, height, (Layer("picture", (text,)),), figures)
    height, width = float(pixels.shape[0]), float(pixels.shape[1])
    image = Shape("image", width / 2, height / 2, w=width, h=height, text=_data_url(pixels))
    return ViewFrame(t, width, height, (Layer("picture", (image,)),), figures)


def _data_url(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image  # of no use to training

    picture = Image.fromarray(pixels)
    picture.thumbnail((LARGEST, LARGEST))
    file = io.BytesIO()
    picture.save(file, "png", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
