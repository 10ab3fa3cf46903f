"""GET /api/v1/openapi.json: this API, described in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from flask import current_app

from backend.api.blueprint import group

OBJECT = {"description": "An OpenAPI 3.1 document.", "content": {"application/json": {"schema": {"type": "object"}}}}

api = group("document", "The description of this API.")


@api.get("/openapi.json", responses={200: OBJECT})
def get_document() -> dict[str, Any]:
    """Get the OpenAPI 3.1 document of this API."""
    drawn: dict[str, Any] = current_app.api_doc  # type: ignore[attr-defined]  # openapi.new_app makes the app
    return drawn
