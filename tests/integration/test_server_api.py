"""REST as clients meet it: its document, its errors, its guard, the short endpoints and the dashboard's files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import requests
import socketio
from openapi_spec_validator import validate

from python_training.testing.runs import wait_for

TOKEN = "a-token-that-is-long-enough"  # noqa: S105  # a test's


@pytest.fixture(scope="module")
def document(server: Any) -> dict[str, Any]:
    """The server's OpenAPI document."""
    return server.get("/api/v1/openapi.json").json()


@pytest.fixture(scope="module")
def finished(server: Any) -> str:
    """A run of ten steps that has finished."""
    run = server.begin(total_steps=10)
    server.wait_for_status(run, "finished")
    return run


def fits(document: dict[str, Any], path: str, method: str, answer: requests.Response) -> None:
    """Hold an answer against the document: additional fields are errors, too."""
    described = document["paths"][path][method]["responses"][str(answer.status_code)]
    schema = described["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """It is OpenAPI 3.1."""
    assert document["openapi"].startswith("3.1")
    validate(document)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/v1/runs", ""),
        ("/api/v1/runs/{run}", ""),
        ("/api/v1/runs/{run}/metrics", "?points=5"),
        ("/api/v1/runs/{run}/events", "?limit=5"),
        ("/api/v1/runs/{run}/log", ""),
        ("/api/v1/runs/{run}/checkpoints", ""),
        ("/api/v1/machine", ""),
        ("/api/v1/sessions", ""),
        ("/health", ""),
        ("/metrics", ""),
        ("/history", "?limit=3"),
        ("/config", ""),
    ],
)
def test_answers_are_what_the_document_says(
    server: Any, document: dict[str, Any], finished: str, path: str, query: str
) -> None:
    """Neither a field too many nor one too few."""
    answer = server.get(path.replace("{run}", finished) + query)
    assert answer.status_code == 200, answer.text
    fits(document, path, "get", answer)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("POST", "/api/v1/runs", {"system": "scripted", "config": {"total_steps": "many"}}, 400, "total_steps"),
        ("POST", "/api/v1/runs", {"system": "scripted", "config": {"stepps": 1}}, 400, "stepps"),
        ("POST", "/api/v1/runs", {"system": "scriptd"}, 400, "system"),
        ("POST", "/api/v1/runs", {}, 400, "system"),
        ("POST", "/api/v1/runs", {"system": "scripted", "nmae": "x"}, 400, "nmae"),
        ("POST", "/api/v1/runs/{run}/commands", {"name": "Stop!"}, 400, "name"),
        ("POST", "/api/v1/runs/{run}/commands?wait=forever", {"name": "stop"}, 400, "wait"),
        ("POST", "/api/v1/runs/{run}/commands", {"name": "stop"}, 409, "name"),
        ("GET", "/api/v1/runs?limit=lots", None, 400, "limit"),
        ("GET", "/api/v1/runs?status=asleep", None, 400, "status"),
        ("GET", "/api/v1/runs/{run}/metrics?names=lose", None, 400, "names"),
        ("GET", "/api/v1/runs/{run}/metrics?points=0", None, 400, "points"),
        ("GET", "/api/v1/runs/no-such-run", None, 404, "run"),
        ("GET", "/api/v1/runs/..%2f..%2fetc/log", None, 404, None),
        ("GET", "/api/v1/runs/{run}/checkpoints/99/download", None, 404, "step"),
        ("GET", "/api/v1/no/such/thing", None, 404, None),
        ("PUT", "/api/v1/runs", {}, 405, None),
        ("POST", "/api/v1/sessions", {"player": "policy", "run": "no-such-run"}, 404, "run"),
        ("DELETE", "/api/v1/sessions/nothing", {}, 404, None),
        ("POST", "/config", {"no_such_field": 1}, 400, "no_such_field"),
        ("POST", "/config", {"seed": 1}, 400, "seed"),
        ("POST", "/config", {"drift": 1.0}, 409, "name"),
    ],
)
def test_errors_are_json_and_name_the_field(
    server: Any, finished: str, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    """`{error: {code, message, field?, hint?}}` with the status that fits, whatever goes wrong."""
    answer = server.ask(method, path.replace("{run}", finished), json=body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"]
    assert error["message"].endswith(".")
    assert error.get("field") == field


def test_a_wrong_value_says_what_was_expected_and_what_came(server: Any) -> None:
    """A person can repair the value from the message alone."""
    body = {"system": "scripted", "config": {"total_steps": 0}}
    error = server.post("/api/v1/runs", body).json()["error"]
    assert error["message"] == "total_steps: Input should be greater than or equal to 1, got 0."


@pytest.mark.parametrize("data", ["{", "[1]", '"text"', "nul"])
def test_a_body_that_is_no_json_object_is_refused(server: Any, data: str) -> None:
    """Half a body is not taken for an empty one."""
    answer = server.ask("POST", "/control/stop", data=data, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_a_state_change_must_be_json(server: Any, finished: str) -> None:
    """A form on another site can send text and forms, but no JSON."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        for path in (f"/api/v1/runs/{finished}/commands", "/control/stop"):
            answer = server.ask("POST", path, data='{"name": "stop"}', headers={"Content-Type": kind})
            assert answer.status_code == 415, (kind, path)


def test_a_request_without_a_body_needs_no_type(server: Any, finished: str) -> None:
    """`curl -X POST` works, and a page elsewhere that sends the same is told by its Origin."""
    answer = server.ask("POST", "/control/save")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict"), "understood: nothing runs"
    assert server.ask("POST", "/control/save", headers={"Origin": "http://evil.example"}).status_code == 403
    empty_form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("POST", "/control/save", headers=empty_form).status_code == 415


def test_a_foreign_host_or_origin_is_refused(server: Any) -> None:
    """Neither DNS rebinding nor another page reaches anything, Socket.IO included."""
    for path in ("/health", "/api/v1/runs", "/", "/socket.io/?EIO=4&transport=polling"):
        assert server.get(path, headers={"Host": "evil.example"}).status_code == 403
        assert server.get(path, headers={"Origin": "http://evil.example"}).status_code == 403
        assert server.get(path, headers={"Origin": "http://localhost:1"}).status_code == 403
    with pytest.raises(socketio.exceptions.ConnectionError):
        socketio.Client().connect(server.url, headers={"Origin": "http://evil.example"}, transports=["websocket"])


def test_a_body_that_is_too_large_is_refused(server: Any) -> None:
    """Nobody fills the memory with one request."""
    answer = server.post("/api/v1/runs", {"system": "scripted", "notes": "x" * 1_100_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_every_answer_has_the_security_headers(server: Any) -> None:
    """Pages, data and errors alike."""
    for path in ("/", "/health", "/api/v1/runs", "/api/v1/nothing"):
        headers = server.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Cache-Control" in headers


def test_the_short_endpoints_act_on_the_newest_run(server: Any, document: dict[str, Any]) -> None:
    """A script starts, reads, tunes, saves and stops without knowing an id."""
    started = server.post(
        "/control/start", {"system": "scripted", "config": {"seconds_per_step": 0.01, "total_steps": 100_000}}
    )
    assert started.status_code == 201
    fits(document, "/control/start", "post", started)
    run = started.json()["run"]
    server.wait_for_status(run, "running")
    wait_for(lambda: server.get("/metrics").json()["values"], "the first values")
    health = server.get("/health").json()
    assert (health["is_training"], health["run"]) == (True, run)
    again = server.post("/control/start")
    assert (again.status_code, again.json()["started"], again.json()["run"]) == (200, False, run)

    changed = server.post("/config", {"drift": 2.5})
    fits(document, "/config", "post", changed)
    assert changed.json()["state"] == "done"
    assert server.get("/config").json()["config"]["drift"] == 2.5
    refused = server.post("/config", {"seed": 3})
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, "seed")

    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "pause"})
    assert server.get("/health").json()["is_training"] is False
    resumed = server.post("/control/start")
    assert (resumed.json()["run"], resumed.json()["started"], resumed.json()["status"]) == (run, True, "running")

    saved = server.post("/control/save")
    fits(document, "/control/save", "post", saved)
    assert saved.json()["acknowledged"] is True
    wait_for(lambda: server.get(f"/api/v1/runs/{run}/checkpoints").json()["checkpoints"], "the checkpoint")
    wait_for(lambda: len(server.get("/history").json()["history"]) > 5, "more points than asked for")
    history = server.get("/history?limit=5").json()["history"]
    assert len(history) == 5
    assert [point["step"] for point in history] == sorted(point["step"] for point in history)
    stopped = server.ask("POST", "/control/stop", headers={"Content-Type": "application/json"})
    assert stopped.json()["acknowledged"] is True
    server.wait_for_status(run, "stopped")
    gone_on = server.post("/control/start", {"run": run})
    assert gone_on.json()["run"] == run
    server.wait_for_status(run, "running")
    server.post(f"/api/v1/runs/{run}/commands?wait=done", {"name": "stop"})


