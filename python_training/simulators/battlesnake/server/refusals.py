"""What is no Battlesnake request is answered with `{"error": {code, message, field?, hint?}}` and a 4xx status."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from python_training.contracts.errors import ConfigError
from python_training.simulators.battlesnake.rules.board_json import mapping, parsed

MAX_BODY_BYTES: Final = 4_000_000
"""A full board of 25 x 25 cells has about 100,000; a map that heaps up 100,000 hazards, about 2,000,000."""
LARGE_BYTES: Final = 250_000
MAX_LARGE: Final = 16
"""So many bodies that are larger than LARGE_BYTES, or do not say how large they are, are held at a time."""
BODY_S: Final = 5.0
"""A body that is not here by then is refused."""
MAX_IN_FLIGHT: Final = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger(__name__)
_CODES: Final = {
    404: "not_found",
    405: "method_not_allowed",
    408: "body_timeout",
    413: "body_too_large",
    415: "unsupported_media_type",
    503: "busy",
}


def refusal(status: int, message: str, **more: str) -> web.HTTPException:
    """The exception that ends a request with a JSON error."""
    return _Refusal(status, message, more)


class _Refusal(web.HTTPException):
    def __init__(self, status: int, message: str, more: dict[str, str]) -> None:
        self.status_code = status
        self.message = message
        self.more = more
        super().__init__(reason=message.splitlines()[0][:100])


async def document(request: web.Request, in_flight: InFlight) -> dict[str, Any]:
    """The JSON object that a request carries; raises what `answer_refusals` turns into a 4xx answer, or 503."""
    if request.content_type != "application/json":
        raise refusal(415, f"Expected Content-Type application/json, got {request.content_type!a}.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise refusal(415, "Expected a body that is not compressed.")
    large = request.content_length is None or request.content_length > LARGE_BYTES
    in_flight.large += large
    try:
        if in_flight.large > MAX_LARGE and large:
            raise refusal(503, f"More than {MAX_LARGE} large requests at a time.")
        async with asyncio.timeout(BODY_S):
            body = await request.read()
        # What is no UTF-8 can only be in a name, which no move depends on.
        return mapping(parsed(body.decode("utf-8-sig", errors="replace")), "request")
    except TimeoutError:
        raise refusal(408, f"Expected the whole body within {BODY_S:g} s.") from None
    finally:
        in_flight.large -= large


@dataclass(slots=True)
class InFlight:
    """How many requests are being answered, and how many large bodies are held."""

    count: int = 0
    large: int = 0


def answer_refusals(paths: str, in_flight: InFlight) -> Any:
    """The middleware that writes every error as JSON and counts requests; `paths` says what could be asked for."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        in_flight.count += 1
        try:
            if in_flight.count > MAX_IN_FLIGHT:
                raise refusal(503, f"More than {MAX_IN_FLIGHT} requests at a time.")
            return await handler(request)
        except ConfigError as error:
            return _answered(request, 400, {**error.to_dict(), "code": "invalid_request"})
        except web.HTTPException as error:
            return _answered(request, error.status, _told(request, error, paths), error)
        except Exception:
            _log.exception("%s %a failed", request.method, request.path)
            return _answered(request, 500, {"code": "internal", "message": "The server failed; its log says how."})
        finally:
            in_flight.count -= 1

    return middleware


def _told(request: web.Request, error: web.HTTPException, paths: str) -> dict[str, str]:
    code = _CODES.get(error.status, "refused")
    if isinstance(error, _Refusal):
        return {"code": code, "message": error.message, **error.more}
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return {"code": code, "message": f"{request.method} is not possible here.", "hint": f"Possible: {allowed}."}
    if isinstance(error, web.HTTPNotFound):
        return {"code": code, "message": f"There is nothing at {request.path[:200]!a}.", "hint": paths}
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return {"code": code, "message": f"A request may have {MAX_BODY_BYTES:,} bytes, this has more."}
    return {"code": code, "message": error.reason}


def _answered(
    request: web.Request, status: int, error: dict[str, Any], cause: web.HTTPException | None = None
) -> web.Response:
    _log.warning("%s %a: %d %s", request.method, request.path[:200], status, error["message"])
    headers = {"Allow": cause.headers["Allow"]} if cause is not None and "Allow" in cause.headers else None
    return web.json_response({"error": error}, status=status, headers=headers)
