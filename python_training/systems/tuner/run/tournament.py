"""The tournament: every new incumbent meets the start, incumbents before it and the fixed opponents, directly.

Its games decide nothing. They tell whether what was proved step by step holds from end to end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_training.contracts.objective import PairScores
from python_training.systems.tuner.run.games import Meeting
from python_training.systems.tuner.run.tally import Tally
from python_training.systems.tuner.seeds import Purpose, pair_seeds

Values = Mapping[str, float]


def incumbent_name(number: int) -> str:
    """What the incumbent is called that acceptance `number` (from 1) made; 0 is the start."""
    return f"incumbent {number}"


START = incumbent_name(0)


class Tournament:
    """Pairings, each of `pairs` pairs, and what came of them so far."""

    def __init__(self, pairs: int) -> None:
        self._pairs = pairs
        self._players: dict[str, Values | str] = {}
        self._seen: dict[tuple[str, str], Tally] = {}
        self._next = 0

    def enter(self, name: str, values: Values, rivals: Mapping[str, Values | str]) -> None:
        """Let a setting meet each of `rivals`, by their names."""
        if not self._pairs:
            return
        self._players[name] = dict(values)
        for rival, player in rivals.items():
            self._players[rival] = player if isinstance(player, str) else dict(player)
            self._seen.setdefault((name, rival), Tally())

    @property
    def complete(self) -> bool:
        """Whether every pairing has been played out."""
        return self._waiting() is None

    @property
    def seen(self) -> Mapping[tuple[str, str], Tally]:
        """What was seen in each pairing, from the first one's side."""
        return self._seen

    def meetings(self, run_seed: int, pairs: int) -> list[Meeting]:
        """The next pairs, at most `pairs`, of the first pairing that is not played out."""
        pairing = self._waiting()
        if pairing is None:
            return []
        count = min(pairs, self._pairs - self._seen[pairing].pairs)
        one, other = (self._players[name] for name in pairing)
        if isinstance(one, str):
            raise TypeError(f"A fixed opponent cannot be a candidate: {one}.")
        return [Meeting(one, other, pair_seeds(run_seed, Purpose.TOURNAMENT, self._next, count))]

    def take(self, meetings: Sequence[Meeting], scores: Sequence[PairScores]) -> None:
        """What came of `meetings`."""
        for meeting, scored in zip(meetings, scores, strict=True):
            pairing = self._waiting()
            if pairing is None:
                raise ValueError("No game of the tournament is waiting.")
            self._seen[pairing] = self._seen[pairing].seen(scored, len(meeting.seeds))
            self._next += len(meeting.seeds)

    def results(self) -> list[dict[str, Any]]:
        """`{player, rival, games, score, low, high}` of every pairing that was begun."""
        rows = []
        for (name, rival), seen in self._seen.items():
            if seen.pairs:
                score = seen.score
                shown = {"games": seen.counts.games, "score": score.value, "low": score.low, "high": score.high}
                rows.append({"player": name, "rival": rival, **shown})
        return rows

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "players": self._players,
            "seen": [[*pairing, seen.to_dict()] for pairing, seen in self._seen.items()],
            "next": self._next,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave; raises KeyError, TypeError or ValueError for anything else."""
        self._players = {
            name: player if isinstance(player, str) else dict(player) for name, player in state["players"].items()
        }
        self._seen = {(name, rival): Tally.from_dict(raw) for name, rival, raw in state["seen"]}
        self._next = int(state["next"])

    def _waiting(self) -> tuple[str, str] | None:
        return next((pairing for pairing, seen in self._seen.items() if seen.pairs < self._pairs), None)
