from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from python_training.contracts.objective import Parameter
from python_training.systems.tuner.adviser.advice import AdviserContext
from python_training.systems.tuner.adviser.adviser import Adviser
from python_training.systems.tuner.adviser.answer_schema import answer_schema
from python_training.systems.tuner.adviser.providers.base import Question, RefusedError, UnavailableError
from python_training.systems.tuner.adviser.providers.endpoint import Endpoint
from python_training.systems.tuner.adviser_config import AdviserConfig, EndpointConfig

Ask = Callable[..., AdviserContext]
ANSWER = json.dumps({"reason": "more room", "changes": [{"parameter": "weights.space", "value": 7.5}]})


def _completion(content: Any = ANSWER, **choice: Any) -> bytes:
    message = {"role": "assistant", "content": content}
    told = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **choice}],
        "usage": {"prompt_tokens": 321, "completion_tokens": 34, "total_tokens": 355},
    }
    return json.dumps(told).encode()


class Server(http.server.ThreadingHTTPServer):
    """Speaks the protocol on this machine, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.status, self.body, self.headers, self.drip_s = 200, _completion(), dict[str, str](), 0.0

    @property
    def url(self) -> str:
        """Address up to the version."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not self.server.drip_s:
            self.wfile.write(self.server.body)
            return
        for byte in self.server.body:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(self.server.drip_s)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of the protocol; no key is set."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with Server() as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def _endpoint(server: Server, **changes: Any) -> Endpoint:
    return Endpoint({"url": server.url, "model": "some-model", **changes})


def _question(parameters: tuple[Parameter, ...], *users: str, **changes: Any) -> Question:
    told: dict[str, Any] = {
        "prompts": [[{"role": "user", "content": user}] for user in users or ("What now?",)],
        "schema": answer_schema(parameters, 3),
        "seed": 11,
        "temperature": 0.7,
        "max_prompt_tokens": 1000,
        "max_new_tokens": 200,
        "timeout_s": 10.0,
    }
    return Question(**(told | changes))


