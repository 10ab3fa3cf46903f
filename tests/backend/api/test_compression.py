from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.app import create_app
from backend.settings import load_settings
from python_training.testing.runs import scripted_run

TOKEN = "x" * 24
SCRIPT = "export const words = [" + "'the same again', " * 500 + "];"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    """The app with a token, a built dashboard and a few runs."""
    dashboard = tmp_path / "dashboard"
    dashboard.mkdir()
    (dashboard / "index.html").write_text("<!doctype html><title>Paddock</title>" + "<p>hello</p>" * 200)
    (dashboard / "main-ABCDEFGH.js").write_text(SCRIPT)
    (dashboard / "font.woff2").write_bytes(bytes(5_000))
    for _ in range(20):
        scripted_run(tmp_path)
    wired = create_app(
        load_settings(
            async_mode="threading",
            logs_dir=tmp_path / "logs",
            checkpoints_dir=tmp_path / "checkpoints",
            database_url=f"sqlite:///{tmp_path}/paddock.db",
            static_dir=dashboard,
            token=TOKEN,
        )
    )
    wired.feed.scan()
    while wired.feed.step():
        pass
    yield wired.app
    wired.close()


def get(app: Any, path: str, encoding: str = "gzip", *, buffered: bool = True, **headers: str) -> Any:
    """The answer to somebody who knows the token."""
    known = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": encoding}
    known |= {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=known, buffered=buffered)


def test_json_is_compressed_once_and_says_so(app: Any) -> None:
    """The same answer, a fraction of the bytes, and caches know that it depends on what the client takes."""
    plain, packed = get(app, "/api/v1/runs", "identity"), get(app, "/api/v1/runs")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 4
    assert [get(app, "/api/v1/runs", each).headers["Content-Encoding"] for each in ("br", "zstd, br, gzip")] == [
        "br",
        "zstd",
    ]


def test_the_list_of_runs_is_small(app: Any) -> None:
    """What a row shows, and no config or declarations of metrics: these stand in each run's own answer."""
    runs = get(app, "/api/v1/runs", "identity")
    assert len(runs.data) / len(runs.json["runs"]) < 1_500
    row = runs.json["runs"][0]
    assert row["unit"] == {"one": "step", "many": "steps"}
    assert row["primary"]["name"] == "value"
    own = get(app, f"/api/v1/runs/{row['id']}", "identity").json
    assert own["config"]["total_steps"] == 100
    assert {name: own[name] for name in row} == row


def test_files_are_compressed_and_revalidated(app: Any) -> None:
    """A browser that has a file asks with the tag of what it got, and is told that nothing has changed."""
    first = get(app, "/main-ABCDEFGH.js")
    assert gzip.decompress(first.data).decode() == SCRIPT
    assert "immutable" in first.headers["Cache-Control"]
    page = get(app, "/")
    assert page.headers["Content-Encoding"] == "gzip"
    again = get(app, "/", If_None_Match=page.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    plain = get(app, "/", "identity")
    assert plain.headers["ETag"] != page.headers["ETag"]
    assert get(app, "/", "identity", If_None_Match=plain.headers["ETag"]).status_code == 304


def test_what_gains_nothing_is_left_as_it_is(app: Any) -> None:
    """Small answers, fonts that are packed already, and parts of files, whose bytes are counted."""
    for path in ("/health", "/font.woff2"):
        assert "Content-Encoding" not in get(app, path).headers, path
    part = get(app, "/main-ABCDEFGH.js", Range="bytes=0-1999")
    assert (part.status_code, len(part.data)) == (206, 2_000)
    assert "Content-Encoding" not in part.headers


def test_the_login_is_never_compressed(app: Any) -> None:
    """Secrets beside what a stranger may have typed would show in the length of a compressed answer."""
    client = app.test_client()
    form = client.get("/login?next=/" + "x" * 2_000, headers={"Accept-Encoding": "gzip"})
    assert len(form.data) > 2_000
    wrong = client.post("/login", data={"token": "no", "next": "/" + "y" * 2_000}, headers={"Accept-Encoding": "gzip"})
    assert wrong.status_code == 401
    right = client.post("/login", data={"token": TOKEN, "next": "/"}, headers={"Accept-Encoding": "gzip"})
    assert "Set-Cookie" in right.headers
    assert all("Content-Encoding" not in answer.headers for answer in (form, wrong, right))


def test_a_streamed_download_stays_a_stream(app: Any) -> None:
    """It is sent piece by piece, whatever its type: it may be larger than the memory."""
    pieces = ["a" * 5_000] * 3
    app.add_url_rule("/api/stream", view_func=lambda: app.response_class(iter(pieces), mimetype="text/plain"))
    answer = get(app, "/api/stream", buffered=False)
    assert answer.is_streamed
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 15_000
