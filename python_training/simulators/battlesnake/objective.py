"""What the tuner makes better here: the heuristic player's 31 parameters, judged by mirrored pairs of games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.config import validate
from python_training.contracts.errors import ConfigError, UnknownNameError
from python_training.contracts.metrics import Better
from python_training.contracts.objective import PairScores, Parameter
from python_training.simulators.battlesnake.objective_config import BattlesnakeObjectiveSettings
from python_training.simulators.battlesnake.play.contests import Contests, contestant
from python_training.simulators.battlesnake.play.pairs import play_pairs
from python_training.simulators.battlesnake.players.parameters import PARAMETERS
from python_training.simulators.battlesnake.players.player_file import heuristic, player_text
from python_training.simulators.battlesnake.players.players import Player
from python_training.simulators.battlesnake.players.roster import preset
from python_training.simulators.battlesnake.remote.players import RemotePlayer


class BattlesnakeObjective:
    """Duels of the heuristic player.

    A pair is a function of the two players and its seed, unless the opponent is a server.

    Args:
        settings: fields of BattlesnakeObjectiveSettings.
        threads: cores that one call of `play` may use.

    Raises:
        ConfigError, UnknownNameError: a setting is amiss.
    """

    aims: Mapping[str, Better] = {"turns": "higher", "survival": "higher", "snake_length": "neither"}
    """What counts beside the score when settings are compared: to last, and to live."""

    def __init__(self, settings: Mapping[str, Any], *, threads: int = 1) -> None:
        chosen = validate(BattlesnakeObjectiveSettings, dict(settings))
        self._game, self._timeout_ms, self._threads = chosen.game, chosen.timeout_ms, threads
        file = preset(chosen.player)
        mcts = file.options.use_mcts if chosen.use_mcts is None else chosen.use_mcts
        self._options = replace(file.options, use_mcts=mcts)
        self._values = dict(file.values)
        self.parameters: Sequence[Parameter] = tuple(each for each in PARAMETERS if _chosen(each.name, chosen.tune))
        self.opponents: Sequence[str] = chosen.opponents
        self._opponents = {name: _opponent(name, k) for k, name in enumerate(chosen.opponents)}

    def start(self) -> dict[str, float]:
        """The values that the player's file has."""
        return {parameter.name: self._values[parameter.name] for parameter in self.parameters}

    def play(
        self, candidate: Mapping[str, float], opponent: Mapping[str, float] | str, seeds: NDArray[np.int64]
    ) -> PairScores:
        """Mirrored pairs, see `pairs.play_pairs`; raises RemoteError if a server is not there at the beginning."""
        other = self._named(opponent) if isinstance(opponent, str) else self._player("opponent", opponent)
        # Whoever plays against servers keeps notes of them, and is no thing for several threads.
        contests = Contests(timeout_ms=self._timeout_ms)
        mine = self._player("candidate", candidate)
        return play_pairs(self._game, mine, other, seeds, threads=self._threads, play=contests.play)

    def config_text(self, values: Mapping[str, float], comment: str) -> str:
        """The player's file with `values`, complete, ready to be played or served."""
        return player_text({**self._values, **values}, comment, self._options)

    def close(self) -> None:
        """There is nothing to release."""

    def _player(self, name: str, values: Mapping[str, float]) -> Player:
        return heuristic({**self._values, **values}, name, self._options)

    def _named(self, name: str) -> Player | RemotePlayer:
        if name not in self._opponents:
            raise UnknownNameError.among("opponent", name, self._opponents, field="opponent")
        return self._opponents[name]


def _opponent(name: str, place: int) -> Player | RemotePlayer:
    try:
        return contestant(name)
    except (ConfigError, UnknownNameError) as error:
        raise type(error)(error.message, field=f"opponents.{place}", hint=error.hint) from None


def _chosen(name: str, tune: Sequence[str]) -> bool:
    """Whether a parameter is among those to tune; raises UnknownNameError for a name that is nobody's."""
    known = {part for each in PARAMETERS for part in (each.name, each.name.partition(".")[0])}
    for wanted in tune:
        if wanted not in known:
            raise UnknownNameError.among("parameter or section", wanted, known, field="tune")
    return not tune or name in tune or name.partition(".")[0] in tune
