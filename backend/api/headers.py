"""Security headers, and a content policy that fits the dashboard that is being served."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask, Response

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def content_policy(page: str = "") -> str:
    """A Content-Security-Policy under which `page` works: its own inline scripts are allowed by hash, others are not.

    Angular adds its components' styles as inline elements, so styles may be inline; they cannot run code.
    """
    scripts, handlers = _Inline.of(page)
    allowed = ["'self'", *map(_hash, scripts)]
    if handlers:
        allowed += ["'unsafe-hashes'", *map(_hash, handlers)]
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {' '.join(allowed)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


@lru_cache(maxsize=4)
def _policy_of(page: Path, _changed_ns: int) -> str:
    return content_policy(page.read_text())


def policy_of(page: Path) -> str:
    """The policy for the page in that file; it is read again when it has changed."""
    return _policy_of(page, page.stat().st_mtime_ns)


def install(app: Flask) -> None:
    """Add the headers to every answer of `app` that has none of its own."""
    policy = content_policy()

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        # What the API tells is true for a moment only; files say themselves how long they may be kept.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


class _Inline(HTMLParser):
    """Collects the inline scripts and event handlers of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._in_script = False

    @classmethod
    def of(cls, page: str) -> tuple[Sequence[str], Sequence[str]]:
        parser = cls()
        parser.feed(page)
        parser.close()
        return parser.scripts, parser.handlers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script" and not any(name == "src" for name, _ in attrs)
        self.handlers += [value for name, value in attrs if name.startswith("on") and value]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)
