"""Draws a ViewFrame into an array of pixels, for `render` of a world, GIF and MP4; the browser draws its own."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from python_training.contracts.view import Shape, ViewFrame

Theme = Literal["light", "dark"]

PALETTES: dict[Theme, dict[str, str]] = {
    "light": {
        "ground": "#f6f3ee",
        "ground-alt": "#ece7df",
        "zone-a": "#cfe0f5",
        "zone-b": "#f3ddb8",
        "zone-c": "#cfe8d2",
        "line": "#6d6760",
        "muted": "#8f877d",
        "text": "#22201d",
        "accent": "#2f6fd0",
        "accent-2": "#d9822b",
        "accent-3": "#7d4fc4",
        "good": "#2f9e57",
        "warn": "#d9a400",
        "bad": "#d13d3d",
        "player-1": "#0068a8",
        "player-2": "#a84300",
        "player-3": "#00735a",
        "player-4": "#a03c86",
        "player-5": "#765800",
        "player-6": "#9d1f45",
        "player-7": "#3a3a46",
        "player-8": "#5b3fa8",
    },
    "dark": {
        "ground": "#1d1b19",
        "ground-alt": "#272421",
        "zone-a": "#22364f",
        "zone-b": "#4a3a1e",
        "zone-c": "#21422b",
        "line": "#9a938a",
        "muted": "#7d766d",
        "text": "#efebe4",
        "accent": "#6ea3f2",
        "accent-2": "#f0a355",
        "accent-3": "#b08ae6",
        "good": "#5cc481",
        "warn": "#ecc94b",
        "bad": "#ef6b6b",
        "player-1": "#56a9e8",
        "player-2": "#f0803c",
        "player-3": "#2fc492",
        "player-4": "#e78fcf",
        "player-5": "#e8c547",
        "player-6": "#b9e06c",
        "player-7": "#e3e4ea",
        "player-8": "#a98bf0",
    },
}
"""What the palette names of `contracts.view` look like here."""

_OVERSAMPLING = 2
"""Pictures are drawn so many times larger and scaled down, which smooths edges."""
_CAPTION = 26
"""Height of the line of figures below a picture, in pixels."""
_LOSSLESS_PIXELS = 256 * 256
"""Images up to this size are sent as PNG: games of few pixels are enlarged on the screen, where JPEG would show."""
_JPEG_QUALITY = 85

Point = tuple[float, float]


def rasterise(
    frame: ViewFrame, *, width: int = 816, theme: Theme = "light", caption: bool = False
) -> NDArray[np.uint8]:
    """`frame` as RGB pixels of shape (height, width, 3).

    The height follows from the frame's proportions; both are even, as video encoders want. With `caption` the frame's
    figures are written in a line below. A sprite is drawn as the rectangle it fills.
    """
    if width < 16:
        raise ValueError(f"A picture must be at least 16 pixels wide, got {width}.")
    width -= width % 2
    height = max(2 * round(width * frame.height / frame.width / 2), 2)
    canvas = _Canvas(frame, width * _OVERSAMPLING, height * _OVERSAMPLING, PALETTES[theme])
    for layer in frame.layers:
        canvas.draw(layer.shapes)
    picture = canvas.image.resize((width, height), Image.Resampling.BOX)
    if caption:
        picture = _with_caption(picture, frame, PALETTES[theme])
    return np.asarray(picture, dtype=np.uint8)


def image_text(pixels: NDArray[np.uint8]) -> str:
    """`pixels` as the `image` of a shape: small ones as PNG, larger ones as JPEG, in base64.

    Args:
        pixels: (height, width, 3) uint8 as an env's `rgb_array` gives them; (height, width) is grey.

    Raises:
        ValueError: the array has another shape or dtype, or no pixels.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(
            f"An image must be uint8 of shape (height, width, 3) or (height, width), got {pixels.dtype} of shape "
            f"{pixels.shape}."
        )
    height, width = pixels.shape[:2]
    if height == 0 or width == 0:
        raise ValueError(f"An image must have pixels, got shape {pixels.shape}.")
    file = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if height * width <= _LOSSLESS_PIXELS:
        image.save(file, "PNG", compress_level=1)
    else:
        image.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return base64.b64encode(file.getvalue()).decode("ascii")


