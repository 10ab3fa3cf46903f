"""Who may talk to this server: Host and Origin are checked, and a token is asked for where one is set.

The checks work on the WSGI environment, because Socket.IO answers before Flask sees a request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from backend.errors import ForbiddenError, UnauthenticatedError
from backend.settings import Settings
from python_training.contracts.errors import PaddockError

COOKIE = "paddock_login"
COOKIE_SECONDS = 30 * 24 * 3600
SOCKET_PATH = "/socket.io"

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Guard:
    """Checks requests against the settings. Holds no state, so it is safe to share."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        self._hosts = settings.known_hosts
        self._token = settings.token.encode()
        self._clock = clock

    @property
    def asks_for_token(self) -> bool:
        """Whether a token is set."""
        return bool(self._token)

    def check_source(self, environ: Environ) -> None:
        """Refuse requests addressed to a foreign host (DNS rebinding) or sent by a foreign page.

        Raises:
            ForbiddenError: Host is not one of ours, or Origin is neither the host that was asked nor an allowed one.
        """
        host = environ.get("HTTP_HOST", "")
        if self._hosts and _host_name(host) not in self._hosts:
            raise ForbiddenError(
                f"Host '{host}' is not this server's.",
                field="Host",
                hint="Add it to PADDOCK_ALLOWED_HOSTS if it is.",
            )
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not self._is_ours(origin, host):
            raise ForbiddenError(f"Requests from pages of '{origin}' are not accepted.", field="Origin")
        if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site" and environ.get("REQUEST_METHOD") != "GET":
            raise ForbiddenError("Requests from pages of other sites are not accepted.", field="Sec-Fetch-Site")

    def check_token(self, environ: Environ) -> None:
        """Raise UnauthenticatedError unless the request carries the token or the login cookie, or none is needed."""
        if not self.is_authenticated(environ):
            raise UnauthenticatedError(
                "This server asks for a token.",
                hint="Log in at /login, or send the header 'Authorization: Bearer <token>'.",
            )

    def is_authenticated(self, environ: Environ) -> bool:
        """Whether the request may do what the token allows."""
        if not self._token:
            return True
        scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(given.strip()):
            return True
        return self._is_cookie(environ.get("HTTP_COOKIE", ""))

    def is_token(self, given: str) -> bool:
        """Compare with the token, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token)

    def cookie(self) -> str:
        """A value for the login cookie: when it ends, and a keyed hash of that. It does not give the token away."""
        expires = str(int(self._clock()) + COOKIE_SECONDS)
        return f"{expires}.{self._signature(expires)}"

    def _is_cookie(self, header: str) -> bool:
        try:
            morsel = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return False
        expires, _, signature = (morsel.value if morsel else "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(expires).encode()):
            return False
        return int(expires) > self._clock()

    def _signature(self, expires: str) -> str:
        return hmac.new(self._token, f"paddock login until {expires}".encode(), hashlib.sha256).hexdigest()

    def _is_ours(self, origin: str, host: str) -> bool:
        """Same host and port, or a host that the settings allow. The scheme is left out: a proxy may speak TLS."""
        try:
            netloc = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        if not netloc:
            return False  # "null": a sandboxed frame, a file, a redirect across sites
        if netloc == host.lower():
            return True
        return bool(self._hosts) and _host_name(netloc) in self._hosts - _THIS_MACHINE


_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Pages on other ports of this machine are other people's pages: for these names the port must be equal too."""


def _host_name(host: str) -> str:
    """`host` without its port, in lower case and without brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


class SocketGuard:
    """WSGI middleware that applies the guard to Socket.IO, which answers before Flask's own hooks run."""

    def __init__(self, wsgi_app: WsgiApp, guard: Guard) -> None:
        self._wsgi_app = wsgi_app
        self._guard = guard

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, or answer 401 or 403 with the JSON that REST would answer."""
        if environ.get("PATH_INFO", "").startswith(SOCKET_PATH):
            try:
                self._guard.check_source(environ)
                self._guard.check_token(environ)
            except PaddockError as error:
                status = "401 Unauthorized" if isinstance(error, UnauthenticatedError) else "403 Forbidden"
                body = json.dumps({"error": error.to_dict()}).encode()
                start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
                return [body]
        return self._wsgi_app(environ, start_response)
