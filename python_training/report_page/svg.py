"""Charts as SVG text: a frame with axes, and marks inside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from python_training.contracts.report import Bar

WIDTH, HEIGHT = 760.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 12.0, 34.0
_TICKS = 5
_BAR, _NAMES, _NOTES = 22.0, 210.0, 150.0
"""Height of a bar, and the room for its name and its note."""


class Frame:
    """A chart whose x and y go over the given ranges; colours are CSS classes of the page, named after tones.

    Args:
        x, y: least and greatest value shown; an empty range is widened.
        titles: of the x and the y axis.
        label: what the chart shows, for those who cannot see it.
        percent: whether y is a share, shown in per cent.
    """

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        titles: tuple[str, str],
        label: str,
        *,
        percent: bool = False,
    ) -> None:
        self._x, self._y = _widened(x), _widened(y)
        x_title, y_title = titles
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
            f'<text x="{LEFT}" y="{HEIGHT - 4}" class="axis">{escape(y_title)}</text>'
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

    def interval(self, dot: tuple[float, float], ends: tuple[float, float], kind: str, title: str) -> None:
        """A dot (x, y) with its interval."""
        (x, value), (low, high) = dot, ends
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


def bar_chart(bars: Sequence[Bar], label: str) -> str:
    """Horizontal bars on a common scale, each with its name before and its note behind it."""
    longest = max((sum(part.value for part in bar.parts) for bar in bars), default=0.0) or 1.0
    room = WIDTH - _NAMES - _NOTES
    marks = []
    for place, bar in enumerate(bars):
        y, x = place * _BAR, _NAMES
        marks.append(f'<text x="{_NAMES - 8}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>')
        for part in bar.parts:
            width = room * part.value / longest
            marks.append(f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="14" class="{part.tone}"/>')
            x += width
        marks.append(f'<text x="{x + 6:.1f}" y="{y + 15}" class="axis">{escape(bar.note)}</text>')
    height = max(1, len(bars)) * _BAR
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