class _Canvas:
    """An image, and the way from world units to its pixels."""

    def __init__(self, frame: ViewFrame, width: int, height: int, palette: dict[str, str]) -> None:
        self._scale = width / frame.width
        self._height = height
        self._palette = palette
        self.image = Image.new("RGB", (width, height), palette["ground"])
        # "RGBA" on an RGB image: what is drawn is blended by its opacity
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    def draw(self, shapes: Iterable[Shape]) -> None:
        for shape in shapes:
            if shape.kind == "circle":
                self._circle(shape)
            elif shape.kind == "text":
                self._text(shape)
            elif shape.kind == "image":
                self._image(shape)
            else:
                self._lines(shape)

    def _pixel(self, x: float, y: float) -> Point:
        return x * self._scale, self._height - y * self._scale

    def _colour(self, name: str, alpha: float) -> tuple[int, int, int, int] | None:
        if not name:
            return None
        red, green, blue = ImageColor.getrgb(self._palette[name])[:3]
        return red, green, blue, round(255 * min(max(alpha, 0.0), 1.0))

    def _pen_width(self, shape: Shape) -> int:
        return max(round(shape.width * self._scale), 1) if shape.stroke else 0

    def _circle(self, shape: Shape) -> None:
        x, y = self._pixel(shape.x, shape.y)
        r = shape.r * self._scale
        self._pen.ellipse(
            (x - r, y - r, x + r, y + r),
            fill=self._colour(shape.fill, shape.alpha),
            outline=self._colour(shape.stroke, shape.alpha),
            width=self._pen_width(shape),
        )

    def _text(self, shape: Shape) -> None:
        font = ImageFont.load_default(max(shape.size * self._scale, 1.0))
        colour = self._colour(shape.fill or "text", shape.alpha)
        self._pen.text(self._pixel(shape.x, shape.y), shape.text, fill=colour, font=font, anchor="mm")

    def _image(self, shape: Shape) -> None:
        size = max(round(shape.w * self._scale), 1), max(round(shape.h * self._scale), 1)
        with Image.open(io.BytesIO(base64.b64decode(shape.image)), formats=("PNG", "JPEG")) as file:
            picture = file.convert("RGBA").resize(size, Image.Resampling.BILINEAR)
        if shape.alpha < 1.0:
            picture.putalpha(picture.getchannel("A").point(lambda value: round(value * max(shape.alpha, 0.0))))
        if shape.angle:
            picture = picture.rotate(math.degrees(shape.angle), Image.Resampling.BILINEAR, expand=True)
        x, y = self._pixel(shape.x, shape.y)
        self.image.paste(picture, (round(x - picture.width / 2), round(y - picture.height / 2)), picture)

    def _lines(self, shape: Shape) -> None:
        corners = list(shape.points)
        if shape.kind in ("rect", "sprite"):
            w, h = shape.w / 2, shape.h / 2
            corners = [(-w, -h), (w, -h), (w, h), (-w, h)]
        cos, sin = math.cos(shape.angle), math.sin(shape.angle)
        path = [self._pixel(shape.x + a * cos - b * sin, shape.y + a * sin + b * cos) for a, b in corners]
        if len(path) < 2:
            return
        if shape.kind != "polyline":
            fill = self._colour(shape.fill or ("accent" if shape.kind == "sprite" else ""), shape.alpha)
            if fill is not None and len(path) > 2:
                self._pen.polygon(path, fill=fill)
            path.append(path[0])
        if shape.stroke:
            stroke = self._colour(shape.stroke, shape.alpha)
            self._pen.line(path, fill=stroke, width=self._pen_width(shape), joint="curve")


def _with_caption(picture: Image.Image, frame: ViewFrame, palette: dict[str, str]) -> Image.Image:
    taller = Image.new("RGB", (picture.width, picture.height + _CAPTION), palette["ground"])
    taller.paste(picture, (0, 0))
    text = "   ".join(f"{title} {value}" for title, value in frame.figures.items())
    font = ImageFont.load_default(0.5 * _CAPTION)
    middle = picture.height + _CAPTION / 2
    ImageDraw.Draw(taller).text((8, middle), text, fill=palette["text"], font=font, anchor="lm")
    return taller
