"""Logins: what the cookie of a browser holds, until when it counts, and which ones were ended before their time."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger("paddock.api")

COOKIE = "paddock_login"
LOGIN_SECONDS = 30 * 24 * 3600

FOLDER = ".logins"
"""Below logs_dir; the dot keeps it from being taken for a run."""

_COOKIE = re.compile(r"(?P<id>[0-9a-f]{32})\.(?P<expires>[0-9]{1,12})\.(?P<signature>[0-9a-f]{64})", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Login(NamedTuple):
    """A login that counts; `expires` is a Unix time."""

    id: str
    expires: int


class Logins:
    """The logins of the servers that share a folder.

    The folder holds a random key and an empty file for each login that was ended by its owner. A cookie is signed with
    that key and the token, so it outlives a restart, and no longer counts once it has expired or was ended, or once the
    token or the key is another one. The cookie gives the token away neither directly nor to guesses: the key is not
    known outside. Safe to use from several threads, greenlets and processes.

    Attributes:
        ended: called with the id of each login that its owner has ended.
    """

    def __init__(self, folder: Path, token: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self.ended: list[Callable[[str], None]] = []
        self._folder = folder
        self._token = token
        self._clock = clock
        self._unsaved_key = ""
        self._unsaved_ends: set[str] = set()

    def issue(self) -> str:
        """A new login, as the value of its cookie."""
        self._forget_expired()
        id, expires = secrets.token_hex(16), str(int(self._clock()) + LOGIN_SECONDS)
        return f"{id}.{expires}.{self._signature(id, expires, self._key() or self._new_key())}"

    def of(self, cookies: str) -> Login | None:
        """The login in a `Cookie` header, None if there is none that counts."""
        try:
            morsel = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return None
        match = _COOKIE.fullmatch(morsel.value) if morsel else None
        key = self._key() if match else ""
        if match is None or not key:
            return None
        login = Login(match["id"], int(match["expires"]))
        if not hmac.compare_digest(match["signature"], self._signature(login.id, match["expires"], key)):
            return None
        return login if login.expires > self._clock() and not self._is_ended(login.id) else None

    def end(self, login: Login) -> None:
        """Let a login count no more, in any server and after any restart; what goes on under it is told to end."""
        self._unsaved_ends.add(login.id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._folder / login.id).touch(mode=0o600)
            self._unsaved_ends.discard(login.id)
        except OSError as error:
            log.error("An ended login could not be noted and would count again after a restart: %s", error)
        for tell in self.ended:
            tell(login.id)

    def has_expired(self, login: Login) -> bool:
        """Whether its time is over."""
        return login.expires <= self._clock()

    def _signature(self, id: str, expires: str, key: str) -> str:
        secret = hmac.new(bytes.fromhex(key), self._token, hashlib.sha256).digest()
        return hmac.new(secret, f"paddock login {id} until {expires}".encode(), hashlib.sha256).hexdigest()

    def _is_ended(self, id: str) -> bool:
        return id in self._unsaved_ends or (self._folder / id).exists()

    def _key(self) -> str:
        """The key of the folder, empty if there is none that is whole."""
        try:
            key = (self._folder / "key").read_text(errors="replace").strip()
        except OSError:
            return self._unsaved_key
        return key if _KEY.fullmatch(key) else self._unsaved_key

    def _new_key(self) -> str:
        """A key in place of one that is missing or damaged: with it, all logins before are over."""
        key = secrets.token_hex(32)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileNotFoundError):
                (self._folder / "key").unlink()
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix="key.")  # readable by its owner alone
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(key)
                    file.flush()
                    os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):  # another server was first: its key is the one
                    os.link(temporary, self._folder / "key")
            finally:
                Path(temporary).unlink()
        except OSError as error:
            log.error("The key of logins cannot be kept, so they end with this server: %s", error)
            self._unsaved_key = key
        return self._key() or key

    def _forget_expired(self) -> None:
        """Remove the notes on logins that have expired by now."""
        with contextlib.suppress(OSError):
            for note in self._folder.iterdir():
                if note.name != "key" and note.stat().st_mtime < time.time() - LOGIN_SECONDS:
                    note.unlink()
