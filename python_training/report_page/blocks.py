"""Every block of a report as HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from python_training.contracts.report import (
    Bars,
    Block,
    Comparison,
    Lines,
    LiveMetrics,
    Record,
    Records,
    Setting,
    Table,
    Text,
)
from python_training.report_page.svg import Frame, bar_chart

OWN_COLOURS = 8
"""Lines with colours of their own, in report.css; more lines than that are told apart by their titles."""


def drawn(block: Block) -> str:
    """The block as HTML; "" for one that only a page that follows the run can show."""
    if isinstance(block, Text):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, LiveMetrics):
        return ""
    if isinstance(block, Lines):
        return _figure(block.title, _lines(block))
    if isinstance(block, Bars):
        return _figure(block.title, bar_chart(block.bars, block.title))
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Comparison):
        return _comparison(block)
    return _records(block)


def _lines(block: Lines) -> str:
    points = [point for line in block.lines for point in line.points]
    xs = [x for x, _ in points] + [each.x for each in block.intervals]
    ys = [y for _, y in points] + [level.y for level in block.levels]
    ys += [end for each in block.intervals for end in (each.low, each.high)]
    frame = Frame(
        (min(xs, default=0.0), max(xs, default=1.0)),
        (min(ys, default=0.0), max(ys, default=1.0)),
        (block.x_title, block.y_title),
        block.title,
        percent=block.percent,
    )
    for level in block.levels:
        frame.level(level.y, level.tone, level.label)
    own = [line for line in block.lines if line.tone == "own"]
    for line in block.lines:
        kind = f"own-{own.index(line) % OWN_COLOURS}" if line.tone == "own" else line.tone
        frame.line(line.points, kind, line.label)
    for each in block.intervals:
        frame.interval((each.x, each.value), (each.low, each.high), each.tone, each.label)
    return frame.text() + _legend([line.label for line in own])


def _legend(labels: Sequence[str]) -> str:
    entries = "".join(
        f'<li><span class="swatch own-{place % OWN_COLOURS}"></span>{escape(label)}</li>'
        for place, label in enumerate(labels)
    )
    return f"<ul class=legend>{entries}</ul>" if labels else ""


def _figure(title: str, chart: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{chart}</figure>"


def _table(block: Table) -> str:
    if not block.rows:
        return f"<p class=none>{escape(block.empty)}</p>"
    kinds = [" class=number" if column.number else "" for column in block.columns]
    titles = "".join(
        f"<th{kind}>{escape(column.title)}</th>" for column, kind in zip(block.columns, kinds, strict=True)
    )
    rows = "".join(
        f"<tr>{''.join(f'<td{kind}>{escape(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))}</tr>"
        for row in block.rows
    )
    return f"<div class=scroll><table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"


def _comparison(block: Comparison) -> str:
    """Two lists to choose from, and the difference of the first two for those who run no script."""
    choices = "".join(
        f"<label>{title} <select>{_options(block, chosen)}</select></label> "
        for title, chosen in (("from", block.before), ("to", block.after))
    )
    parameters = [{"name": each.name, "low": each.low, "high": each.high, "doc": each.doc} for each in block.parameters]
    data = {"parameters": parameters, "settings": {name: dict(values) for name, values in block.settings.items()}}
    # A text must not be able to end the script element that it stands in.
    safe = json.dumps(data).replace("<", "\\u003c")
    return (
        f'<div class=comparison><p>{choices}</p><div class="difference">{_difference(block)}</div>'
        f'<script type="application/json">{safe}</script></div>'
    )


def _options(block: Comparison, chosen: str) -> str:
    return "".join(f"<option{' selected' if name == chosen else ''}>{escape(name)}</option>" for name in block.settings)


def _difference(block: Comparison) -> str:
    before, after = block.settings[block.before], block.settings[block.after]
    rows = "".join(
        _changed(each, before[each.name], after[each.name])
        for each in block.parameters
        if before[each.name] != after[each.name]
    )
    return f"<table><tbody>{rows}</tbody></table>" if rows else "They are the same."


def _changed(parameter: Setting, before: float, after: float) -> str:
    width = parameter.high - parameter.low
    share = (after - before) / width if width > 0 else 0.0
    cells = (f"{before:.6g}", f"{after:.6g}", f"{share:+.1%}")
    numbers = "".join(f"<td class=number>{cell}</td>" for cell in cells)
    return f"<tr><td>{escape(parameter.name)}</td>{numbers}<td>{escape(parameter.doc)}</td></tr>"


def _records(block: Records) -> str:
    if not block.records:
        return f"<p class=none>{escape(block.empty)}</p>"
    return "".join(_record(record) for record in block.records)


def _record(record: Record) -> str:
    facts = "".join(f"<dt>{escape(name)}</dt><dd><pre>{escape(text)}</pre></dd>" for name, text in record.facts)
    return f'<details class="{record.tone}"><summary>{escape(record.title)}</summary><dl>{facts}</dl></details>'
