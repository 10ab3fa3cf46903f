"""Opens a database: SQLite in WAL mode or PostgreSQL, brought to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, SQLAlchemyError

from backend.store.base import StoreError, UnfitError

SQLITE_BUSY_S = 30
"""How long a writer waits for another one."""

_MIGRATION_LOCK = 0x5041_4444  # any number, as long as all servers take the same


def open_engine(url: str) -> Engine:
    """Connect to the database at `url` and migrate it; raises StoreError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("The database URL cannot be read.", field="database_url") from None
    try:
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
        _migrate(engine)
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(
            f"The database {parsed.render_as_string()} cannot be opened: {_first_line(error)}.",
            field="database_url",
            hint="It holds nothing that the journals do not: it may be moved away and is then built again.",
        ) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment of the database; raises StoreError."""
    with _translated(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end, rolled back by an exception. Raises StoreError."""
    with _translated(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise UnfitError(f"The database cannot hold this: {_first_line(error)}.") from error
    except UnicodeEncodeError as error:
        raise UnfitError(f"The database cannot hold this: {error.reason}.") from error
    except OverflowError as error:
        raise UnfitError(f"The database cannot hold this: {error}.") from error
    except DBAPIError as error:
        raise StoreError(f"The database failed: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0].rstrip(".")


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_S})

    def prepare(connection: Any, _record: Any) -> None:
        # Transactions are begun below, not by the driver, which begins them too late for readers.
        connection.isolation_level = None
        cursor = connection.cursor()
        # The journals can rebuild everything, so a commit need not wait for the disk. What is appended touches few
        # pages: a larger cache would only fill, for each connection, with pages that nobody reads again.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-4000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        # A transaction that will write takes the lock at once: upgrading later could only fail.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _postgresql(url: URL) -> Engine:
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    return create_engine(url, pool_pre_ping=True)


def _migrate(engine: Engine) -> None:
    with as_file(files("backend.store.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                # Two servers that start together must not both create the tables.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
