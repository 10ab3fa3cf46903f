"""What a browser is sent and draws while it shows a game."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

from playwright.sync_api import Page, WebSocket

OWN_COLOUR = "accent"
"""Ships of the person's own team have it."""

COUNT_FRAMES = """
window.paddock = {drawn: [], angles: new Set(), onFrame: null};
const {clearRect, rotate} = CanvasRenderingContext2D.prototype;
const isGame = (canvas) => canvas.dataset.testid === 'live-canvas';
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  if (isGame(this.canvas)) {
    const seen = window.paddock;
    const angles = seen.angles;
    seen.angles = new Set();
    seen.drawn.push(performance.now());
    if (seen.onFrame) seen.onFrame(angles);
  }
  return clearRect.apply(this, box);
};
CanvasRenderingContext2D.prototype.rotate = function (angle) {
  if (isGame(this.canvas)) window.paddock.angles.add(angle);
  return rotate.call(this, angle);
};
"""
"""Notes when the game's canvas is painted, and at which angles things are painted in it."""


class Frames:
    """The view frames that reach a page. Only calls into Playwright let them come in."""

    def __init__(self, page: Page) -> None:
        self.taken: list[dict[str, Any]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._take)

    def _take(self, payload: str | bytes) -> None:
        text = payload if isinstance(payload, str) else payload.decode(errors="replace")
        if text.startswith('42["view_frame"'):
            self.taken.append(json.loads(text[2:])[1]["frame"])

    @property
    def heading(self) -> float | None:
        """The heading (rad) of the newest frame's first own ship, None if there is none."""
        return heading(self.taken[-1]) if self.taken else None

    def turns(self, last: int) -> list[float]:
        """By how much (rad) the first own ship turned between each two of the `last` newest frames."""
        known = [angle for angle in map(heading, self.taken[-last:]) if angle is not None]
        return [abs(math.remainder(after - before, math.tau)) for before, after in itertools.pairwise(known)]


def heading(frame: dict[str, Any]) -> float | None:
    """The heading (rad) of the frame's first own ship, None if there is none."""
    hull = own_hull(frame)
    return None if hull is None else hull.get("angle", 0.0)


def own_hull(frame: dict[str, Any]) -> dict[str, Any] | None:
    """The hull of the first ship of the person's team, without what is 0; None if it is lost."""
    shapes = [shape for layer in frame["layers"] for shape in layer.get("shapes", ())]
    hulls = (shape for shape in shapes if shape.get("id", "").endswith("-hull") and shape.get("fill") == OWN_COLOUR)
    return next(hulls, None)
