"""Logins: how long they count, and how they end."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from backend.api.logins import COOKIE, LOGIN_SECONDS, Logins

TOKEN = b"a-token-that-is-long-enough"


class Clock:
    """A clock that a test turns on."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """The time it shows."""
        return self.now


def cookie(value: str) -> str:
    """The header with which a browser sends the login back."""
    return f"other=1; {COOKIE}={value}"


def test_a_login_counts_and_does_not_hold_the_token(tmp_path: Path) -> None:
    """Whoever reads the cookie's file cannot log in elsewhere with it."""
    value = Logins(tmp_path / "logins", TOKEN).issue()
    assert Logins(tmp_path / "logins", TOKEN).of(cookie(value)) is not None, "after a restart as well"
    assert TOKEN.decode() not in value


def test_a_login_expires_and_cannot_be_prolonged(tmp_path: Path) -> None:
    """It is good for thirty days; one with a later date has no valid signature."""
    clock = Clock()
    logins = Logins(tmp_path, TOKEN, clock=clock)
    value = logins.issue()
    id, expires, signature = value.split(".")
    login = logins.of(cookie(value))
    assert login is not None
    assert logins.of(cookie(f"{id}.{int(expires) + 1}.{signature}")) is None
    assert not logins.has_expired(login)
    clock.now += LOGIN_SECONDS + 1
    assert logins.of(cookie(value)) is None
    assert logins.has_expired(login)


def test_a_login_that_was_ended_is_dead_in_every_server(tmp_path: Path) -> None:
    """Also where its cookie was copied to before, in another server on the folder, and after a restart."""
    logins, neighbour = Logins(tmp_path, TOKEN), Logins(tmp_path, TOKEN)
    value, other = logins.issue(), neighbour.issue()
    told: list[str] = []
    logins.ended.append(told.append)
    login = neighbour.of(cookie(value))
    assert login is not None
    logins.end(login)
    assert told == [login.id]
    for each in (logins, neighbour, Logins(tmp_path, TOKEN)):
        assert each.of(cookie(value)) is None
        assert each.of(cookie(other)) is not None


def test_a_login_of_another_token_is_dead(tmp_path: Path) -> None:
    """Changing the token logs everybody out."""
    value = Logins(tmp_path, b"another-token-of-enough-length").issue()
    assert Logins(tmp_path, TOKEN).of(cookie(value)) is None


@pytest.mark.parametrize("damage", [b"", b"\xff" * 64, b"0" * 63])
def test_a_damaged_key_ends_all_logins_and_new_ones_are_possible(tmp_path: Path, damage: bytes) -> None:
    """What cannot be told to be right is not let in."""
    old = Logins(tmp_path, TOKEN).issue()
    (tmp_path / "key").write_bytes(damage)
    logins = Logins(tmp_path, TOKEN)
    assert logins.of(cookie(old)) is None
    assert logins.of(cookie(logins.issue())) is not None
    assert logins.of(cookie(old)) is None


def test_where_nothing_can_be_kept_logins_last_as_long_as_the_server(tmp_path: Path) -> None:
    """A file lies where the folder should be: as with a full disk, people can log in and out all the same."""
    (tmp_path / "logins").write_text("in the way")
    logins = Logins(tmp_path / "logins", TOKEN)
    value = logins.issue()
    login = logins.of(cookie(value))
    assert login is not None
    logins.end(login)
    assert logins.of(cookie(value)) is None
    assert Logins(tmp_path / "logins", TOKEN).of(cookie(logins.issue())) is None


def test_the_key_is_for_the_server_alone(tmp_path: Path) -> None:
    """Other users of the machine cannot sign a login."""
    Logins(tmp_path / "logins", TOKEN).issue()
    assert stat.S_IMODE((tmp_path / "logins").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "logins" / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "value", ["", "x", "1.2", ".", "é.x", "1" * 5000, "../../etc/passwd.1.2", f"{'0' * 32}.{'9' * 5000}.{'0' * 64}"]
)
def test_nonsense_in_the_cookie_is_refused(tmp_path: Path, value: str) -> None:
    """A damaged cookie is no error of the server."""
    logins = Logins(tmp_path, TOKEN)
    logins.issue()
    assert logins.of(cookie(value)) is None
