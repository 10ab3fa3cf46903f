"""Arrays inside plain JSON: exact to the bit, and a third of the length of decimal numbers."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.contracts.errors import CheckpointError


def pack(array: NDArray[np.float64]) -> dict[str, Any]:
    """`{"shape", "float64"}`: the little-endian bytes in base64."""
    data = np.ascontiguousarray(array, dtype="<f8")
    return {"shape": list(data.shape), "float64": base64.b64encode(data.tobytes()).decode("ascii")}


def unpack(packed: Any, *shape: int) -> NDArray[np.float64]:
    """The array of `pack`; raises CheckpointError unless it has that shape, in which -1 stands for any length."""
    try:
        data = np.frombuffer(base64.b64decode(packed["float64"], validate=True), dtype="<f8")
        found = data.reshape([int(length) for length in packed["shape"]]).astype(np.float64)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise CheckpointError(f"The search's state holds an array that cannot be read: {error}.") from error
    if found.ndim != len(shape) or any(want not in (-1, got) for want, got in zip(shape, found.shape, strict=True)):
        raise CheckpointError(f"The search's state holds an array of shape {found.shape}, expected {shape}.")
    return found
