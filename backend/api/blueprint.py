"""What all groups of endpoints have in common."""

from __future__ import annotations

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from backend.api.answers import ErrorAnswer

VERSION = "/api/v1"
ERRORS: ResponseDict = dict.fromkeys((400, 401, 403, 404, 408, 409, 413, 414, 415, 429, 503, 507), ErrorAnswer)
SECURITY: list[dict[str, list[str]]] = [{}, {"token": []}, {"login": []}]


def group(name: str, description: str, prefix: str = VERSION) -> APIBlueprint:
    """A group of endpoints below `prefix`."""
    return APIBlueprint(
        name,
        __name__,
        url_prefix=prefix,
        abp_tags=[Tag(name=name, description=description)],
        abp_security=SECURITY,
        abp_responses=ERRORS,
    )
