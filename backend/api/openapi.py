"""The Flask app with its routes and their OpenAPI 3.1 document.

`python -m backend.api.openapi docs/openapi.json` writes the document anew; a test tells when that is due.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from flask_openapi3.models.security_scheme import SecurityScheme
from flask_openapi3.openapi import OpenAPI

from backend.api import checkpoints, document, elites, health, machine, metrics, runs, scripts, sessions, systems
from backend.api.answers import ErrorAnswer
from backend.api.error_handlers import raise_bad_value
from backend.api.logins import COOKIE

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    systems.api,
    runs.api,
    metrics.api,
    checkpoints.api,
    elites.api,
    sessions.api,
    machine.api,
    document.api,
    health.api,
    scripts.api,
)

DESCRIPTION = """One control room for training runs.

Where the server has a token, send it as `Authorization: Bearer <token>`, or log in at /login. State changes must have
the content type application/json. Every answer with a status of 400 or more is
`{error: {code, message, field?, hint?}}`. What happens while a run goes on is pushed over Socket.IO: docs/api.md.
"""


def new_app() -> OpenAPI:
    """A Flask app that has the API's routes and nothing behind them yet."""
    app = OpenAPI(
        "paddock",
        static_folder=None,
        info=Info(title="Paddock", version=version("paddock"), description=DESCRIPTION),
        security_schemes={
            "token": SecurityScheme(type="http", scheme="bearer"),
            "login": SecurityScheme.model_validate({"type": "apiKey", "in": "cookie", "name": COOKIE}),
        },
        validation_error_status=400,
        validation_error_model=ErrorAnswer,
        validation_error_callback=raise_bad_value,
        doc_ui=False,
    )
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    return app


def main(target: str) -> None:
    """Write the document to the file `target`."""
    Path(target).write_text(json.dumps(new_app().api_doc, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
