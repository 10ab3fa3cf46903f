"""The tables of the report. Every text is escaped: a language model's words are in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

Document = Mapping[str, Any]
SHOWN = 100
"""Newest rows of long tables."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table; numbers are set right."""
    shown = list(rows)
    if not shown:
        return "<p class=none>Nothing yet.</p>"
    titles = "".join(f"<th{_kind(cell)}>{escape(title)}</th>" for title, cell in zip(head, shown[0], strict=True))
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in shown)
    return f"<div class=scroll><table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>"


def accepted(document: Document) -> str:
    """All acceptances with their intervals."""
    rows = [
        (
            each["number"],
            each["iteration"],
            f"{each['total_games']:,}",
            f"{each['games']:,}",
            _share(each["gain"], signed=True),
            _share(each["win_rate"]),
            each["source"],
            each["reason"],
        )
        for each in document["accepted"]
    ]
    head = ("No.", "Iteration", "At game", "Games", "Gain (confirmed)", "Against the start", "Proposed by", "Why")
    return table(head, rows)


def history(document: Document) -> str:
    """The last attempts, the newest first."""
    rows = [
        (each["iteration"], each["source"], each["outcome"], f"{each['effect']:+.2%}", _changes(each["changes"]))
        for each in reversed(document["history"][-SHOWN:])
    ]
    return table(("Iteration", "Proposed by", "Outcome", "Effect seen", "Changes"), rows)


def tournament(document: Document) -> str:
    """The tournament's table."""
    rows = [
        (each["name"], _elo(each["elo"]), _listed_share(each["score"]), 2 * each["pairs"])
        for each in document["tournament"]["table"]
    ]
    return table(("Player", "Elo", "Score", "Games"), rows)


def adviser(document: Document) -> str:
    """What the language model was asked and said, and what came of it, the newest first."""
    panel = document["adviser"]
    if panel is None:
        return "<p class=none>No language model was asked (use_llm is off).</p>"
    if not panel["records"]:
        return "<p class=none>Nothing yet.</p>"
    return "".join(_advice(record) for record in reversed(panel["records"][-SHOWN:]))


def patterns(document: Document) -> str:
    """What winners have in common, and what that knowledge is worth."""
    found = document["pattern"]
    if found is None:
        return "<p class=none>No network was trained (use_neural_net is off).</p>"
    worth = found["worth"]
    told = f"<p>Foretold {worth['outcomes']} outcomes"
    if worth["auc"] is not None and worth["outcomes"]:
        told += f"; a winner looked more like one than a loser in {worth['auc']:.0%} of pairs (50% is worth nothing)"
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in found["sentences"])
    return f"{told}.</p><ul>{sentences}</ul>" if sentences else f"{told}.</p>"


def difference(parameters: Sequence[Mapping[str, Any]], old: Mapping[str, float], new: Mapping[str, float]) -> str:
    """What differs between two settings, by parameter, with the change as a share of the range."""
    rows = [
        (
            each["name"],
            f"{old[each['name']]:.6g}",
            f"{new[each['name']]:.6g}",
            f"{(new[each['name']] - old[each['name']]) / (each['high'] - each['low']):+.1%}",
            each["doc"],
        )
        for each in parameters
        if old[each["name"]] != new[each["name"]]
    ]
    return table(("Parameter", "From", "To", "Of the range", "Meaning"), rows)


def _advice(record: Mapping[str, Any]) -> str:
    verdict = record.get("verdict") or {}
    outcome = escape(str(verdict.get("outcome") or "not judged yet"))
    effect = verdict.get("effect")
    measured = "" if effect is None else f", {effect:+.2%}"
    title = f"{escape(_changes(record.get('values') or {}))}: {outcome}{measured}"
    facts = "".join(
        f"<dt>{escape(str(name))}</dt><dd><pre>{escape(_shown(value))}</pre></dd>" for name, value in record.items()
    )
    return f"<details><summary>{title}</summary><dl>{facts}</dl></details>"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_shown(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(_shown(part) for part in value)
    return str(value)


def _changes(changes: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:+.4g}" for name, value in changes.items())


def _cell(cell: object) -> str:
    return f"<td{_kind(cell)}>{escape(str(cell))}</td>"


def _kind(cell: object) -> str:
    """The attribute that sets numbers right."""
    return " class=number" if isinstance(cell, int | float) or str(cell)[:1] in tuple("+-0123456789") else ""


def _share(estimate: Mapping[str, float], *, signed: bool = False) -> str:
    form = "{:+.2%}" if signed else "{:.2%}"
    value, low, high = (form.format(estimate[name]) for name in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _listed_share(estimate: Sequence[float | None]) -> str:
    value, low, high = ("-" if each is None else f"{each:.1%}" for each in estimate)
    return f"{value} [{low}, {high}]"


def _elo(estimate: Sequence[float | None]) -> str:
    value, low, high = ("-" if each is None else f"{each:+.0f}" for each in estimate)
    return f"{value} [{low}, {high}]"
