"""Random numbers whose whole state is four integers in an array, so that it is saved and copied with a game.

The generator is sfc32 (Chris Doty-Humphrey, PractRand): three words and a counter of 32 bits. They are kept as int64,
in which none of its operations overflows, so compiled and plain Python give the same numbers. Every stream of a game
is seeded from the game's seed and the stream's number; draws of one never shift those of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from python_training.simulators.battlesnake.compiled import embedded, inlined

WORD = 0xFFFFFFFF
_WARM_UP = 12


@embedded
def next_word(rng: NDArray[np.int64]) -> int:
    """The next 32 random bits; `rng` is one stream's row (4,)."""
    result = (rng[0] + rng[1] + rng[3]) & WORD
    rng[3] = (rng[3] + 1) & WORD
    rng[0] = rng[1] ^ (rng[1] >> 9)
    rng[1] = (rng[2] + (rng[2] << 3)) & WORD
    rng[2] = ((((rng[2] << 21) | (rng[2] >> 11)) & WORD) + result) & WORD
    return result  # type: ignore[no-any-return]  # an int64


@embedded
def integer(rng: NDArray[np.int64], count: int) -> int:
    """One of 0 ... count - 1."""
    return (next_word(rng) * count) >> 32


@inlined
def seed_stream(rng: NDArray[np.int64], seed: int, stream: int) -> None:
    """Begin stream number `stream` of `seed` (0 to 2**63 - 1) in the row `rng` (4,)."""
    rng[0] = seed & WORD
    rng[1] = (seed >> 32) & WORD
    rng[2] = (0x9E3779B9 + stream) & WORD
    rng[3] = 1
    for _ in range(_WARM_UP):
        next_word(rng)
