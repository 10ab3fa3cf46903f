"""The tournament's table: everybody who has met somebody, by Elo."""

from __future__ import annotations

from typing import Any

from python_training.systems.tuner.run.session import Session
from python_training.systems.tuner.run.tournament import START, incumbent_name
from python_training.systems.tuner.statistics.elo_table import Pairing, elo_table


def standings(session: Session) -> list[dict[str, Any]]:
    """The table as plain JSON, the best first, each row with the player's `values`, null for a fixed opponent.

    Games of the baseline count: they are the start's against the fixed opponents.
    """
    pairings = [Pairing(START, name, seen.counts, seen.figures) for name, seen in session.baseline.seen.items()]
    pairings += [Pairing(*names, seen.counts, seen.figures) for names, seen in session.tournament.seen.items()]
    aims = getattr(session.objective, "aims", {})
    values = {START: session.run.start}
    values |= {incumbent_name(each.number): each.values for each in session.run.accepted}
    return [
        {**standing.to_dict(), "values": dict(values[standing.name]) if standing.name in values else None}
        for standing in elo_table(pairings, aims)
    ]
