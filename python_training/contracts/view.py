"""ViewFrame: a picture of a world as drawing primitives in world units, so that one canvas widget draws every world.

Coordinates are in the world's own unit with the origin at the bottom left and y upwards; angles are radians,
counter-clockwise from +x. Colours are names of a small palette that the browser maps to the light or dark theme:
ground, ground-alt, zone-a, zone-b, zone-c, line, muted, text, accent, accent-2, accent-3, good, warn, bad.
A shape with an `id` moves smoothly between frames: the widget interpolates its position and angle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Shape:
    """One primitive.

    Attributes:
        kind: circle (x, y, r), rect (centre x, y, w, h, angle), polygon or polyline (points), text (x, y, text,
            size), sprite (name in text, centre x, y, w, h, angle).
        points: vertices ((x, y), ...), relative to (x, y) and turned by `angle`.
        fill, stroke: palette names, "" for none.
        width: line width in world units.
        alpha: opacity from 0 to 1.
    """

    kind: Literal["circle", "rect", "polygon", "polyline", "text", "sprite"]
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
    id: str = ""

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
    """

    t: float
    width: float
    height: float
    layers: Sequence[Layer]
    figures: Mapping[str, str | float | int] = field(default_factory=dict)
    episode: int = 0
    activations: Mapping[int, Sequence[float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The frame as one JSON object: `{t, width, height, episode, figures, activations?, layers}`."""
        return {**self.facts(), "layers": [layer.to_dict() for layer in self.layers]}

    def facts(self) -> dict[str, Any]:
        """All of the frame but its layers, as JSON; `activations` only where there are any, its keys being strings."""
        shown: dict[str, Any] = {
            "t": self.t,
            "width": self.width,
            "height": self.height,
            "episode": self.episode,
            "figures": dict(self.figures),
        }
        if self.activations:
            shown["activations"] = {str(seat): list(values) for seat, values in self.activations.items()}
        return shown