def test_the_question_is_put_as_the_protocol_says(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """Model, messages, schema and bounds go out; text and token counts come back."""
    question = _question(parameters)
    generated = _endpoint(server).generate(question)
    assert (generated.text, generated.prompt_tokens, generated.answer_tokens) == (ANSWER, 321, 34)
    assert generated.complete
    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert "Authorization" not in headers
    assert body["model"] == "some-model"
    assert body["messages"] == [{"role": "user", "content": "What now?"}]
    assert (body["max_tokens"], body["temperature"], body["seed"]) == (200, 0.7, 11)
    assert body["response_format"]["type"] == "json_schema"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["response_format"]["json_schema"]["schema"] == question.schema


def test_the_key_comes_from_the_environment(
    server: Server, parameters: tuple[Parameter, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent as a bearer token, and stays out of what is told, even if the server repeats it."""
    monkeypatch.setenv("OWN_API_KEY", "s3cret-key")
    endpoint = _endpoint(server, api_key_env="OWN_API_KEY")
    endpoint.generate(_question(parameters))
    assert server.asked[0][1]["Authorization"] == "Bearer s3cret-key"
    server.status, server.body = 401, b'{"error": {"message": "bad key s3cret-key"}}'
    with pytest.raises(UnavailableError, match="refuses the key") as refused:
        endpoint.generate(_question(parameters))
    assert "s3cret-key" not in str(refused.value) + str(endpoint.describe())


def test_a_key_is_not_sent_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """To another machine it goes by https or not at all."""
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret-key")
    with pytest.raises(UnavailableError, match="unencrypted"):
        Endpoint({"url": "http://models.example/v1", "model": "m"})
    Endpoint({"url": "https://models.example/v1", "model": "m"})


def test_redirects_are_not_followed(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """They would carry key and prompt elsewhere."""
    for code in (301, 302, 307, 308):
        server.status, server.headers = code, {"Location": f"{server.url}/elsewhere"}
        with pytest.raises(RefusedError, match=f"answered {code}"):
            _endpoint(server).generate(_question(parameters))
    assert {path for path, _, _ in server.asked} == {"/v1/chat/completions"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "not a chat completion"),
        (b"<html>", "not a chat completion"),
        (b"[]", "not a chat completion"),
        (b'{"choices": []}', "not a chat completion"),
        (b'{"choices": [{"message": "hello"}]}', "not a chat completion"),
        (_completion(None), "not a chat completion with text"),
        (_completion(message={"content": None, "refusal": "I must not"}), "the model refused: I must not"),
        (b"[" * 100_000, "not a chat completion"),
        (b" " * 2_000_000, "an answer of over 1000000 bytes"),
    ],
)
def test_what_is_no_answer_is_refused(
    server: Server, parameters: tuple[Parameter, ...], body: bytes, fault: str
) -> None:
    """Whatever comes, it is an error that people can read."""
    server.body = body
    with pytest.raises(RefusedError, match=fault):
        _endpoint(server).generate(_question(parameters))


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, RefusedError), (404, UnavailableError), (429, RefusedError), (500, RefusedError)],
)
def test_errors_of_the_server(
    server: Server, parameters: tuple[Parameter, ...], status: int, error: type[Exception]
) -> None:
    """A model that it does not know is hopeless, trouble and limits are not; its words are told."""
    server.status, server.body = status, b'{"error": {"message": "such is life"}}'
    with pytest.raises(error, match=f"answered {status}.*such is life"):
        _endpoint(server).generate(_question(parameters))


def test_an_answer_that_is_cut_off_says_so(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """Reason length: the text is not whole."""
    server.body = _completion(ANSWER[:30], finish_reason="length")
    assert not _endpoint(server).generate(_question(parameters)).complete


def test_a_server_that_drips_is_not_waited_for(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """A byte now and then keeps each wait short, but not the whole."""
    server.drip_s = 0.02
    began = time.monotonic()
    with pytest.raises(RefusedError, match="took too long"):
        _endpoint(server).generate(_question(parameters, timeout_s=0.3))
    assert time.monotonic() - began < 3


def test_a_silent_server_is_not_waited_for(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """Nor is one that is not there at all."""
    server.drip_s = 30
    server.body = b"x"
    with pytest.raises(RefusedError, match=r"timed out|took too long"):
        _endpoint(server, timeout_s=0.2).generate(_question(parameters))
    with pytest.raises(RefusedError, match="refused"):
        Endpoint({"url": "http://127.0.0.1:9/v1", "model": "m"}).generate(_question(parameters))


def test_the_longest_prompt_that_fits_is_sent(server: Server, parameters: tuple[Parameter, ...]) -> None:
    """By letters, since only the server knows its tokens."""
    generated = _endpoint(server).generate(_question(parameters, "x" * 5000, "y" * 100))
    assert generated.prompt_index == 1
    with pytest.raises(RefusedError, match="longer than 1000 tokens"):
        _endpoint(server).generate(_question(parameters, "x" * 5000))


@pytest.mark.parametrize(
    "url",
    ["models.example", "ftp://models.example", "file:///etc/passwd", "http://", "https://me:pw@models.example/v1"],
)
def test_addresses_are_checked(url: str) -> None:
    """Only http and https, and no password, which would be kept in the run's config."""
    with pytest.raises(ValueError, match="expected"):
        EndpointConfig(url=url, model="m")


def test_a_server_advises_a_run(server: Server, parameters: tuple[Parameter, ...], context: Ask) -> None:
    """From its own process, which does not load torch; when the server fails, the run is told and goes on."""
    endpoint = EndpointConfig(url=server.url, model="some-model")
    config = AdviserConfig(models=(), endpoints=(endpoint,), lockstep=True, niceness=0)
    with closing(Adviser(config, parameters, 0)) as adviser:
        assert adviser.ask(context(1))
        (suggestion,) = adviser.arrived(1)
        assert suggestion.values == {"weights.space": 7.5}
        assert suggestion.model == f"some-model at {server.url}"
        server.status, server.body = 500, b"oh no"
        assert adviser.ask(context(2))
        assert adviser.arrived(2) == ()
        assert [notice.code for notice in adviser.notices()] == ["adviser_refused"]
        server.status, server.body = 401, b"who are you"
        assert adviser.ask(context(3))
        assert adviser.arrived(3) == ()
        assert [notice.code for notice in adviser.notices()] == ["adviser_absent"]
        assert not adviser.ask(context(4))
