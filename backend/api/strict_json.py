"""How Flask reads and writes JSON here."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider

from python_training.contracts.errors import ConfigError
from python_training.contracts.reading import read_json


class StrictJson(DefaultJSONProvider):
    """Reads what `read_json` takes; keeps the order of keys, which means something."""

    sort_keys = False

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """The value of a JSON text; raises ValueError, as Flask expects."""
        try:
            return read_json(s)
        except ConfigError as error:
            raise ValueError(error.message) from error
