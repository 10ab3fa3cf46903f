"""The baseline: what the start scores against the fixed opponents, measured before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from python_training.contracts.objective import PairScores
from python_training.systems.tuner.run.games import Meeting
from python_training.systems.tuner.run.tally import Tally
from python_training.systems.tuner.seeds import Purpose, pair_seeds
from python_training.systems.tuner.statistics.intervals import score_interval
from python_training.systems.tuner.statistics.pentanomial import PAIR_SCORES, Pentanomial
from python_training.systems.tuner.statistics.sequential import Estimate


class Baseline:
    """Pairs of the start against each fixed opponent, equally many; complete at once where there are none.

    Args:
        start: the setting.
        opponents: their names.
        pairs: pairs in all.
    """

    def __init__(self, start: Mapping[str, float], opponents: Sequence[str], pairs: int) -> None:
        self._start = start
        self._each = -(-pairs // len(opponents)) if opponents else 0
        self._seen = {name: Tally() for name in opponents}

    @property
    def complete(self) -> bool:
        """Whether all pairs were played."""
        return all(seen.pairs >= self._each for seen in self._seen.values())

    @property
    def seen(self) -> Mapping[str, Tally]:
        """What was seen against each opponent."""
        return self._seen

    def meetings(self, run_seed: int, pairs: int) -> list[Meeting]:
        """The next pairs, about `pairs` of them, all against one opponent."""
        for place, (name, seen) in enumerate(self._seen.items()):
            if seen.pairs < self._each:
                count = min(pairs, self._each - seen.pairs)
                begin = place * self._each + seen.pairs
                return [Meeting(self._start, name, pair_seeds(run_seed, Purpose.BASELINE, begin, count))]
        return []

    def take(self, meetings: Sequence[Meeting], scores: Sequence[PairScores]) -> None:
        """What came of them."""
        for meeting, scored in zip(meetings, scores, strict=True):
            name = str(meeting.opponent)
            self._seen[name] = self._seen[name].seen(scored, len(meeting.seeds))

    @property
    def win_rate(self) -> Estimate | None:
        """Mean score over all opponents with its interval; None before the first game."""
        total = sum((seen.counts for seen in self._seen.values()), Pentanomial())
        return score_interval(total.counts, PAIR_SCORES) if total.pairs else None

    def table(self) -> list[dict[str, Any]]:
        """`{opponent, games, score, low, high}` of each opponent met so far."""
        rows = []
        for name, seen in self._seen.items():
            if seen.pairs:
                score, games = seen.score, seen.counts.games
                rows.append(
                    {"opponent": name, "games": games, "score": score.value, "low": score.low, "high": score.high}
                )
        return rows

    def state(self) -> dict[str, Any]:
        """As plain JSON."""
        return {name: seen.to_dict() for name, seen in self._seen.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave; raises ValueError if it is of other opponents, KeyError or TypeError."""
        if list(state) != list(self._seen):
            raise ValueError(f"expected a baseline against {list(self._seen)}, got {list(state)}")
        self._seen = {name: Tally.from_dict(raw) for name, raw in state.items()}
