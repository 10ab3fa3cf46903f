"""Answers are compressed as the client asks for, where that saves anything and tells nobody anything."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

MIN_BYTES = 1_000
"""Less than a packet of the network is sent as it is."""

FILES = "dashboard.file"
"""The endpoint of the dashboard's own files: small enough to be read at once, which streamed downloads are not."""

SETTINGS = {
    # Zstandard takes a tenth of gzip's time. Everything else waits while one answer is compressed, so levels are low.
    "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
    "COMPRESS_ZSTD_LEVEL": 3,
    "COMPRESS_BR_LEVEL": 4,
    "COMPRESS_LEVEL": 4,
    "COMPRESS_MIN_SIZE": MIN_BYTES,
    "COMPRESS_STREAMS": False,
    "COMPRESS_REGISTER": False,
}


def install(app: Flask) -> None:
    """Compress answers of `app`: JSON, text and the dashboard's files; never archives, parts of files and logins.

    An answer that sets a cookie, and everything of the login, holds secrets beside what a stranger may have typed:
    compressed, its length would tell of them (BREACH).
    """
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    compress = Compress()
    compress.init_app(app)

    @app.after_request
    def _compress(response: Response) -> Response:
        if request.blueprint == "login" or "Set-Cookie" in response.headers or response.status_code in (204, 206, 304):
            return response
        if request.endpoint == FILES and response.mimetype in compress.compress_mimetypes_set:
            response.direct_passthrough = False
            response.set_data(response.get_data())
        return compress.after_request(response)
