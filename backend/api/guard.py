"""Who may talk to this server: Host and Origin are checked, and a token is asked for where one is set.

The checks work on the WSGI environment, because Socket.IO answers before Flask sees a request.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from backend.api.authority import authority_of, authority_of_origin
from backend.api.error_handlers import as_wsgi
from backend.api.logins import FOLDER, Login, Logins
from backend.api.rate_limit import RateLimit
from backend.errors import BadRequestError, ForbiddenError, OverloadedError, UnauthenticatedError
from backend.settings import LOOPBACK_NAMES, Settings
from python_training.contracts.errors import PaddockError

SOCKET_PATH = "/socket.io"

GUESS_RATE, GUESS_BURST = 0.2, 10
"""Guesses of the token that one client may make: ten at once, then one in five seconds."""

LOGIN = "paddock.login"
"""Where the WSGI environment of a request holds the Login that it came with."""

_WEBSOCKET_KEY = re.compile(r"[A-Za-z0-9+/]{22}==", re.ASCII)

_AUTHENTICATED = "paddock.authenticated"

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Guard:
    """Checks requests against the settings. Safe to use from several threads or greenlets."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        self._hosts = settings.known_hosts
        self._token = settings.token.encode()
        self._proxies = [ipaddress.ip_network(proxy) for proxy in settings.trusted_proxies]
        self._guesses = RateLimit(GUESS_RATE, GUESS_BURST)
        self.logins = Logins(settings.logs_dir / FOLDER, self._token, clock=clock)

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
        asked = authority_of(host)
        if (asked is None and (host or self._hosts)) or (asked and self._hosts and asked.name not in self._hosts):
            raise ForbiddenError(
                f"Host '{host[:200]}' is not this server's.",
                field="Host",
                hint="Add it to PADDOCK_ALLOWED_HOSTS if it is.",
            )
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None:
            page = authority_of_origin(origin)
            # The scheme is left out: a proxy may speak TLS. Pages on other ports of this machine are other people's.
            if page is None or (page != asked and page.name not in self._hosts - LOOPBACK_NAMES):
                raise ForbiddenError(f"Requests from pages of '{origin[:200]}' are not accepted.", field="Origin")
        if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site" and environ.get("REQUEST_METHOD") != "GET":
            raise ForbiddenError("Requests from pages of other sites are not accepted.", field="Sec-Fetch-Site")

    def check_token(self, environ: Environ) -> None:
        """Raise UnauthenticatedError unless the request carries the token or a login, or none is needed."""
        if not self.is_authenticated(environ):
            raise UnauthenticatedError(
                "This server asks for a token.",
                hint="Log in at /login, or send the header 'Authorization: Bearer <token>'.",
            )

    def is_authenticated(self, environ: Environ) -> bool:
        """Whether the request may do what the token allows; what was found out is kept in `environ`.

        Raises:
            RateLimitedError: it carries a wrong token, and its client has guessed too often.
        """
        if _AUTHENTICATED not in environ:
            environ[_AUTHENTICATED] = self._authenticate(environ)
        return bool(environ[_AUTHENTICATED])

    def check_guess(self, given: str, client: str) -> bool:
        """Whether `given` is the token; a wrong one counts as a guess, so that the right one is never shut out.

        Raises:
            RateLimitedError: it is wrong, and `client` has guessed too often.
        """
        if hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token):
            return True
        self._guesses.take(client)
        return False

    def login_of(self, environ: Environ) -> Login | None:
        """The login that a request came with, if there is one that counts."""
        return self.logins.of(environ.get("HTTP_COOKIE", ""))

    def client_of(self, environ: Environ) -> str:
        """Who sends a request: the address of the connection, or what proxies that the settings trust say of it.

        The entries of X-Forwarded-For were appended from left to right; only those that a trusted proxy appended count.
        """
        client: str = environ.get("REMOTE_ADDR", "")
        for entry in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if not self._is_proxy(client):
                break
            address = _address_of(entry)
            if address is None:
                break
            client = address
        return client

    def _authenticate(self, environ: Environ) -> bool:
        if not self._token:
            return True
        login = self.login_of(environ)
        if login is not None:
            environ[LOGIN] = login
            return True
        scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        return scheme.lower() == "bearer" and self.check_guess(given.strip(), environ.get("REMOTE_ADDR", ""))

    def _is_proxy(self, client: str) -> bool:
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _address_of(entry: str) -> str | None:
    """The IP address in an entry of X-Forwarded-For, which may have a port; None if there is none."""
    entry = entry.strip()
    with_port = authority_of(entry)
    try:
        return str(ipaddress.ip_address(with_port.name if with_port else entry))
    except ValueError:
        return None


class Door:
    """WSGI middleware that every request passes first: it says who the client is, and guards Socket.IO, which answers
    before Flask's own hooks run.

    Args:
        clients: tells how many Socket.IO clients there are.
        max_clients: more are not let in.
    """

    def __init__(self, wsgi_app: WsgiApp, guard: Guard, clients: Callable[[], int], max_clients: int) -> None:
        self._wsgi_app = wsgi_app
        self._guard = guard
        self._clients = clients
        self._max_clients = max_clients

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, or answer with the JSON that REST would answer."""
        environ["REMOTE_ADDR"] = self._guard.client_of(environ)
        if "HTTP_TRANSFER_ENCODING" in environ and environ.get("CONTENT_LENGTH"):
            # Where the body ends would be a matter of opinion, and the next request would begin where another sees it.
            return _refuse(BadRequestError("A request has a length or comes in chunks, not both."), start_response)
        if environ.get("PATH_INFO", "").startswith(SOCKET_PATH):
            try:
                self._check_socket(environ)
            except PaddockError as error:
                return _refuse(error, start_response)
        return self._wsgi_app(environ, start_response)

    def _check_socket(self, environ: Environ) -> None:
        self._guard.check_source(environ)
        self._guard.check_token(environ)
        if "HTTP_ORIGIN" not in environ and environ.get("HTTP_SEC_FETCH_SITE") in ("cross-site", "same-site"):
            raise ForbiddenError("Requests from pages of other sites are not accepted.", field="Sec-Fetch-Site")
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket" and not _is_handshake(environ):
            raise BadRequestError("The WebSocket handshake lacks its key, or is not of version 13.", field="Upgrade")
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if "j" in query:
            # A script of any page could read the answer, since it would come as a script.
            raise BadRequestError("JSONP is not served.", field="j")
        if "sid" not in query and self._clients() >= self._max_clients:
            raise OverloadedError(
                f"There are {self._max_clients} Socket.IO clients already.", hint="Close one, or try again later."
            )


def _refuse(error: PaddockError, start_response: Callable[..., Any]) -> list[bytes]:
    status, headers, body = as_wsgi(error)
    start_response(status, headers)
    return [body]


def _is_handshake(environ: Environ) -> bool:
    """Whether a request asks for a WebSocket as RFC 6455 has it; servers fail on what lacks a part."""
    return (
        environ.get("HTTP_SEC_WEBSOCKET_VERSION", "").strip() == "13"
        and _WEBSOCKET_KEY.fullmatch(environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()) is not None
        and "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
    )
