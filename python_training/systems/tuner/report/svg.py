"""Charts as SVG text: a frame with axes, and marks inside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 760.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 12.0, 34.0
_TICKS = 5


class Frame:
    """A chart whose x and y go over the given ranges; colours are CSS classes of the page.

    Args:
        x, y: least and greatest value shown; an empty range is widened.
        x_title: what the x axis counts.
        percent: whether y is a share, shown in per cent.
        label: what the chart shows, for those who cannot see it.
    """

    def __init__(
        self, x: tuple[float, float], y: tuple[float, float], x_title: str, label: str, *, percent: bool = False
    ) -> None:
        self._x, self._y = _widened(x), _widened(y)
        self._percent = percent
        self._label = label
        self._marks: list[str] = []
        for value in ticks(*self._y):
            self._rule(value)
        for value in ticks(*self._x):
            self._marks.append(
                f'<text x="{self._px(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:,.6g}</text>'
            )
        self._marks.append(
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" class="axis">{escape(x_title)}</text>'
        )

    def line(self, points: Sequence[tuple[float, float]], kind: str, title: str = "") -> None:
        """A line through `points`."""
        path = " ".join(f"{self._px(x):.1f},{self._py(y):.1f}" for x, y in points)
        self._marks.append(f'<polyline points="{path}" class="line {kind}">{_title(title)}</polyline>')

    def level(self, y: float, kind: str, title: str) -> None:
        """A line across the whole chart, with its name at its end."""
        height = self._py(y)
        self._marks.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}" class="line {kind}"/>'
            f'<text x="{WIDTH - RIGHT - 4}" y="{height - 4:.1f}" text-anchor="end" class="axis">{escape(title)}</text>'
        )

    def interval(self, x: float, value: float, low: float, high: float, kind: str, title: str) -> None:
        """A dot with its interval."""
        at = self._px(x)
        self._marks.append(
            f'<g class="{kind}"><line x1="{at:.1f}" x2="{at:.1f}" y1="{self._py(low):.1f}" y2="{self._py(high):.1f}" '
            f'class="line {kind}"/><circle cx="{at:.1f}" cy="{self._py(value):.1f}" r="4"/>{_title(title)}</g>'
        )

    def text(self) -> str:
        """The finished chart."""
        return (
            f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(self._label, quote=True)}">'
            f"{''.join(self._marks)}</svg>"
        )

    def _rule(self, y: float) -> None:
        height = self._py(y)
        shown = f"{y:.4g}" if not self._percent else f"{y:.1%}"
        self._marks.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}" class="rule"/>'
            f'<text x="{LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">{shown}</text>'
        )

    def _px(self, x: float) -> float:
        low, high = self._x
        return LEFT + (WIDTH - LEFT - RIGHT) * (min(max(x, low), high) - low) / (high - low)

    def _py(self, y: float) -> float:
        low, high = self._y
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (min(max(y, low), high) - low) / (high - low)


def bars(rows: Sequence[tuple[str, Sequence[tuple[float, str]], str]], label: str) -> str:
    """Horizontal bars: for each row a name, its parts `(length, class)` one after the other, and a text behind them."""
    longest = max((sum(length for length, _ in parts) for _, parts, _ in rows), default=0.0) or 1.0
    step, begin, room = 22.0, 210.0, WIDTH - 210.0 - 120.0
    marks = []
    for place, (name, parts, said) in enumerate(rows):
        y, x = place * step, begin
        marks.append(f'<text x="{begin - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for length, kind in parts:
            width = room * length / longest
            marks.append(f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="14" class="{kind}"/>')
            x += width
        marks.append(f'<text x="{x + 6:.1f}" y="{y + 15}" class="axis">{escape(said)}</text>')
    height = max(step, len(rows) * step)
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(label, quote=True)}">'
        f"{''.join(marks)}</svg>"
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` to `high`, a handful."""
    raw = (high - low) / _TICKS
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(step * scale for step in (1.0, 2.0, 5.0, 10.0) if step * scale >= raw)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _widened(bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = bounds
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""
