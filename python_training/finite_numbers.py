"""The one check of arrays for numbers that are not finite: what has been learned from such a number is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import NotFiniteError


def require_finite(arrays: Mapping[str, NDArray[Any] | float], *, when: str, hint: str | None = None) -> None:
    """Raise NotFiniteError that names the first of `arrays` which holds NaN or infinity.

    Args:
        arrays: numbers by what they are, for the message.
        when: where training stood, e.g. "at step 4096".
        hint: what to try.
    """
    for name, values in arrays.items():
        numbers = np.asarray(values)
        finite = np.isfinite(numbers)
        if not finite.all():
            first = numbers[~finite].flat[0]
            raise NotFiniteError(
                f"{name} must be finite, got {first} in {numbers.size - int(finite.sum())} of {numbers.size} numbers "
                f"{when}.",
                hint=hint,
            )
