"""What the runtime's tests share."""

from __future__ import annotations

import pytest

from python_training.runtime.threads import VARIABLES


@pytest.fixture(autouse=True)
def _own_thread_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosting a run in the test process must not set other tests' number of threads."""
    for variable in VARIABLES:
        # Setting it here makes pytest restore it, whatever the code under test does.
        monkeypatch.setenv(variable, "1")
