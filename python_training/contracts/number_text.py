"""Numbers as text: read in all the forms that C's strtod takes, and written as people read them."""

from __future__ import annotations

import math
import re

_DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
DECIMAL = rf"[+-]?{_DIGITS}(?:[eE][+-]?[0-9]+)?"
"""A regular expression: 3, +3, .41, 1., 1e5, -2.5E-3."""
_HEX_DIGITS = r"(?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)"
_HEXADECIMAL = re.compile(rf"[+-]?0[xX]{_HEX_DIGITS}(?:[pP][+-]?[0-9]+)?")
LARGE = 1e15
"""Greater numbers are written in scientific form: nobody counts their digits, and a float has no more."""
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


def write_number(value: float | int) -> str:
    """`value` for people: thousands apart, four significant digits where it is no whole number, scientific if large."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= LARGE:
        return f"{value:.4g}"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4g}"
