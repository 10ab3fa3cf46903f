from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.runtime.frame_text import FrameWriter, length_digits

WALL = Layer("walls", (Shape("rect", x=500.0, y=350.0, w=1000.0, h=700.0, stroke="line"),), still=True)
SHIP = Shape("polygon", x=123.456789, y=1.0, angle=0.123456, points=((15.123456, 0.0), (-1.0, 2.0)), id="ship-0")
FRAME = ViewFrame(1.0000001, 1000.0, 700.0, (WALL, Layer("ships", (SHIP,))), {"Score": 3}, 2, {4: [0.5, -1.0]})


def test_lengths_are_cut_to_what_can_be_seen() -> None:
    """Within a twenty-thousandth of the world's width, whatever its unit; angles within half a milliradian."""
    shown = json.loads(FrameWriter().write(FRAME).full)
    ship = shown["layers"][1]["shapes"][0]
    assert (ship["x"], ship["angle"], ship["points"]) == (123.46, 0.123, [[15.12, 0.0], [-1.0, 2.0]])
    assert shown["t"] == 1.0
    assert shown["activations"] == {"4": [0.5, -1.0]}
    assert [length_digits(width) for width in (6.8, 25.0, 1000.0, 1e6)] == [4, 3, 2, 0]


def test_a_light_frame_names_what_stands_still() -> None:
    """The light text differs from the full one in nothing but the shapes of still layers."""
    text = FrameWriter().write(FRAME)
    full, light = json.loads(text.full), json.loads(text.light)
    assert light["layers"][0] == {"name": "walls", "still": True}
    assert full["layers"][0]["shapes"][0]["w"] == 1000.0
    assert {**full, "layers": full["layers"][1:]} == {**light, "layers": light["layers"][1:]}


def test_a_line_says_when_it_brings_other_still_layers() -> None:
    """Who has them gets the light frame, who does not the full one and a word of it."""
    writer = FrameWriter()
    text = writer.write(FRAME)
    assert text.line() == b'{"frame":' + text.full + b"}\n"
    assert text.line(text.stills) == b'{"frame":' + text.light + b"}\n"
    assert text.line(b"others") == b'{"stills":true,"frame":' + text.full + b"}\n"
    moved = replace(FRAME, t=2.0)
    assert writer.write(moved).stills == text.stills
    wider = replace(FRAME, layers=(replace(WALL, shapes=(replace(WALL.shapes[0], w=900.0),)), *FRAME.layers[1:]))
    assert writer.write(wider).stills != text.stills


def test_a_number_that_json_does_not_have_is_an_error() -> None:
    """NaN would make the whole frame unreadable for a browser."""
    broken = replace(FRAME, layers=(Layer("ships", (replace(SHIP, alpha=math.inf),)),))
    with pytest.raises(ValueError, match="JSON"):
        FrameWriter().write(broken)
