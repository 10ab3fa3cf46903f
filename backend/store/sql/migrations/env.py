"""Runs migrations on the connection that `database` hands over, inside of its transaction."""

from __future__ import annotations

from alembic import context

from backend.store.sql.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
