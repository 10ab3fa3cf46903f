"""The dashboard's files. Its own routes (/runs/abc) all get index.html; unknown paths of the API stay errors."""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, request, send_from_directory
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from backend.api.context import context
from backend.api.headers import policy_of
from backend.api.pages import not_built

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
"""Angular writes a hash of the content into these names: under one name the content never changes."""

NO_PAGE = re.compile(r"^(api|socket\.io|control|health|metrics|history|config)(/|$)|\.[A-Za-z0-9]{1,5}$")
"""Not routes of the dashboard: the API, and files."""

CHANGING = ("POST", "PUT", "PATCH", "DELETE")

dashboard = Blueprint("dashboard", __name__)


@dashboard.get("/", defaults={"path": "index.html"})
@dashboard.get("/<path:path>")
def file(path: str) -> Response:
    """A file of the dashboard, or its index.html for the routes that it has itself."""
    folder = context().settings.static_dir
    if not (folder / "index.html").is_file():
        if NO_PAGE.search(path) and path != "index.html":
            raise _nothing_at(path)
        return not_built()
    try:
        answer = send_from_directory(folder, path)  # it refuses paths that lead out of the folder
    except NotFound:
        if NO_PAGE.search(path):
            raise _nothing_at(path) from None
        path = "index.html"
        answer = send_from_directory(folder, path)
    if path == "index.html":
        answer.headers["Content-Security-Policy"] = policy_of(folder / path)
    answer.headers["Cache-Control"] = IMMUTABLE if HASHED.search(path) else REVALIDATE
    return answer


def _nothing_at(path: str) -> HTTPException:
    """404, or 405 where another method would be answered."""
    adapter = current_app.create_url_adapter(request)
    others = [method for method in CHANGING if adapter is not None and adapter.test(method=method)]
    return MethodNotAllowed(others) if others else NotFound(f"There is nothing at /{path[:200]}.")
