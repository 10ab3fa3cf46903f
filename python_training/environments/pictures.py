"""Pictures of environments from outside, which give pixels, as the ViewFrames that everybody here draws."""

from __future__ import annotations

from python_training.contracts.errors import ConfigError, WorldError
from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.environments.foreign_envs import ForeignEnvs

_BLANK, _TEXT = (16.0, 9.0), 0.35


def picture_frame(envs: ForeignEnvs, index: int, step_seconds: float) -> ViewFrame:
    """Copy `index` of `envs` as it draws itself; a line of text where it draws nothing, or cannot."""
    t = envs.elapsed(index) * step_seconds
    figures = {"Step": envs.elapsed(index)}
    from python_training.raster import image_text  # drawing libraries are of no use to training

    try:
        pixels, why = envs.picture(index), f"'{envs.name}' draws no pictures."
    except (ConfigError, WorldError) as error:
        pixels, why = None, error.message
    if pixels is None:
        width, height = _BLANK
        text = Shape("text", width / 2, height / 2, text=why[:100], size=_TEXT, fill="muted")
        return ViewFrame(t, width, height, (Layer("picture", (text,)),), figures)
    height, width = float(pixels.shape[0]), float(pixels.shape[1])
    image = Shape("image", width / 2, height / 2, w=width, h=height, image=image_text(pixels))
    return ViewFrame(t, width, height, (Layer("picture", (image,)),), figures)
