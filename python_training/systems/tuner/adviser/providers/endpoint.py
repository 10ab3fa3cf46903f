"""A model behind a server that speaks the OpenAI protocol (https://platform.openai.com/docs/api-reference/chat)."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from python_training.contracts.config import validate
from python_training.contracts.names import Names
from python_training.policy import in_force
from python_training.policy.connections import reaching_only
from python_training.systems.tuner.adviser.providers.base import (
    Generated,
    Question,
    RefusedError,
    UnavailableError,
)
from python_training.systems.tuner.adviser_config import EndpointConfig

_CHUNK = 65_536
_LETTERS_PER_TOKEN = 4
"""What English takes on average; only the server's own count is exact."""

_HOPELESS = {401: "refuses the key", 403: "refuses the key", 404: "does not know the model"}


class Endpoint:
    """Answers by asking a server. Its settings are an EndpointConfig; the key comes from the environment alone."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._config = validate(EndpointConfig, settings)
        self._policy = in_force()
        self._policy.require(Names.URL, self._config.url, "url")
        sent = self._policy.allows(Names.KEY, self._config.api_key_env)
        self._key = os.environ.get(self._config.api_key_env, "") if sent else ""
        if self._key and not self._config.confidential:
            raise UnavailableError(
                f"{self._config.url}: a key is set ({self._config.api_key_env}), and would be sent unencrypted."
            )
        if any(letter in self._key for letter in "\r\n"):
            raise UnavailableError(f"{self._config.api_key_env}: expected one line.")
        # A redirect would carry the key and the prompt to somebody else.
        self._opener = urllib.request.build_opener(_NoRedirects(), *reaching_only(self._policy))

    def describe(self) -> Mapping[str, Any]:
        """Model and address."""
        return {"model": self._config.model, "url": self._config.url, "key": bool(self._key)}

    def generate(self, question: Question) -> Generated:
        """Ask for an answer that follows the schema; raises RefusedError, or UnavailableError if asking is vain."""
        index = self._fitting(question)
        body = {
            "model": self._config.model,
            "messages": list(question.prompts[index]),
            "max_tokens": question.max_new_tokens,
            "temperature": question.temperature,
            "seed": question.seed,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "suggestion", "strict": True, "schema": question.schema},
            },
        }
        return _read(self._post(body, question.timeout_s), index)

    def _fitting(self, question: Question) -> int:
        for index, messages in enumerate(question.prompts):
            if sum(len(each["content"]) for each in messages) <= _LETTERS_PER_TOKEN * question.max_prompt_tokens:
                return index
        raise RefusedError(f"the prompt is longer than {question.max_prompt_tokens} tokens")

    def _post(self, body: Mapping[str, Any], timeout_s: float | None) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(  # noqa: S310  # the config takes http and https alone
            f"{self._config.url}/chat/completions", json.dumps(body).encode(), headers, method="POST"
        )
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        wait = min(each for each in (self._config.timeout_s, timeout_s) if each is not None)
        try:
            with self._opener.open(request, timeout=wait) as response:
                return self._body(response, deadline)
        except urllib.error.HTTPError as error:
            with error:
                told = error.read(2000).decode(errors="replace")
            raise self._refusal(error.code, told) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error or type(error).__name__
            raise RefusedError(f"{self._config.url}: {reason}") from error

    def _body(self, response: Any, deadline: float | None) -> bytes:
        """Read to the end, within bounds of size and time: a server may send one byte a minute."""
        received = bytearray()
        while chunk := response.read1(_CHUNK):
            received += chunk
            if len(received) > self._config.max_answer_bytes:
                raise RefusedError(f"{self._config.url}: an answer of over {self._config.max_answer_bytes} bytes")
            if deadline is not None and time.monotonic() > deadline:
                raise RefusedError(f"{self._config.url}: the answer took too long")
        return bytes(received)

    def _refusal(self, code: int, told: str) -> Exception:
        said = f"{self._config.url} answered {code}: {' '.join(self._discreet(told).split())[:300]}"
        if code in _HOPELESS:
            return UnavailableError(f"The server {_HOPELESS[code]}. {said}")
        return RefusedError(said)

    def _discreet(self, told: str) -> str:
        """What a server said, without the key, which some repeat."""
        return told.replace(self._key, "...") if self._key else told


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """Follow none: urllib then reports the redirect as an error."""


def _read(received: bytes, index: int) -> Generated:
    """The answer's text and cost; raises RefusedError if it is no chat completion."""
    try:
        raw = json.loads(received)
        choice = raw["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
        text = message.get("content")
        refusal = message.get("refusal")
        usage = raw.get("usage") or {}
        counts = [int(usage.get(name) or 0) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(f"not a chat completion: {received[:200]!r}") from error
    if refusal:
        raise RefusedError(f"the model refused: {str(refusal)[:300]}")
    if not isinstance(text, str):
        raise RefusedError(f"not a chat completion with text: {received[:200]!r}")
    return Generated(text, index, max(0, counts[0]), max(0, counts[1]), ended in (None, "stop"))