def test_with_a_token_everything_asks_for_it(make_server: Callable[..., Any]) -> None:
    """REST, downloads, pages and Socket.IO; only the login page and a bare /health answer without."""
    server = make_server(token=TOKEN)
    bare = {"Authorization": ""}
    for path in ("/api/v1/runs", "/api/v1/openapi.json", "/metrics", "/config", "/main.js", "/api/v1/runs/x/log"):
        answer = server.get(path, headers=bare)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated"), path
    assert server.post("/control/stop", headers=bare).status_code == 401
    assert server.get("/socket.io/?EIO=4&transport=polling", headers=bare).status_code == 401
    assert server.get("/health", headers=bare).json().keys() == {"status", "app", "version"}
    assert server.get("/api/v1/runs").status_code == 200
    assert server.listen().call("join", run="nothing")["error"]["code"] == "not_found"

    page = server.get("/runs/x", headers={**bare, "Accept": "text/html"}, allow_redirects=False)
    assert (page.status_code, page.headers["Location"]) == (303, "/login?next=/runs/x")
    assert 'name="token"' in server.get("/login?next=/runs/x", headers=bare).text


def test_the_login_page_gives_a_cookie_for_the_token(make_server: Callable[..., Any]) -> None:
    """The cookie opens REST and Socket.IO, cannot be read by scripts, and does not hold the token."""
    server = make_server(token=TOKEN)
    with requests.Session() as person:
        wrong = person.post(f"{server.url}/login", data={"token": "guess"}, timeout=10)
        assert wrong.status_code == 401
        assert "not this server" in wrong.text
        right = person.post(
            f"{server.url}/login", data={"token": TOKEN, "next": "//evil.example"}, timeout=10, allow_redirects=False
        )
        assert (right.status_code, right.headers["Location"]) == (303, "/")
        cookie = right.headers["Set-Cookie"]
        assert re.search(r"; HttpOnly", cookie)
        assert re.search(r"; SameSite=Strict", cookie)
        assert TOKEN not in cookie
        assert person.get(f"{server.url}/api/v1/runs", timeout=10).status_code == 200
        value = cookie.split(";")[0]
        server.headers = {"Cookie": value}
        server.listen()
        server.headers = {"Authorization": f"Bearer {TOKEN}"}
        guesses = [person.post(f"{server.url}/login", data={"token": "x"}, timeout=10).status_code for _ in range(12)]
        assert guesses[-1] == 429


