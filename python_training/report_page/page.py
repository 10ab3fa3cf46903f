"""The page: every section of a report, under its heading."""

from __future__ import annotations

from html import escape
from pathlib import Path

from python_training.contracts.report import Report
from python_training.report_page.blocks import drawn

_ASSETS = Path(__file__).parent
_STYLE, _SCRIPT = "report.css", "difference.js"


def report_page(report: Report, title: str) -> str:
    """The whole page. Every text of the report is escaped; the only script is ours, and the page works without it."""
    sections = "".join(
        f"<section><h2>{escape(section.title)}</h2>{''.join(drawn(block) for block in section.blocks)}</section>"
        for section in report.sections
    )
    style, script = ((_ASSETS / name).read_text() for name in (_STYLE, _SCRIPT))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(report.summary)}</p>{sections}"
        f"<script>{script}</script></body></html>\n"
    )
