"""The pictures of the report, each made of tuner.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_training.systems.tuner.report.svg import Frame, bars

SHOWN_TESTS = 30
"""Ended tests that are drawn beside the present ones."""
SHOWN_PARAMETERS = 40

Document = Mapping[str, Any]


def tests(document: Document) -> str:
    """Stage one of the newest candidates: each log-likelihood ratio between its bounds, -1 rejected, +1 passed."""
    shown = [*document["decisions"][-SHOWN_TESTS:], *document["testing"]]
    courses = [(each, _course(each["stages"][0])) for each in shown if each["stages"]]
    longest = max((points[-1][0] for _, points in courses), default=1.0)
    frame = Frame((0.0, longest), (-1.15, 1.15), "pairs", "Log-likelihood ratios of candidates between their bounds")
    frame.level(1.0, "good", "passed")
    frame.level(-1.0, "bad", "rejected")
    for each, points in courses:
        outcome = each.get("outcome")
        kind = {None: "now", "accepted": "good", "rejected": "faint", "no_difference": "faint"}.get(outcome, "past")
        frame.line(points, kind, f"decision {each['decision']} by {each['source']}: {outcome or 'goes on'}")
    return frame.text()


def proved(document: Document) -> str:
    """What is proved of each incumbent against the start, over the games of the run, with intervals."""
    rows = document["accepted"]
    rates = [each["win_rate"] for each in rows]
    low = min([0.5, *(rate["low"] for rate in rates)]) - 0.01
    high = max([0.5, *(rate["high"] for rate in rates)]) + 0.01
    total = float(document["total_games"]) or 1.0
    frame = Frame((0.0, total), (low, high), "games", "Proved win rate of the incumbent", percent=True)
    frame.level(0.5, "past", "start")
    steps = [(0.0, 0.5)]
    for each, rate in zip(rows, rates, strict=True):
        steps += [(float(each["total_games"]), steps[-1][1]), (float(each["total_games"]), rate["value"])]
    frame.line([*steps, (total, steps[-1][1])], "now")
    for each, rate in zip(rows, rates, strict=True):
        said = f"iteration {each['iteration']}: {rate['value']:.2%} [{rate['low']:.2%}, {rate['high']:.2%}]"
        frame.interval(float(each["total_games"]), rate["value"], rate["low"], rate["high"], "good", said)
    return frame.text()


def importance(document: Document) -> str:
    """How much each parameter matters, as the search believes, the most important first."""
    beliefs = document["recommended"]["parameters"]
    rows = sorted(beliefs.items(), key=lambda item: -(item[1]["importance"] or 0.0))[:SHOWN_PARAMETERS]
    shown: list[tuple[str, Sequence[tuple[float, str]], str]] = [
        (name, [(max(0.0, each["importance"] or 0.0), "now")], _belief(each)) for name, each in rows
    ]
    return bars(shown, "Importance of parameters")


def paths(document: Document) -> str:
    """How parameters went from acceptance to acceptance, each within its range; those that never moved are left out."""
    steps = [document["start"], *(each["values"] for each in document["accepted"])]
    ranges = {each["name"]: (each["low"], each["high"]) for each in document["parameters"]}
    frame = Frame((0.0, float(max(1, len(steps) - 1))), (0.0, 1.0), "acceptance", "Paths of parameters in their ranges")
    for name, (low, high) in ranges.items():
        course = [(values[name] - low) / (high - low) for values in steps]
        if len(set(course)) > 1:
            frame.line([(float(place), share) for place, share in enumerate(course)], "now", name)
    return frame.text()


def sources(document: Document) -> str:
    """Proposals by source: accepted, then all others that were judged."""
    rows: list[tuple[str, Sequence[tuple[float, str]], str]] = []
    for name, each in document["sources"].items():
        outcomes = each["outcomes"]
        accepted, judged = outcomes.get("accepted", 0), sum(outcomes.values())
        weight = "" if each["weight"] is None else f", weight {each['weight']:.2f}"
        parts = [(float(accepted), "good"), (float(judged - accepted), "past")]
        rows.append((name, parts, f"{accepted} of {judged}{weight}"))
    return bars(rows, "Proposals by source, accepted and judged")


def _course(stage: Mapping[str, Any]) -> list[tuple[float, float]]:
    """A stage's ratio from its beginning, as a share of the way to the bound on its side."""
    trace = stage["trace"]
    each = stage["pairs"] / len(trace) if trace else 0.0
    points = [(0.0, 0.0)]
    for place, llr in enumerate(trace, start=1):
        bound = stage["upper"] if llr > 0 else -stage["lower"]
        points.append((each * place, llr / bound if bound else 0.0))
    return points


def _belief(each: Mapping[str, Any]) -> str:
    if each["value"] is None or each["spread"] is None:
        return ""
    return f"{each['value']:.4g} ± {each['spread']:.2g}"
