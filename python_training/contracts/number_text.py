"""Reads numbers that other programs and people have written, in all the forms that C's strtod takes."""

from __future__ import annotations

import re

_DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
DECIMAL = rf"[+-]?{_DIGITS}(?:[eE][+-]?[0-9]+)?"
"""A regular expression: 3, +3, .41, 1., 1e5, -2.5E-3."""
_HEX_DIGITS = r"(?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)"
_HEXADECIMAL = re.compile(rf"[+-]?0[xX]{_HEX_DIGITS}(?:[pP][+-]?[0-9]+)?")
_OTHER = re.compile(rf"{DECIMAL}|[+-]?(?:inf(?:inity)?|nan(?:\([0-9a-z_]*\))?)", re.IGNORECASE)


def read_number(text: str) -> float:
    """The number that `text` is, space around it aside; it may be NaN or infinite.

    Raises:
        ValueError: it is none, or a number and something else.
    """
    bare = text.strip(" \t\n\v\f\r")
    if _HEXADECIMAL.fullmatch(bare):
        try:
            return float.fromhex(bare)
        except OverflowError:
            return float("-inf" if bare.startswith("-") else "inf")
    if not _OTHER.fullmatch(bare):
        raise ValueError(f"expected a number, got {text[:120]!r}")
    return float(bare.partition("(")[0])
