"""Every error leaves as JSON: `{error: {code, message, field?, hint?}}` with the status that fits."""

from __future__ import annotations

import json
import logging
import math
from http import HTTPStatus

from flask import Flask, Response, jsonify
from pydantic import ValidationError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError

from backend import errors
from backend.store.base import StoreError, UnfitError
from python_training.contracts import errors as training_errors
from python_training.contracts.errors import PaddockError, StorageError

log = logging.getLogger("paddock.api")

STATUS: dict[type[PaddockError], int] = {
    errors.BadRequestError: 400,
    errors.UnauthenticatedError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.RateLimitedError: 429,
    errors.CommandTimeoutError: 503,
    errors.OverloadedError: 503,
    StoreError: 503,
    UnfitError: 400,
    training_errors.ConfigError: 400,
    training_errors.StorageError: 507,
    training_errors.JournalError: 503,
    training_errors.NoCheckpointError: 404,
    training_errors.CheckpointError: 409,
    training_errors.RunDamagedError: 409,
    training_errors.RunLockedError: 409,
    training_errors.TransitionError: 409,
    training_errors.CommandRefusedError: 409,
    training_errors.WorkerUnreachableError: 503,
    training_errors.ControlError: 503,
}

RETRY_OVERLOADED_S = 5

CODES = {
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
}


def status_of(error: PaddockError) -> int:
    """The HTTP status for an error: that of the nearest class in the table, 500 if there is none."""
    if isinstance(error, training_errors.UnknownNameError):
        # Named in the body it is a bad value; named in the path it is a page that does not exist.
        return 400 if error.field not in (None, "run", "id") else 404
    return next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 500)


def bad_value(error: ValidationError) -> PaddockError:
    """The first fault that pydantic found, with field, expectation and what came."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"]) or None
    got = "nothing" if fault["type"] == "missing" else repr(fault["input"])[:120]
    where = f"{field}: " if field else ""
    return errors.BadRequestError(f"{where}{fault['msg']}, got {got}.", field=field)


def raise_bad_value(error: ValidationError) -> Response:
    """flask-openapi3's hook for parameters and bodies that do not fit their model."""
    raise bad_value(error)


def install(app: Flask) -> None:
    """Let `app` answer errors as JSON."""
    app.register_error_handler(PaddockError, _expected)
    app.register_error_handler(OSError, _storage)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def as_wsgi(error: PaddockError) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and body of the answer to a request that Flask does not see."""
    status, body = HTTPStatus(status_of(error)), json.dumps({"error": error.to_dict()}).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **_headers(error)}
    return f"{status.value} {status.phrase}", list(headers.items()), body


def _storage(error: OSError) -> tuple[Response, int, dict[str, str]] | Response:
    full = StorageError.of(error)
    return _expected(full) if full else _unexpected(error)


def _expected(error: PaddockError) -> tuple[Response, int, dict[str, str]]:
    error = StorageError.of(error) or error
    return jsonify({"error": error.to_dict()}), status_of(error), _headers(error)


def _headers(error: PaddockError) -> dict[str, str]:
    if isinstance(error, errors.RateLimitedError):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))}
    if isinstance(error, errors.OverloadedError):
        return {"Retry-After": str(RETRY_OVERLOADED_S)}
    if isinstance(error, errors.UnauthenticatedError):
        return {"WWW-Authenticate": 'Bearer realm="paddock"'}
    return {}


def _http(error: HTTPException) -> tuple[Response, int, dict[str, str]] | Response:
    status = 408 if isinstance(error, ClientDisconnected) else error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())  # a redirect is no error
    if status == 408:
        told = {"code": CODES[status], "message": "The body did not come in time, or not as a whole."}
        return jsonify({"error": told}), status, {"Connection": "close"}
    code = CODES.get(status, error.name.lower().replace(" ", "_"))
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    told = {"code": code, "message": error.description or error.name}
    return jsonify({"error": told}), status, kept


def _unexpected(error: Exception) -> tuple[Response, int, dict[str, str]] | Response:
    log.exception("A request failed unexpectedly", exc_info=error)
    return _http(InternalServerError("Something went wrong in the server; its log says what."))
