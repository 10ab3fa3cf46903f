"""The report of a run, made of its document alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.contracts.report import LiveMetrics, Report, Section
from python_training.systems.tuner.report import advice, charts, tables


def run_report(document: Mapping[str, Any]) -> Report:
    """What `document.document` gave, as blocks."""
    live = LiveMetrics(("llr", "llr_lower", "llr_upper"), "The oldest candidate's test, between its bounds")
    return Report(
        _summary(document),
        (
            Section("Candidates against the incumbent", (live, charts.tests(document))),
            Section("Accepted improvements", (charts.proved(document), tables.accepted(document))),
            Section("Recommended, unproved", (tables.calibration(document),)),
            Section("Proposals by source", (charts.sources(document),)),
            Section("Parameters", (charts.importance(document), charts.paths(document))),
            Section("Differences between two settings", (tables.comparison(document),)),
            Section("Tournament", (tables.tournament(document),)),
            Section("Baseline", (tables.baseline(document),)),
            Section("What winners have in common", tables.patterns(document)),
            Section("Adviser", (advice.adviser(document),)),
            Section("History", (tables.history(document),)),
        ),
    )


def _summary(document: Mapping[str, Any]) -> str:
    incumbent, believed = document["incumbent"], document["recommended"]["win_rate"]
    rate, accepted = incumbent["win_rate"], len(document["accepted"])
    proved = (
        f"{incumbent['name']} is proved to score {rate['value']:.2%} against the start "
        f"(95% interval {rate['low']:.2%} to {rate['high']:.2%})"
        if accepted
        else "nothing is proved to be better than the start yet"
    )
    guess = "" if believed is None else f"; the recommendation is believed to score {believed:.2%}, unproved"
    decisions = "1 decision" if document["iteration"] == 1 else f"{document['iteration']:,} decisions"
    failed = document.get("failed", 0)
    lost = f" {failed:,} trials brought no score and counted as lost." if failed else ""
    return f"{decisions}, {document['total_games']:,} games, {accepted} accepted: {proved}{guess}.{lost}"
