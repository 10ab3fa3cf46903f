"""What every HTTP request must pass before a view sees it."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import RequestURITooLarge, UnsupportedMediaType
from werkzeug.wrappers import Response

from backend.api.context import client_address, context
from backend.api.login import send_to_login
from backend.errors import BadRequestError
from python_training.contracts.errors import ConfigError
from python_training.contracts.reading import read_json

OPEN = frozenset({"/health", "/login"})
"""Answered without a token; /health says less then."""

FORMS = frozenset({"/login", "/logout"})
"""Sent by an HTML form. A foreign page gains nothing by sending them, and Origin is checked all the same."""

_UNTYPED = (None, "", "text/plain")
"""What servers say of a request without a content type; eventlet's takes it for text, as mail does."""

MAX_TARGET = 8_000
"""Characters of path and query."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Check requests to `app`: source, token, content type, rate, and that the body is a JSON object."""
    app.before_request(_check)


def _check() -> Response | None:
    views = context()
    if len(request.environ.get("QUERY_STRING", "")) + len(request.path) > MAX_TARGET:
        raise RequestURITooLarge(f"Path and query may have {MAX_TARGET} characters together.")
    views.guard.check_source(request.environ)
    if request.path not in OPEN and not views.guard.is_authenticated(request.environ):
        return send_to_login()
    if request.method in READING or request.path in FORMS:
        return None
    _check_json()
    views.commands.take(client_address())
    return None


def _check_json() -> None:
    """A page elsewhere can send forms and plain text across origins, but not JSON; that is why JSON is asked for.

    `curl -X POST` sends neither a body nor a type. A page that does so is told by its Origin.
    """
    raw = request.get_data(cache=True)
    if not raw and request.environ.get("CONTENT_TYPE") in _UNTYPED:
        request.environ["CONTENT_TYPE"] = "application/json"  # for the views, which read an empty object then
        return
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Expected the content type application/json.")
    if not raw:
        return
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Expected a body that is not compressed.")
    try:
        body = read_json(raw)
    except ConfigError as error:
        raise BadRequestError(f"The body cannot be read. {error.message}", field=error.field) from None
    if not isinstance(body, dict):
        raise BadRequestError(f"The body must be a JSON object, got {type(body).__name__}.")
