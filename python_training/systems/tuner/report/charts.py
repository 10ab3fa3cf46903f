"""The charts of the report, each made of the run's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from python_training.contracts.report import Bar, Bars, Interval, Level, Line, Lines, Part, Tone
from python_training.systems.tuner.source_names import source_title

SHOWN_TESTS = 30
"""Ended tests that are drawn beside the present ones."""
SHOWN_PARAMETERS = 40
_TONES: dict[str, Tone] = {"accepted": "good", "rejected": "faint", "no_difference": "faint"}

Document = Mapping[str, Any]


def tests(document: Document) -> Lines:
    """Stage one of the newest candidates: each log-likelihood ratio between its bounds, -1 rejected, +1 passed."""
    shown = [*document["decisions"][-SHOWN_TESTS:], *document["testing"]]
    lines = tuple(_test(each) for each in shown if each["stages"])
    levels = (Level(1.0, "passed", "good"), Level(-1.0, "rejected", "bad"))
    return Lines("First test of the newest candidates", "pairs", "share of the way to the bound", lines, levels)


def proved(document: Document) -> Lines:
    """What is proved of each incumbent against the start, over the games of the run, with intervals."""
    steps, intervals = [(0.0, 0.5)], []
    for each in document["accepted"]:
        at, rate = float(each["total_games"]), each["win_rate"]
        steps += [(at, steps[-1][1]), (at, rate["value"])]
        said = f"iteration {each['iteration']}: {rate['value']:.2%} [{rate['low']:.2%}, {rate['high']:.2%}]"
        intervals.append(Interval(at, rate["value"], rate["low"], rate["high"], said))
    steps.append((float(document["total_games"]), steps[-1][1]))
    line = Line("incumbent", tuple(steps))
    level = Level(0.5, "start")
    return Lines("Proved win rate", "games", "score against the start", (line,), (level,), tuple(intervals), True)


def importance(document: Document) -> Bars:
    """How much each parameter matters, as the search believes, the most important first."""
    beliefs = document["recommended"]["parameters"]
    rows = sorted(beliefs.items(), key=lambda item: -(item[1]["importance"] or 0.0))[:SHOWN_PARAMETERS]
    bars = tuple(Bar(name, (Part(max(0.0, each["importance"] or 0.0)),), _belief(each)) for name, each in rows)
    return Bars("What a quarter of the range away from the best value would cost, as the search believes", bars)


def paths(document: Document) -> Lines:
    """How parameters went from acceptance to acceptance, each within its range; those that never moved are left out."""
    steps = [document["start"], *(each["values"] for each in document["accepted"])]
    lines = []
    for each in document["parameters"]:
        name, low, width = each["name"], each["low"], each["high"] - each["low"]
        course = [(values[name] - low) / width if width > 0 else 0.0 for values in steps]
        if len(set(course)) > 1:
            lines.append(Line(name, tuple((float(place), share) for place, share in enumerate(course)), "own"))
    return Lines("Parameters, each within its range", "acceptance", "place in the range", tuple(lines))


def sources(document: Document) -> Bars:
    """Proposals by source: accepted, then all others that were judged."""
    bars = []
    for name, each in document["sources"].items():
        outcomes = each["outcomes"]
        accepted, judged = outcomes.get("accepted", 0), sum(outcomes.values())
        weight = "" if each["weight"] is None else f", weight {each['weight']:.2f}"
        parts = (Part(float(accepted), "good"), Part(float(judged - accepted), "past"))
        bars.append(Bar(source_title(name), parts, f"{accepted} of {judged}{weight}"))
    return Bars("Candidates judged by who proposed them, accepted ones first", tuple(bars))


def _test(each: Mapping[str, Any]) -> Line:
    """A test of stage one from its beginning, as a share of the way to the bound on its side."""
    stage, outcome = each["stages"][0], each.get("outcome")
    trace = stage["trace"]
    length = stage["pairs"] / len(trace) if trace else 0.0
    points = [(0.0, 0.0)]
    for place, llr in enumerate(trace, start=1):
        bound = stage["upper"] if llr > 0 else -stage["lower"]
        share = llr / bound if bound else 0.0
        points.append((length * place, max(-1.2, min(1.2, share))))
    tone: Tone = "now" if outcome is None else _TONES.get(outcome, "past")
    return Line(f"decision {each['decision']} by {each['source']}: {outcome or 'goes on'}", tuple(points), tone)


def _belief(each: Mapping[str, Any]) -> str:
    if each["value"] is None or each["spread"] is None:
        return ""
    return f"{each['value']:,.4g} ± {float(format(each['spread'], '.2g')):,g}"
