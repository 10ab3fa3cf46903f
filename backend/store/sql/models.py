"""The tables.

`events` is the journal, row by row. `points` holds the effective points of every metric, and with them ever coarser
summaries: level 0 are the points themselves, row n of level l+1 sums up rows FACTOR·n ... FACTOR·n+FACTOR-1 of level l.
A series with `count` points therefore has exactly count // FACTOR**l rows on level l, numbered from 0.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Dialect,
    Double,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

FACTOR = 8
"""How many rows of one level make one of the next: a chart reads at most so many times the points that it draws."""

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers only a plain INTEGER by itself."""


_LONG = 300
"""Bytes of a JSON text that is compressed by itself: events of many points take a fifth to a third of their
room then."""

_USUAL = b'{"points": [{"step": 1, "t": 1795000000.0, "values": {"value": 0.0}}]}'
"""What a shorter one mostly consists of; compressed with that known, an event of one point takes less than half."""


class PackedJson(TypeDecorator[Any]):
    """JSON, compressed. PostgreSQL does that by itself where it is long; SQLite keeps bytes in any column."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """What turns a value into what the driver takes."""
        encode = super().bind_processor(dialect)
        if dialect.name != "sqlite" or encode is None:
            return encode

        def pack(value: Any) -> Any:
            text = encode(value)
            return _packed(text.encode()) if isinstance(text, str) else text

        return pack

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """What turns what the driver gives into a value."""
        decode = super().result_processor(dialect, coltype)
        if dialect.name != "sqlite" or decode is None:
            return decode
        return lambda found: decode(_unpacked(found).decode() if isinstance(found, bytes) else found)


def _packed(text: bytes) -> bytes:
    if len(text) > _LONG:
        return zlib.compress(text)
    # Without zlib's frame of ten bytes. One block is enough for so little, which makes the first byte odd.
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS, memLevel=3, zdict=_USUAL)
    return packer.compress(text) + packer.flush()


def _unpacked(data: bytes) -> bytes:
    if data[0] == _ZLIB:
        return zlib.decompress(data)
    return zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_USUAL).decompress(data)


_ZLIB = zlib.compress(b"")[0]
"""The first byte of everything that zlib has framed; it is even."""


class Base(DeclarativeBase):
    """What all tables belong to."""


class RunRow(Base):
    """One run. What people filter by has columns of its own; `state` is the rest of the run's record."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_by_age", "pinned", "created"),
        # Keys are never used again, so what a deleted run leaves behind cannot become another run's.
        {"sqlite_autoincrement": True},
    )

    key: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(100), unique=True)
    system: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(20))
    created: Mapped[float] = mapped_column(Double)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON)
    tag_text: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(Boolean)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    metrics: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class DeletedRow(Base):
    """A run that was deleted and may have left rows behind, which go away a little at a time."""

    __tablename__ = "deleted"

    run_key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class EventRow(Base):
    """One journalled event; `data` is its payload."""

    __tablename__ = "events"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    t: Mapped[float] = mapped_column(Double)
    type: Mapped[str] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(PackedJson)


class SeriesRow(Base):
    """One metric of one run; `count` is the number of its effective points."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("run_key", "name"), {"sqlite_autoincrement": True})

    key: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    run_key: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(BigInteger)


class PointRow(Base):
    """One point, or the summary of FACTOR**level consecutive ones.

    `count` counts numbers: it is 0, and low, high and mean are null, where there was none.
    """

    __tablename__ = "points"
    __table_args__ = ({"sqlite_with_rowid": False},)

    series_key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_step: Mapped[int] = mapped_column(BigInteger)
    t: Mapped[float] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    mean: Mapped[float | None] = mapped_column(Double)
    count: Mapped[int] = mapped_column(BigInteger)
