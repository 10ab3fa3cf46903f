"""Random numbers whose whole state is four integers in an array, so that it is saved with the world.

The generator is sfc32 (Chris Doty-Humphrey, PractRand): three words and a counter of 32 bits. They are kept as int64,
in which none of its operations overflows, so compiled and plain Python give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, lean

WORD = 0xFFFFFFFF
_THIRD_WORD = 0x9E3779B9
_WARM_UP = 12


@inlined
def next_word(rng: NDArray[np.int64]) -> int:
    """The next 32 random bits; `rng` is one copy's row (4,)."""
    result = (rng[0] + rng[1] + rng[3]) & WORD
    rng[3] = (rng[3] + 1) & WORD
    rng[0] = rng[1] ^ (rng[1] >> 9)
    rng[1] = (rng[2] + (rng[2] << 3)) & WORD
    rng[2] = ((((rng[2] << 21) | (rng[2] >> 11)) & WORD) + result) & WORD
    return result  # type: ignore[no-any-return]  # an int64


@inlined
def uniform(rng: NDArray[np.int64], low: float, high: float) -> float:
    """A number in [low, high)."""
    return low + (high - low) * (next_word(rng) / 4294967296.0)


@inlined
def integer(rng: NDArray[np.int64], count: int) -> int:
    """One of 0 ... count - 1."""
    return (next_word(rng) * count) >> 32


@inlined
def normal(rng: NDArray[np.int64]) -> float:
    """A standard normal number, by Box and Muller."""
    radius = math.sqrt(-2.0 * math.log((next_word(rng) + 1) / 4294967296.0))
    return radius * math.cos(2.0 * math.pi * (next_word(rng) / 4294967296.0))


@lean
def seed_stream(rng: NDArray[np.int64], seed: int, stream: int) -> None:
    """Begin stream number `stream` of `seed` (0 to 2**63 - 1) in the row `rng` (4,); its draws shift no other's."""
    rng[0] = seed & WORD
    rng[1] = (seed >> 32) & WORD
    rng[2] = (_THIRD_WORD + stream) & WORD
    rng[3] = 1
    for _ in range(_WARM_UP):
        next_word(rng)


def seeded(seeds: Sequence[int]) -> NDArray[np.int64]:
    """Fresh rows (len(seeds), 4) of int64, stream 0 of each; a seed is any integer from 0 to 2**64 - 1."""
    words = np.array([[seed & WORD, (seed >> 32) & WORD, _THIRD_WORD, 1] for seed in seeds], dtype=np.int64)
    columns = words.T.copy()
    advance = getattr(next_word, "py_func", next_word)  # in plain Python it takes a row of words for each
    for _ in range(_WARM_UP):
        advance(columns)
    return np.ascontiguousarray(columns.T)
