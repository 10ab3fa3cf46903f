from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageColor

from python_training.contracts.view import Layer, Shape, ViewFrame
from python_training.raster import PALETTES, image_text, rasterise


def frame(*shapes: Shape) -> ViewFrame:
    """A field of 4 x 2 with `shapes` on it."""
    return ViewFrame(t=0.0, width=4.0, height=2.0, layers=[Layer("all", shapes)], figures={"Return": 3})


def colour(name: str, theme: str = "light") -> tuple[int, ...]:
    """The pixel that a palette name gives."""
    return ImageColor.getrgb(PALETTES[theme][name])


def test_pictures_have_the_frames_proportions_and_even_sides() -> None:
    """Width is as asked, height follows; video encoders want both even."""
    assert rasterise(frame(), width=401).shape == (200, 400, 3)
    assert rasterise(frame(), width=100).dtype == np.uint8
    assert rasterise(frame(), width=100, caption=True).shape == (76, 100, 3)
    with pytest.raises(ValueError, match="at least 16"):
        rasterise(frame(), width=3)


def test_shapes_lie_where_they_should() -> None:
    """The origin is at the bottom left, y points up, and later shapes cover earlier ones."""
    picture = rasterise(
        frame(
            Shape("rect", x=1.0, y=0.5, w=2.0, h=1.0, fill="good"),
            Shape("circle", x=3.0, y=1.5, r=0.3, fill="bad"),
            Shape("circle", x=0.5, y=0.5, r=0.2, fill="warn"),
        ),
        width=400,
    )
    assert tuple(picture[150, 150]) == colour("good")
    assert tuple(picture[50, 300]) == colour("bad")
    assert tuple(picture[150, 50]) == colour("warn")
    assert tuple(picture[50, 50]) == colour("ground")


def test_polygons_turn_about_their_place() -> None:
    """Points are relative to (x, y) and turned counter-clockwise by the angle."""
    bar = ((0.0, -0.1), (0.8, -0.1), (0.8, 0.1), (0.0, 0.1))
    picture = rasterise(frame(Shape("polygon", x=2.0, y=1.0, angle=np.pi / 2, points=bar, fill="text")), width=400)
    assert tuple(picture[50, 200]) == colour("text")
    assert tuple(picture[100, 250]) == colour("ground")
    assert tuple(picture[150, 200]) == colour("ground")


def test_every_kind_of_shape_leaves_its_mark() -> None:
    """Lines, texts, outlines and sprites are drawn too, and opacity blends."""
    for shape in (
        Shape("polyline", points=((0.5, 1.0), (3.5, 1.0)), stroke="accent", width=0.1),
        Shape("text", x=2.0, y=1.0, text="Berm", size=0.5, fill="accent"),
        Shape("rect", x=2.0, y=1.0, w=1.0, h=1.0, stroke="accent", width=0.1),
        Shape("sprite", x=2.0, y=1.0, w=1.0, h=1.0, text="ship"),
        Shape("polygon", points=((1.0, 0.5), (3.0, 0.5), (2.0, 1.5)), fill="accent", alpha=1.0),
    ):
        assert (rasterise(frame(shape), width=200) == colour("accent")).all(axis=2).any(), shape.kind
    half = rasterise(frame(Shape("circle", x=2.0, y=1.0, r=0.5, fill="text", alpha=0.5)), width=200)[50, 100]
    assert half == pytest.approx((np.array(colour("text")) + colour("ground")) / 2, abs=2)


def test_themes_and_captions_change_the_picture() -> None:
    """Dark is dark, and the caption writes the figures below."""
    assert rasterise(frame(), theme="dark").mean() < 60 < 200 < rasterise(frame(), theme="light").mean()
    captioned = rasterise(frame(), width=200, caption=True)
    assert (captioned[:100] == rasterise(frame(), width=200)).all()
    assert (captioned[100:] != colour("ground")).any()


def test_palettes_name_the_same_colours() -> None:
    """Both themes know every name of the contract."""
    assert set(PALETTES["light"]) == set(PALETTES["dark"])
    assert len(PALETTES["light"]) == 14 + 8


def test_an_image_fills_its_rectangle_upright() -> None:
    """The first row of pixels is at the top of the rectangle, whatever the file's format."""
    for side in (8, 400):
        pixels = np.zeros((side, side, 3), np.uint8)
        pixels[: side // 2] = (255, 0, 0)
        pixels[side // 2 :] = (0, 0, 255)
        shown = rasterise(frame(Shape("image", x=3.0, y=1.0, w=2.0, h=2.0, image=image_text(pixels))), width=400)
        assert shown[40, 300] == pytest.approx([255, 0, 0], abs=6)
        assert shown[160, 300] == pytest.approx([0, 0, 255], abs=6)
        assert tuple(shown[100, 100]) == colour("ground")


def test_images_turn_and_fade() -> None:
    """An angle is counter-clockwise and alpha blends, as for every other shape."""
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:, 2:] = 255
    turned = Shape("image", x=2.0, y=1.0, w=1.0, h=1.0, angle=np.pi / 2, image=image_text(pixels))
    shown = rasterise(frame(turned), width=400)
    assert (shown[60, 200] > 250).all()
    assert (shown[140, 200] < 5).all()
    faded = replace(turned, alpha=0.5)
    half = rasterise(frame(faded), width=400)[140, 200]
    assert half == pytest.approx(np.array(colour("ground")) / 2, abs=3)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4, 3)), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8), np.zeros(4, np.uint8)],
    ids=["float", "alpha", "empty", "flat"],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    """A foreign `rgb_array` of another shape or dtype is named with what came."""
    with pytest.raises(ValueError, match="An image must"):
        image_text(pixels)
