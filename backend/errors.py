"""The exceptions of the web process, beside those of python_training.contracts.errors.

PaddockError
├── NotFoundError          there is no run, checkpoint or session of that name
├── ConflictError          what is asked for does not go together with the state things are in
├── BadRequestError        a request is malformed: not JSON, a parameter that is not a number
├── UnauthenticatedError   a token is needed
├── ForbiddenError         a foreign Host or Origin
├── RateLimitedError       too many commands in too short a time
├── CommandTimeoutError    a worker did not answer in time
├── OverloadedError        there is as much going on as there may be
└── PortInUseError         something else listens on the port
"""

from __future__ import annotations

from python_training.contracts.errors import PaddockError


class NotFoundError(PaddockError):
    """There is no run, checkpoint or session of that name."""

    code = "not_found"


class ConflictError(PaddockError):
    """What is asked for does not go together with the state things are in."""

    code = "conflict"


class BadRequestError(PaddockError):
    """A request is malformed, or one of its values is not what the field takes."""

    code = "bad_request"


class UnauthenticatedError(PaddockError):
    """The request needs a token and carries none, or a wrong one."""

    code = "unauthenticated"


class ForbiddenError(PaddockError):
    """The request is addressed to a foreign host, or comes from a foreign page."""

    code = "forbidden"


class RateLimitedError(PaddockError):
    """A client gives more commands than it may.

    `retry_after_s` says after how many seconds the next one would be accepted.
    """

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message, hint=f"Try again in {retry_after_s:.1f} s.")
        self.retry_after_s = retry_after_s


class CommandTimeoutError(PaddockError):
    """A worker did not answer in time; the command may still take effect."""

    code = "timeout"


class OverloadedError(PaddockError):
    """There is as much going on as there may be; a later attempt may succeed."""

    code = "overloaded"


class PortInUseError(PaddockError):
    """Something else listens on the port."""

    code = "port_in_use"
