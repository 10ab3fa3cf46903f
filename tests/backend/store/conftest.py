from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.store.sql import SqlRunStore


@pytest.fixture
def store(store_url: str) -> Iterator[SqlRunStore]:
    """An empty store."""
    opened = SqlRunStore(store_url)
    yield opened
    opened.close()