def test_commands_are_limited_per_client(make_server: Callable[..., Any]) -> None:
    """A script in a loop is told to wait; reading is not limited."""
    server = make_server(command_rate="0.1", command_burst="3")
    answers = [server.post("/control/stop") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    told = server.listen().call("command", run="x", name="stop")
    assert told["error"]["code"] == "rate_limited"
    assert {server.get("/health").status_code for _ in range(10)} == {200}
    server.settings = {}


def test_the_dashboards_files_are_served(make_server: Callable[..., Any], tmp_path: Any) -> None:
    """Its routes get index.html, hashed files may be kept for ever, and nothing outside the folder is reachable."""
    folder = tmp_path / "dashboard"
    (folder / "media").mkdir(parents=True)
    (folder / "index.html").write_text("<html><script>let a = 1</script>the dashboard</html>")
    (folder / "main-ABCDEF12.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    server = make_server(static_dir=str(folder))
    for path in ("/", "/runs/abc", "/new-run"):
        answer = server.get(path)
        assert "the dashboard" in answer.text, path
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "'sha256-" in answer.headers["Content-Security-Policy"]
    assert "immutable" in server.get("/main-ABCDEF12.js").headers["Cache-Control"]
    for path in ("/main-00000000.js", "/api/v1/x", "/../secret.txt", "/%2e%2e/secret.txt", "/..%5csecret.txt"):
        answer = server.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["error"]["code"] == "not_found"


def test_without_a_built_dashboard_a_page_says_what_to_do(make_server: Callable[..., Any], tmp_path: Any) -> None:
    """Not an error page of the framework, and the API works all the same."""
    server = make_server(static_dir=str(tmp_path / "nothing"))
    answer = server.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
    assert server.get("/api/v1/runs").status_code == 200
