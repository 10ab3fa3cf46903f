"""Who may talk to the server."""

from __future__ import annotations

from typing import Any

import pytest

from backend.api.guard import COOKIE, COOKIE_SECONDS, Guard
from backend.errors import ForbiddenError, UnauthenticatedError
from backend.settings import load_settings

TOKEN = "a-token-that-is-long-enough"  # noqa: S105  # a test's


def asked(host: str = "localhost:5000", method: str = "POST", **headers: str) -> dict[str, Any]:
    """The WSGI environment of a request."""
    return {"REQUEST_METHOD": method, "HTTP_HOST": host, **{f"HTTP_{name}": value for name, value in headers.items()}}


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST:5000"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    """A request to the loopback address passes under each of its names."""
    Guard(load_settings()).check_source(asked(host))


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:5000", "", "[::1"])
def test_a_foreign_host_is_refused(host: str) -> None:
    """A name that somebody made point to 127.0.0.1 (DNS rebinding) opens nothing."""
    with pytest.raises(ForbiddenError) as caught:
        Guard(load_settings()).check_source(asked(host))
    assert caught.value.field == "Host"


def test_further_hosts_can_be_allowed() -> None:
    """A server behind a proxy has a name of its own."""
    guard = Guard(load_settings(allowed_hosts="paddock.example, Other.Example"))
    guard.check_source(asked("paddock.example"))
    guard.check_source(asked("other.example:8080", ORIGIN="https://other.example:8080"))
    guard.check_source(asked("localhost:5000", ORIGIN="https://paddock.example"))


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:8888", "null", "http://", "http://[", "http://127.0.0.1:5000"]
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


def test_the_token_and_the_cookie_pass() -> None:
    """Scripts send the token, browsers the cookie."""
    guard = Guard(load_settings(token=TOKEN))
    guard.check_token(asked(AUTHORIZATION=f"Bearer {TOKEN}"))
    guard.check_token(asked(COOKIE=f"other=1; {COOKIE}={guard.cookie()}"))


def test_the_cookie_does_not_hold_the_token() -> None:
    """Whoever reads the cookie's file cannot log in elsewhere with it."""
    assert TOKEN not in Guard(load_settings(token=TOKEN)).cookie()


def test_a_cookie_ends_and_cannot_be_prolonged() -> None:
    """A cookie is good for thirty days; one with a later date has no valid signature."""
    now = 1_000_000.0
    guard = Guard(load_settings(token=TOKEN), clock=lambda: now)
    cookie = guard.cookie()
    expires, signature = cookie.split(".")
    assert guard.is_authenticated(asked(COOKIE=f"{COOKIE}={cookie}"))
    assert not guard.is_authenticated(asked(COOKIE=f"{COOKIE}={int(expires) + 1}.{signature}"))
    now += COOKIE_SECONDS + 1
    assert not guard.is_authenticated(asked(COOKIE=f"{COOKIE}={cookie}"))


def test_a_cookie_of_another_token_is_refused() -> None:
    """Changing the token logs everybody out."""
    cookie = Guard(load_settings(token="another-token-of-enough-length")).cookie()  # noqa: S106  # a test's
    assert not Guard(load_settings(token=TOKEN)).is_authenticated(asked(COOKIE=f"{COOKIE}={cookie}"))


@pytest.mark.parametrize("cookie", ["", "x", "1.2", ".", "é.x", "1" * 5000])
def test_nonsense_in_the_cookie_is_refused(cookie: str) -> None:
    """A damaged cookie is no error of the server."""
    assert not Guard(load_settings(token=TOKEN)).is_authenticated(asked(COOKIE=f"{COOKIE}={cookie}"))
