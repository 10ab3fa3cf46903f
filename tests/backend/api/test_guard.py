"""Who may talk to the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.api.guard import GUESS_BURST, Door, Guard
from backend.errors import ForbiddenError, RateLimitedError, UnauthenticatedError
from backend.settings import load_settings

TOKEN = "a-token-that-is-long-enough"  # noqa: S105  # a test's


def asked(host: str = "localhost:5000", method: str = "POST", **headers: str) -> dict[str, Any]:
    """The WSGI environment of a request."""
    return {"REQUEST_METHOD": method, "HTTP_HOST": host, **{f"HTTP_{name}": value for name, value in headers.items()}}


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "[0:0:0:0:0:0:0:1]", "LOCALHOST:5000"],
)
def test_this_machine_is_known_by_its_names(host: str) -> None:
    """A request to the loopback address passes under each of its names."""
    Guard(load_settings()).check_source(asked(host))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:5000",
        "",
        "[::1",
        "evil@localhost",
        "evil:secret@localhost:5000",
        "localhost/evil",
        "localhost?evil",
        "localhost#evil",
        "localhost\\evil",
        "localhost:evil",
        "localhost:5000:80",
        "localhost:99999",
        "localhost:",
        "localhost.",
        ".localhost",
        " localhost",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost\n",
        "[localhost]",
        "[::1]evil.example",
        "[::1]:evil",
        "[::1%25eth0]",
        "[::ffff:127.0.0.1]",
        "::1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.1\u0660",
        "loc\u0430lhost",
    ],
)
def test_a_foreign_host_is_refused(host: str) -> None:
    """A name that somebody made point to 127.0.0.1 (DNS rebinding) opens nothing."""
    with pytest.raises(ForbiddenError) as caught:
        Guard(load_settings()).check_source(asked(host))
    assert caught.value.field == "Host"


@pytest.mark.parametrize("host", ["evil@paddock", "pad/dock", "a,b", "paddock:x"])
def test_with_a_token_alone_a_host_is_still_a_host(host: str) -> None:
    """Any name may be asked for then, and nothing that is no name."""
    guard = Guard(load_settings(token=TOKEN, host="0.0.0.0"))  # noqa: S104  # nothing listens
    guard.check_source(asked("paddock.example:8080"))
    with pytest.raises(ForbiddenError):
        guard.check_source(asked(host))


def test_what_a_proxy_says_of_the_host_counts_for_nothing() -> None:
    """X-Forwarded-Host is written by whoever likes."""
    with pytest.raises(ForbiddenError):
        Guard(load_settings()).check_source(asked("evil.example", X_FORWARDED_HOST="localhost"))
    Guard(load_settings()).check_source(asked("localhost", X_FORWARDED_HOST="evil.example"))


def test_further_hosts_can_be_allowed() -> None:
    """A server behind a proxy has a name of its own."""
    guard = Guard(load_settings(allowed_hosts="paddock.example, Other.Example"))
    guard.check_source(asked("paddock.example"))
    guard.check_source(asked("other.example:8080", ORIGIN="https://other.example:8080"))
    guard.check_source(asked("localhost:5000", ORIGIN="https://paddock.example"))


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:8888",
        "http://localhost",
        "null",
        "",
        "http://",
        "http://[",
        "http://127.0.0.1:5000",
        "http://localhost:5000@evil.example",
        "http://evil@localhost:5000",
        "http://localhost:5000/",
        "http://localhost:5000, http://evil.example",
        "http://localhost:5000.evil.example",
        "file://localhost:5000",
        "chrome-extension://localhost:5000",
        "localhost:5000",
        "//localhost:5000",
    ],
)
def test_a_page_from_elsewhere_is_refused(origin: str) -> None:
    """Not even a page from another port of this machine may press Stop."""
    with pytest.raises(ForbiddenError) as caught:
        Guard(load_settings()).check_source(asked("localhost:5000", ORIGIN=origin))
    assert caught.value.field == "Origin"


def test_own_pages_and_scripts_pass() -> None:
    """The dashboard sends its own origin, scripts send none."""
    guard = Guard(load_settings())
    guard.check_source(asked("localhost:5000", ORIGIN="http://localhost:5000"))
    guard.check_source(asked("localhost:5000"))


def test_a_form_from_another_site_is_refused_without_an_origin() -> None:
    """Browsers tell by Sec-Fetch-Site where a request comes from, even where they leave Origin out."""
    with pytest.raises(ForbiddenError):
        Guard(load_settings()).check_source(asked(SEC_FETCH_SITE="cross-site"))
    Guard(load_settings()).check_source(asked(method="GET", SEC_FETCH_SITE="cross-site"))


def test_without_a_token_set_none_is_asked_for() -> None:
    """On the loopback address a person just opens the page."""
    Guard(load_settings()).check_token(asked())


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \udcff"]
)
def test_a_wrong_token_is_refused(header: str) -> None:
    """Only the whole token passes."""
    with pytest.raises(UnauthenticatedError):
        Guard(load_settings(token=TOKEN)).check_token(asked(AUTHORIZATION=header))


def test_the_token_passes() -> None:
    """Scripts send the token."""
    Guard(load_settings(token=TOKEN)).check_token(asked(AUTHORIZATION=f"Bearer {TOKEN}"))


def test_a_guesser_is_slowed_down_and_shuts_nobody_out() -> None:
    """After ten guesses a wrong token is answered with the time to wait; the right one passes even so."""
    guard = Guard(load_settings(token=TOKEN))
    guess = {**asked(AUTHORIZATION="Bearer wrong"), "REMOTE_ADDR": "192.0.2.1"}
    for _ in range(GUESS_BURST):
        assert not guard.is_authenticated(dict(guess))
    with pytest.raises(RateLimitedError) as caught:
        guard.is_authenticated(dict(guess))
    assert caught.value.retry_after_s > 0
    assert guard.is_authenticated({**asked(AUTHORIZATION=f"Bearer {TOKEN}"), "REMOTE_ADDR": "192.0.2.1"})
    assert not guard.is_authenticated({**guess, "REMOTE_ADDR": "192.0.2.2"}), "each client has guesses of its own"


def test_one_request_is_one_guess() -> None:
    """It is looked at in several places, and counted once."""
    guard = Guard(load_settings(token=TOKEN))
    for _ in range(GUESS_BURST):
        environ = asked(AUTHORIZATION="Bearer wrong")
        assert not guard.is_authenticated(environ)
        assert not guard.is_authenticated(environ)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "client"),
    [
        ("", "10.0.0.1", "192.0.2.7", "10.0.0.1"),
        ("10.0.0.0/8", "192.0.2.1", "192.0.2.7", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1, ::1", "::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_client_is(proxies: str, remote: str, forwarded: str, client: str) -> None:
    """What others write into X-Forwarded-For, and what was in it before, counts for nothing."""
    guard = Guard(load_settings(token=TOKEN, trusted_proxies=proxies))
    assert guard.client_of({**asked(X_FORWARDED_FOR=forwarded), "REMOTE_ADDR": remote}) == client


def door(guard: Guard, clients: int = 0) -> Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]:
    """Asks through a door behind which everything is answered with 200."""

    def ask(environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        told: list[str] = []

        def behind(_environ: dict[str, Any], start: Any) -> list[bytes]:
            start("200 OK", [])
            return [b"{}"]

        body = Door(behind, guard, lambda: clients, 3)(environ, lambda status, _headers: told.append(status))
        return told[0], json.loads(b"".join(body))

    return ask


@pytest.mark.parametrize("headers", [{"SEC_FETCH_SITE": "cross-site"}, {"SEC_FETCH_SITE": "same-site"}])
def test_a_script_tag_elsewhere_opens_no_socket(headers: dict[str, str]) -> None:
    """It sends no Origin, and browsers say where it stands."""
    environ = {**asked(method="GET", **headers), "PATH_INFO": "/socket.io/", "QUERY_STRING": "EIO=4"}
    assert door(Guard(load_settings()))(environ)[0] == "403 Forbidden"


def test_nothing_is_answered_as_a_script() -> None:
    """A page elsewhere could read JSONP."""
    environ = {**asked(method="GET"), "PATH_INFO": "/socket.io/", "QUERY_STRING": "EIO=4&transport=polling&j=0"}
    status, body = door(Guard(load_settings()))(environ)
    assert (status, body["error"]["field"]) == ("400 Bad Request", "j")


def test_socket_clients_are_bounded() -> None:
    """Beyond the limit no further one is let in, while those inside go on."""
    environ = {**asked(method="GET"), "PATH_INFO": "/socket.io/", "QUERY_STRING": "EIO=4&transport=polling"}
    assert door(Guard(load_settings()), 2)(dict(environ))[0] == "200 OK"
    assert door(Guard(load_settings()), 3)(dict(environ))[0] == "503 Service Unavailable"
    assert door(Guard(load_settings()), 3)({**environ, "QUERY_STRING": "EIO=4&sid=known"})[0] == "200 OK"
