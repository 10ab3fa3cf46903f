"""Games between whoever is named: players that play here, and Battlesnake servers by their URLs. Light to import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from python_training.contracts.names import Names
from python_training.policy import in_force
from python_training.simulators.battlesnake.remote.contact import Contact
from python_training.simulators.battlesnake.remote.players import RemotePlayer, is_url, remote_player
from python_training.simulators.battlesnake.rules.modes import DEFAULT_TIMEOUT_MS

if TYPE_CHECKING:
    from python_training.contracts.places import RunPlaces
    from python_training.simulators.battlesnake.config import BattlesnakeConfig
    from python_training.simulators.battlesnake.play.matches import Results
    from python_training.simulators.battlesnake.players.players import Player

DEFAULT_AT_ONCE: Final = 32


def contestant(name: str, places: RunPlaces | None = None) -> Player | RemotePlayer:
    """The scripted player, preset, file, server or, with `places`, setting of a run called `name`.

    Raises:
        UnknownNameError: there is none.
        NotAllowedError: a config from the network must not name it.
        ConfigError: the file is no player, or the URL none of a server.
        NoCheckpointError: the run has saved nothing yet.
    """
    if is_url(name):
        in_force().require(Names.URL, name, "player")
        return remote_player(name)
    from python_training.simulators.battlesnake.players.roster import player

    return player(name, places)


class Contests:
    """Plays games like `matches.play`, with servers among the players, and remembers how those answered.

    One thread at a time. A game without servers is a function of its players, config and seed; so is one with servers
    whose moves are functions of their requests, as those of `paddock battlesnake serve` are while none is cut short.
    """

    def __init__(self, *, timeout_ms: int = DEFAULT_TIMEOUT_MS, at_once: int = DEFAULT_AT_ONCE) -> None:
        """With `timeout_ms` for each server's move and `at_once` games at the same time where servers play."""
        self.contacts: dict[str, Contact] = {}
        """How each server answered so far, by its URL."""
        self._timeout_ms = timeout_ms
        self._at_once = at_once

    def play(
        self,
        config: BattlesnakeConfig,
        players: Sequence[Player | RemotePlayer],
        seats: Any,
        seeds: Any,
        *,
        threads: int = 1,
    ) -> Results:
        """Play one game for each seed; raises RemoteError if a server is not there at the beginning.

        Args:
            config: of all games.
            players: who takes part.
            seats: (G, S) int64, index into `players` of who sits where.
            seeds: (G,) int64 from 0 to 2**63 - 1.
            threads: how many cores to use for the players that play here.
        """
        from python_training.simulators.battlesnake.play.matches import play

        here = [each for each in players if not isinstance(each, RemotePlayer)]
        if len(here) == len(players):
            return play(config, here, seats, seeds, threads=threads)
        from python_training.simulators.battlesnake.remote.matches import RemoteMatches

        for each in players:
            if isinstance(each, RemotePlayer):
                self.contacts.setdefault(each.name, Contact())
        matches = RemoteMatches(config, players, seats, seeds, self.contacts, timeout_ms=self._timeout_ms)
        return matches.play(threads=threads, at_once=self._at_once)
