"""A player that is a server somewhere, named by its URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from python_training.contracts.errors import ConfigError

MAX_URL_LENGTH: Final = 2_000


@dataclass(frozen=True, slots=True)
class RemotePlayer:
    """A Battlesnake server; `name` is its URL without a slash at the end, and /move and the like go behind it."""

    name: str


def is_url(name: str) -> bool:
    """Whether a player's name is meant as a URL."""
    return "://" in name


def remote_player(url: str) -> RemotePlayer:
    """The player at `url`; raises ConfigError unless that is http(s)://host[:port][/path] and nothing more."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        usable = False
    else:
        usable = usable and not (parts.query or parts.fragment or "@" in parts.netloc)
    if not usable or len(url) > MAX_URL_LENGTH or not url.isascii() or any(each <= " " for each in url):
        raise ConfigError(f"player: expected http(s)://host[:port][/path], got '{url[:200]}'.", field="player")
    return RemotePlayer(url.rstrip("/"))
