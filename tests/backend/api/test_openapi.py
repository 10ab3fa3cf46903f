"""The committed OpenAPI document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask_openapi3.openapi import OpenAPI
from openapi_spec_validator import validate

from backend.api.openapi import new_app

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def app() -> OpenAPI:
    """The app with its routes and nothing behind them."""
    return new_app()


def test_it_is_valid(app: OpenAPI) -> None:
    """OpenAPI 3.1, as the standard's own schema has it."""
    validate(app.api_doc)
    assert app.api_doc["openapi"].startswith("3.1")


def test_the_committed_one_is_current(app: OpenAPI) -> None:
    """After a change of the API: make openapi."""
    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(app.api_doc))


def test_every_route_is_in_it(app: OpenAPI) -> None:
    """No endpoint is left out, and none is described that is not there."""
    routes = {
        (rule.rule.replace("<string:", "{").replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in app.api_doc["paths"].items() for method in item}
    assert routes == described


def test_every_operation_is_explained(app: OpenAPI) -> None:
    """Each has a sentence, an id of its own, and says what an error looks like."""
    operations = [operation for item in app.api_doc["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"].endswith(".")
        schema = operation["responses"]["400"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}
