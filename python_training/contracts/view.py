"""ViewFrame: a picture of a world as drawing primitives in world units, so that one canvas widget draws every world.

Coordinates are in the world's own unit with the origin at the bottom left and y upwards; angles are radians,
counter-clockwise from +x. Colours are names of a small palette that the browser maps to the light or dark theme:
ground, ground-alt, zone-a, zone-b, zone-c, line, muted, text, accent, accent-2, accent-3, good, warn, bad, and player-1
to player-8, which tell players apart. A shape with an `id` moves smoothly between frames: the widget interpolates its
position and angle. A shape is `about` an object, by the object's key in `details`: whoever points at it is shown that.
About "KEY/PART" is a part of the object, such as one of the cells that a player can go to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from python_training.contracts.details import Detail


@dataclass(frozen=True, slots=True)
class Shape:
    """One primitive.

    Attributes:
        kind: circle (x, y, r), rect (centre x, y, w, h, angle), polygon or polyline (points), text (x, y, text,
            size), sprite (name in text, centre x, y, w, h, angle), image (pixels in image, centre x, y, w, h, angle).
        points: vertices ((x, y), ...), relative to (x, y) and turned by `angle`.
        fill, stroke: palette names, "" for none.
        width: line width in world units.
        alpha: opacity from 0 to 1.
        image: a PNG or JPEG file as base64, stretched over the rectangle, as `raster.image_text` makes it.
        about: key of the object that it belongs to, or key/part; "" for none.
    """

    kind: Literal["circle", "rect", "polygon", "polyline", "text", "sprite", "image"]
    x: float = 0.0
    y: float = 0.0
    r: float = 0.0
    w: float = 0.0
    h: float = 0.0
    angle: float = 0.0
    points: Sequence[tuple[float, float]] = ()
    text: str = ""
    size: float = 0.0
    fill: str = ""
    stroke: str = ""
    width: float = 0.0
    alpha: float = 1.0
    image: str = ""
    id: str = ""
    about: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The shape as JSON, without what has its default value."""
        # Not dataclasses.asdict, which copies deeply: that took most of the time of a frame, sixty times a second.
        shown: dict[str, Any] = {"kind": self.kind}
        for name, default in _DEFAULTS:
            value = getattr(self, name)
            if value != default:
                shown[name] = value
        return shown


_DEFAULTS: tuple[tuple[str, Any], ...] = tuple(
    (name, spec.default) for name, spec in Shape.__dataclass_fields__.items() if name != "kind"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes drawn together; `still` layers are the same in every frame of one episode and may be cached."""

    name: str
    shapes: Sequence[Shape]
    still: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The layer as JSON: `{name, still, shapes}`."""
        return {"name": self.name, "still": self.still, "shapes": [shape.to_dict() for shape in self.shapes]}


@dataclass(frozen=True, slots=True)
class ViewFrame:
    """One picture.

    Attributes:
        t: world time in seconds.
        width, height: extent of the world in its own unit.
        layers: drawn in order.
        figures: short facts to show beside the picture, by title.
        episode: counts episodes, so that the widget does not interpolate across a reset.
        activations: what the nodes of a pilot's network hold, by seat; in the order in which the network is shown.
        details: what is known of objects, by key.
        tick: ticks of the episode that were played up to this picture; set by who hosts the world.
        last: ticks that were played in all: more than `tick` while somebody looks back.
    """

    t: float
    width: float
    height: float
    layers: Sequence[Layer]
    figures: Mapping[str, str | float | int] = field(default_factory=dict)
    episode: int = 0
    activations: Mapping[int, Sequence[float]] = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)
    tick: int = 0
    last: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The frame as one JSON object: `{t, width, height, episode, figures, ..., layers}`."""
        return {**self.facts(), "layers": [layer.to_dict() for layer in self.layers]}

    def facts(self) -> dict[str, Any]:
        """All of the frame but its layers, as JSON; ticks, activations and details only if there are any."""
        shown: dict[str, Any] = {
            "t": self.t,
            "width": self.width,
            "height": self.height,
            "episode": self.episode,
            "figures": dict(self.figures),
        }
        if self.last:
            shown |= {"tick": self.tick, "last": self.last}
        if self.activations:
            shown["activations"] = {str(seat): list(values) for seat, values in self.activations.items()}
        if self.details:
            shown["details"] = {key: detail.to_dict() for key, detail in self.details.items()}
        return shown
