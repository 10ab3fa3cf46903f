"""The report of a run as one HTML page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from python_training.systems.tuner.report import charts, tables

_ASSETS = Path(__file__).parent
_STYLE, _SCRIPT = "report.css", "difference.js"


def report_page(document: Mapping[str, Any], run: str) -> str:
    """The page about the run called `run`, of its tuner.json; raises KeyError or TypeError for another document."""
    incumbent, rate = document["incumbent"], document["incumbent"]["win_rate"]
    summary = (
        f"{document['iteration']:,} decisions, {document['total_games']:,} games, "
        f"{len(document['accepted'])} accepted. "
        f"{incumbent['name']} is proved to score {rate['value']:.2%} against the start "
        f"(95% interval {rate['low']:.2%} to {rate['high']:.2%}); the recommendation is believed to score "
        f"{document['recommended']['win_rate'] or 0.5:.2%}, which nothing has proved."
    )
    sections = (
        ("Candidates against the incumbent", charts.tests(document)),
        ("Accepted improvements", charts.proved(document) + tables.accepted(document)),
        ("Proposals by source", charts.sources(document)),
        ("Parameters: importance", charts.importance(document)),
        ("Parameters: paths", charts.paths(document)),
        ("Differences between two settings", _differences(document)),
        ("Tournament", tables.tournament(document)),
        ("What winners have in common", tables.patterns(document)),
        ("Adviser", tables.adviser(document)),
        ("History", tables.history(document)),
    )
    body = "".join(f"<section><h2>{escape(title)}</h2>{content}</section>" for title, content in sections)
    style, script = ((_ASSETS / name).read_text() for name in (_STYLE, _SCRIPT))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(run)}</title><style>{style}</style></head><body>"
        f"<h1>{escape(run)}</h1><p>{escape(summary)}</p>{body}<script>{script}</script></body></html>\n"
    )


def settings_of(document: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """All settings of a run by name: every incumbent, the start being the first, and the recommendation."""
    settings = {"incumbent 0": dict(document["start"])}
    settings |= {f"incumbent {each['number']}": dict(each["values"]) for each in document["accepted"]}
    return settings | {"recommended": dict(document["recommended"]["values"])}


def _differences(document: Mapping[str, Any]) -> str:
    """Two lists to choose from, and the table of the start and the incumbent for those who run no script."""
    settings, newest = settings_of(document), document["incumbent"]["name"]
    parameters = [{name: each[name] for name in ("name", "low", "high", "doc")} for each in document["parameters"]]
    choices = []
    for name, chosen in (("from", "incumbent 0"), ("to", newest)):
        options = "".join(
            f"<option{' selected' if each == chosen else ''}>{escape(each)}</option>" for each in settings
        )
        choices.append(f'<label>{name} <select id="{name}">{options}</select></label>')
    shown = tables.difference(document["parameters"], document["start"], document["incumbent"]["values"])
    data = _in_script({"parameters": parameters, "settings": settings})
    return (
        f"<p>{' '.join(choices)}</p><div id=difference>{shown}</div>"
        f'<script type="application/json" id="settings">{data}</script>'
    )


def _in_script(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")
