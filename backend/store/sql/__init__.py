"""Runs in SQLite or PostgreSQL, through SQLAlchemy."""

from __future__ import annotations

from backend.store.sql.store import SqlRunStore

__all__ = ["SqlRunStore"]
