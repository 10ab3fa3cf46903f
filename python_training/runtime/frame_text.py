"""Frames as JSON text, made for sixty a second: short numbers, and layers that stand still only when they are new."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from python_training.contracts.view import Layer, Shape, ViewFrame

STEPS_ACROSS = 20_000
"""Lengths are rounded to at most this share of the world's width: a tenth of a pixel on a screen of 2,000."""

_ANGLE_DIGITS = 3
_LENGTHS = ("x", "y", "r", "w", "h", "size", "width")


@dataclass(frozen=True, slots=True)
class FrameText:
    """One frame as JSON, twice.

    Attributes:
        full: all of it.
        light: its still layers without their shapes, for who has them already.
        stills: the still layers alone; who was sent these very bytes has them.
    """

    full: bytes
    light: bytes
    stills: bytes

    def line(self, known: bytes | None = None) -> bytes:
        """The message to a watcher who has the still layers `known`: it says so when it carries other ones."""
        if known is None:
            return b'{"frame":' + self.full + b"}\n"
        if known == self.stills:
            return b'{"frame":' + self.light + b"}\n"
        return b'{"stills":true,"frame":' + self.full + b"}\n"


class FrameWriter:
    """Writes the frames of one world; used from one thread."""

    def __init__(self) -> None:
        self._still: dict[str, tuple[Layer, str]] = {}

    def write(self, frame: ViewFrame) -> FrameText:
        """`frame` as text; raises ValueError if a number in it is not finite."""
        digits = length_digits(frame.width)
        full: list[str] = []
        light: list[str] = []
        stills: list[str] = []
        for layer in frame.layers:
            if layer.still:
                text = self._still_text(layer, digits)
                light.append(_text({"name": layer.name, "still": True}))
                stills.append(text)
            else:
                text = _layer_text(layer, digits)
                light.append(text)
            full.append(text)
        facts = _text({**frame.facts(), "t": round(frame.t, 4)})[:-1]
        return FrameText(
            f'{facts},"layers":[{",".join(full)}]}}'.encode(),
            f'{facts},"layers":[{",".join(light)}]}}'.encode(),
            "".join(stills).encode(),
        )

    def _still_text(self, layer: Layer, digits: int) -> str:
        kept = self._still.get(layer.name)
        if kept is None or kept[0] != layer:
            kept = self._still[layer.name] = layer, _layer_text(layer, digits)
        return kept[1]


def length_digits(width: float) -> int:
    """Decimals that lengths keep in a world so wide."""
    return max(0, math.ceil(math.log10(STEPS_ACROSS / width))) if width > 0 else _ANGLE_DIGITS


def _layer_text(layer: Layer, digits: int) -> str:
    shapes = [_rounded(each, digits) for each in layer.shapes]
    return _text({"name": layer.name, "still": layer.still, "shapes": shapes})


def _rounded(shape: Shape, digits: int) -> dict[str, Any]:
    shown = shape.to_dict()
    for name in _LENGTHS:
        if name in shown:
            shown[name] = round(shown[name], digits)
    if "points" in shown:
        shown["points"] = [(round(x, digits), round(y, digits)) for x, y in shown["points"]]
    if "angle" in shown:
        shown["angle"] = round(shown["angle"], _ANGLE_DIGITS)
    if "alpha" in shown:
        shown["alpha"] = round(shown["alpha"], _ANGLE_DIGITS)
    return shown


_text = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
