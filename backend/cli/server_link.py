"""Asks the Paddock server of this machine, if one runs. Most commands do without."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from backend.cli.locate import local_settings
from backend.server import url_of
from python_training.contracts.errors import (
    CommandRefusedError,
    ConfigError,
    ControlError,
    UnknownNameError,
    WorkerUnreachableError,
)

PROBE_TIMEOUT_S = 1.0
SESSION_TIMEOUT_S = 90.0
"""A session may have to compile its world first."""


def health() -> dict[str, Any] | None:
    """What the server says of itself, None if no Paddock server answers on the port of the settings."""
    try:
        found = _request("GET", "/health", timeout=PROBE_TIMEOUT_S)
    except (OSError, ValueError):
        return None
    return found if found.get("app") == "paddock" else None


def command(run_id: str, name: str, timeout: float) -> dict[str, Any] | None:
    """Give a command through the server and wait until it is done; None if no server knows the run.

    Raises:
        CommandRefusedError: the server refused, or the command failed.
    """
    if health() is None:
        return None
    path = f"/api/v1/runs/{run_id}/commands?wait=done&timeout={timeout:g}"
    try:
        answer = _request("POST", path, {"name": name, "args": {}}, timeout=timeout + 5)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise _refusal(error, name) from None
    except OSError as error:
        raise ControlError(f"The server did not answer '{name}': {error}.") from error
    if answer.get("state") in ("refused", "failed"):
        raise CommandRefusedError(answer.get("message") or f"'{name}' {answer['state']}.")
    return {"run": run_id, **{key: answer.get(key) for key in ("state", "step", "message")}}


def delete(run_id: str) -> bool:
    """Have the server delete a run; False if no server knows it."""
    if health() is None:
        return False
    try:
        _request("DELETE", f"/api/v1/runs/{run_id}", timeout=30)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return False
        raise _refusal(error, "delete") from None
    except OSError as error:
        raise ControlError(f"The server did not answer 'delete': {error}.") from error
    return True


def create_session(body: dict[str, Any]) -> dict[str, Any]:
    """Have the server start a session; returns it as REST shows it.

    Raises:
        WorkerUnreachableError: no server runs.
        ConfigError, UnknownNameError, ControlError: the server found fault with what is asked for.
    """
    settings = local_settings()
    if health() is None:
        raise WorkerUnreachableError(
            f"No Paddock server answers on port {settings.port}.", hint="Start one with: paddock serve"
        )
    try:
        return _request("POST", "/api/v1/sessions", body, timeout=SESSION_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        refusal = _refusal(error, "create session")
        kind = {400: ConfigError, 404: UnknownNameError}.get(error.code)
        raise refusal if kind is None else kind(refusal.message, field=refusal.field, hint=refusal.hint) from None
    except OSError as error:
        raise ControlError(f"The server did not start the session: {error}.") from error


def page(path: str) -> str:
    """The address of a page of the dashboard."""
    settings = local_settings()
    return url_of(settings.host, settings.port) + path


def _request(method: str, path: str, body: dict[str, Any] | None = None, *, timeout: float) -> dict[str, Any]:
    settings = local_settings()
    headers = {"Content-Type": "application/json"}
    if settings.token:
        headers["Authorization"] = f"Bearer {settings.token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://{settings.host}:{settings.port}{path}", data=data, headers=headers, method=method
    )
    # An HTTP proxy of the environment has no business between two processes of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=timeout) as response:
        raw = response.read()
    answer = json.loads(raw) if raw else {}
    if not isinstance(answer, dict):
        raise ValueError(f"expected a JSON object from {path}, got {type(answer).__name__}")
    return answer


def _refusal(error: urllib.error.HTTPError, name: str) -> ControlError | UnknownNameError:
    try:
        told = json.loads(error.read())["error"]
        return CommandRefusedError(told["message"], field=told.get("field"), hint=told.get("hint"))
    except (ValueError, KeyError, TypeError):
        return CommandRefusedError(f"The server answered '{name}' with status {error.code}.")
