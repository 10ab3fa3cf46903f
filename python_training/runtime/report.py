"""How parts of a worker say that something about the run's health changed."""

from __future__ import annotations

from typing import Protocol

from python_training.contracts.events import EventType
from python_training.runtime.journal import JournalWriter


class Report(Protocol):
    """Journals a health event; level is info, warning or error, code a snake_case word for programs."""

    def __call__(self, level: str, code: str, message: str, step: int | None = None) -> None:
        """Tell it, from any thread."""
        ...


def report_to(journal: JournalWriter) -> Report:
    """A Report that journals."""

    def report(level: str, code: str, message: str, step: int | None = None) -> None:
        where = {} if step is None else {"step": step}
        journal.append(EventType.HEALTH, level=level, code=code, message=message, **where)

    return report
