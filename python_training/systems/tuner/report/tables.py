"""The tables of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_training.contracts.report import Block, Column, Comparison, Setting, Table, Text

SHOWN = 100
"""Newest rows of long tables."""

Document = Mapping[str, Any]


def accepted(document: Document) -> Table:
    """The acceptances with their intervals, the newest first."""
    columns = (
        *(Column(title, True) for title in ("No.", "Iteration", "At game", "Games", "Gain (confirmed)", "Win rate")),
        Column("Proposed by"),
        Column("Why"),
    )
    rows = tuple(
        (
            str(each["number"]),
            str(each["iteration"]),
            f"{each['total_games']:,}",
            f"{each['games']:,}",
            _share(each["gain"], "+.2%"),
            _share(each["win_rate"], ".2%"),
            each["source"],
            each["reason"],
        )
        for each in reversed(document["accepted"][-SHOWN:])
    )
    return Table(columns, rows, "Nothing was accepted yet.")


def calibration(document: Document) -> Text:
    """What the recommendation is believed to be worth, and how far that can be trusted."""
    believed = document["recommended"]
    seen = believed.get("calibration", {"tests": 0})  # older documents have none
    if believed["win_rate"] is None or believed["ahead"] is None:
        return Text("Nothing is believed yet.")
    told = (
        f"Believed to score {believed['win_rate']:.1%} against the start and {believed['ahead']:.1%} against the "
        "incumbent. That is a belief of the search, which supposes that somewhere there is something to gain: where "
        "nothing matters it is too high. "
    )
    if not seen["tests"]:
        return Text(f"{told}No candidate has been tested yet, so nothing says how far it can be trusted.")
    expected, measured = seen["expected"] / seen["tests"], seen["measured"] / seen["tests"]
    return Text(
        f"{told}The {seen['tests']:,} candidates tested so far were expected to gain {expected:+.1%} on average, and "
        f"their first tests measured {measured:+.1%}; {seen['share']:.0%} of what is expected now is counted."
    )


def history(document: Document) -> Table:
    """The last attempts, the newest first."""
    columns = (
        Column("Iteration", True),
        Column("Proposed by"),
        Column("Outcome"),
        Column("Effect seen", True),
        Column("Changes"),
    )
    rows = tuple(
        (str(each["iteration"]), each["source"], each["outcome"], f"{each['effect']:+.2%}", _changes(each["changes"]))
        for each in reversed(document["history"][-SHOWN:])
    )
    return Table(columns, rows)


def baseline(document: Document) -> Table:
    """What the start scored against the fixed opponents."""
    rows = tuple(
        (each["opponent"], _share({"value": each["score"], **each}, ".1%"), f"{each['games']:,}")
        for each in document["baseline"]
    )
    return Table((Column("Opponent"), Column("Score", True), Column("Games", True)), rows, "There are none.")


def tournament(document: Document) -> Table:
    """The tournament's table: Elo, score, further figures, and who is best at something."""
    table = document["tournament"]["table"]
    figures = list(dict.fromkeys(name for each in table for name in each["figures"]))
    numbers = ("Elo", "Score", "Games", *figures)
    columns = (Column("Player"), *(Column(title, True) for title in numbers), Column("Best at something"))
    rows = tuple(
        (
            each["name"],
            _listed(each["elo"], "+.0f"),
            _listed(each["score"], ".1%"),
            f"{2 * each['pairs']:,}",
            *(_listed(each["figures"].get(name, ()), ".4g") for name in figures),
            "yes" if each["leads"] else "",
        )
        for each in table
    )
    return Table(columns, rows, "It begins with the first acceptance.")


def comparison(document: Document) -> Comparison:
    """Every incumbent, the start being the first, and the recommendation."""
    settings = {"incumbent 0": dict(document["start"])}
    settings |= {f"incumbent {each['number']}": dict(each["values"]) for each in document["accepted"][-SHOWN:]}
    settings["recommended"] = dict(document["recommended"]["values"])
    parameters = tuple(
        Setting(each["name"], each["low"], each["high"], each["doc"], each["unit"]) for each in document["parameters"]
    )
    newest = document["incumbent"]["name"]
    return Comparison(parameters, settings, "incumbent 0", newest if newest != "incumbent 0" else "recommended")


def patterns(document: Document) -> tuple[Block, ...]:
    """What winners have in common, and what that knowledge is worth."""
    found = document["pattern"]
    if found is None:
        return (Text("No network was trained: use_neural_net is off."),)
    worth = found["worth"]
    told = f"{worth['outcomes']} outcomes were foretold"
    if worth["auc"] is not None and worth["outcomes"]:
        told += f"; a winner looked more like one than a loser in {worth['auc']:.0%} of pairs (50% is worth nothing)"
    rows = tuple((sentence,) for sentence in found["sentences"])
    return (Text(f"{told}."), Table((Column("Pattern"),), rows, "Too little has been seen yet."))


def _changes(changes: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:+.4g}" for name, value in changes.items())


def _share(estimate: Mapping[str, float], form: str) -> str:
    return _listed([estimate[name] for name in ("value", "low", "high")], form)


def _listed(estimate: Sequence[float | None], form: str) -> str:
    """`value [low, high]`, "" of nothing."""
    if len(estimate) != 3:
        return ""
    value, low, high = ("-" if each is None else format(each, form) for each in estimate)
    return f"{value} [{low}, {high}]"
